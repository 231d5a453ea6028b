using System.IO;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The files that a loader reads.</summary>
public interface IMultiStreamSource
{
    int Count { get; }
    string GetPathOrNull(int index);
    Stream Open(int index);
    TextReader OpenTextReader(int index);
}
