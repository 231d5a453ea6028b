using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Microsoft.ML.Core")]
[assembly: InternalsVisibleTo("Microsoft.ML.Data")]
