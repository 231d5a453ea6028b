using System;
using System.IO;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A schema in the binary format of data views, with no rows.</summary>
static class SchemaFile
{
    public static void Write(Stream stream, DataViewSchema schema) => throw new NotImplementedException();
    public static DataViewSchema Read(IExceptionContext ctx, Stream stream) => throw new NotImplementedException();
}
