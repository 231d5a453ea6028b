// The classes that the reference data name: those with LoadColumn.
#nullable disable
#pragma warning disable CS0649 // members that only reflection sees
using Microsoft.ML.Data;

namespace MLNet.Reference.Tests;

public class TxtBasic
{
    [LoadColumn(0)] public float Num; [LoadColumn(1)] public string Text; [LoadColumn(2)] public bool Flag;
    [LoadColumn(3)] public int Int;
}
public class TxtProps { [LoadColumn(0)] public float Num { get; set; } [LoadColumn(1), ColumnName("Renamed")] public string Text { get; set; } }
public class TxtVec
{
    [LoadColumn(0)] public string Id; [LoadColumn(1,3)] public float[] Range;
    [LoadColumn(1,3), VectorType(3)] public float[] RangeSized; [LoadColumn(new[]{1,3} )] public float[] Picked;
    [LoadColumn(4)] public string Last;
}
public class TxtNoAttr { [LoadColumn(0)] public float Num; public string Missing; }
public class TxtKey { [LoadColumn(0), KeyType(4)] public uint Key; [LoadColumn(1)] public double D; }
public class TxtAllNoAttr { public float A; public string B; }
public class Named
{
    [ColumnName("Other")] public float A; [ColumnName("P"), LoadColumn(3)] public string B { get; set; } [NoColumn] public float Hidden;
    [LoadColumn(0)] public float C;
}
