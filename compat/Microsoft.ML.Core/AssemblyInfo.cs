using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Microsoft.ML.Data")]
[assembly: InternalsVisibleTo("Microsoft.ML.Transforms")]
[assembly: InternalsVisibleTo("Microsoft.ML.StandardTrainers")]
[assembly: InternalsVisibleTo("Microsoft.ML.KMeansClustering")]
[assembly: InternalsVisibleTo("Microsoft.ML.PCA")]
[assembly: InternalsVisibleTo("Microsoft.ML.ImageAnalytics")]
// The real assembly is opened to these by IgnoresAccessChecksTo; the compiler needs the word of this one.
[assembly: InternalsVisibleTo("Extensions.ML.Transforms")]
[assembly: InternalsVisibleTo("Extensions.ML.Transforms.Tests")]
[assembly: InternalsVisibleTo("MLNet.Reference.Tests")]
