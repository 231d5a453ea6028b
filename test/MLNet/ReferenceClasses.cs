// The classes that the reference data name.
#nullable disable
#pragma warning disable CS0169, CS0414, CS0649 // members that only reflection sees
using Microsoft.ML.Data;

namespace MLNet.Reference.Tests;

// evaluators
public class BinBool { public bool Label; public float Score; public float Probability; public bool PredictedLabel; }
public class BinSingle { public float Label; public float Score; public float Probability; public bool PredictedLabel; }
public class BinDouble { public double Label; public float Score; public float Probability; public bool PredictedLabel; }
public class BinKey { [KeyType(2)] public uint Label; public float Score; public float Probability; public bool PredictedLabel; }
public class BinText { public string Label; public float Score; public float Probability; public bool PredictedLabel; }
public class BinScoreDouble { public bool Label; public double Score; public float Probability; public bool PredictedLabel; }
public class BinNoPred { public bool Label; public float Score; }
public class McKey { [KeyType(3)] public uint Label; [VectorType(3)] public float[] Score; [KeyType(3)] public uint PredictedLabel; }
public class McSingle { public float Label; [VectorType(3)] public float[] Score; public float PredictedLabel; }
public class McKey4 { [KeyType(4)] public uint Label; [VectorType(3)] public float[] Score; [KeyType(3)] public uint PredictedLabel; }
public class McVar { [KeyType(3)] public uint Label; public float[] Score; [KeyType(3)] public uint PredictedLabel; }
public class McText { public string Label; [VectorType(3)] public float[] Score; public string PredictedLabel; }
public class McBool { public bool Label; [VectorType(3)] public float[] Score; [KeyType(3)] public uint PredictedLabel; }
public class Reg { public float Label; public float Score; }
public class RegDouble { public double Label; public float Score; }
public class RegScoreDouble { public float Label; public double Score; }
public class Clu
{
    [KeyType(3)] public uint Label; [VectorType(3)] public float[] Score; [VectorType(2)] public float[] Features;
    [KeyType(3)] public uint PredictedLabel;
}
public class CluSingle
{
    public float Label; [VectorType(3)] public float[] Score; [VectorType(2)] public float[] Features;
    [KeyType(3)] public uint PredictedLabel;
}
public class AnoSingle { public float Label; public float Score; public bool PredictedLabel; }
public class AnoKey { [KeyType(2)] public uint Label; public float Score; public bool PredictedLabel; }
public class AnoBool { public bool Label; public float Score; public bool PredictedLabel; }
public class AnoDouble { public double Label; public float Score; public bool PredictedLabel; }
public class AnoNoPred { public float Label; public float Score; }

// transforms
public class TRow
{
    public float A; public float B; public double D; public int I; public long L; public byte Y; public bool Flag; public string Cat;
    public string Txt; [VectorType(3)] public float[] V; [VectorType(2)] public string[] CatV; [KeyType(4)] public uint K;
    [VectorType(2)] public double[] DV; public float[] Var;
}
public class MapIn { public float A; public float B; public string Cat; }
public class MapOut { public float Sum; public string Text; [VectorType(2)] public float[] Pair; public bool Big; [KeyType(3)] public uint Key; }
public class MapOutSame { public float A; }
public class EmptyIn { }
public class PcaRow { [VectorType(4)] public float[] Features; }

// LoadFromEnumerable / CreateEnumerable
public class AllTypes
{
    public sbyte I1; public byte U1; public short I2; public ushort U2; public int I4; public uint U4; public long I8; public ulong U8;
    public float R4; public double R8; public bool B; public string S; public ReadOnlyMemory<char> M; public TimeSpan TS;
    public DateTime DT; public DateTimeOffset DZ; public DataViewRowId Id;
}
public class Arrays
{
    public float[] Unsized; [VectorType] public float[] AttrNoSize; [VectorType(3)] public float[] Sized;
    [VectorType(2,2)] public float[] TwoD; public string[] Texts; [VectorType(2)] public bool[] Bools;
    [VectorType(2)] public int[] Ints; public VBuffer<float> Buf; [VectorType(3)] public VBuffer<float> BufSized; public byte[] Bytes;
}
public class KeyNoCount { [KeyType] public uint K; }
public class Keys { [KeyType(3)] public uint K3; [KeyType(7)] public uint K7; }
public class KeyByte { [KeyType(3)] public byte K; }
public class KeyUshort { [KeyType(3)] public ushort K; }
public class KeyUlong { [KeyType(5)] public ulong K; }
public class KeyVec { [KeyType(3), VectorType(2)] public uint[] K; }
public class KeyBig { [KeyType(3000000000)] public uint K; }
public class KeyOnInt { [KeyType(3)] public int K; }
public class KeyOnFloat { [KeyType(3)] public float K; }
public class Props
{
    public float PropGetSet { get; set; } public float PropGetOnly => 4; public float PropPrivateSet { get; private set; } = 5;
    public float PropInit { get; init; } private float PrivateField = 3; internal float InternalField;
    public static float StaticField = 1; public const float ConstField = 2; public readonly float ReadonlyField = 7; public float Field;
    protected float Prot; public static float StaticProp { get; set; }
}
public class Base { public float BaseField; public string BaseProp { get; set; } public virtual int V { get; set; } }
public class Derived : Base { public float DerivedField; public override int V { get; set; } }
public class DerivedNew : Base { public new string BaseField; }
public class NullableField { public int? N; }
public class NullableFloat { public float? N; public float A; }
public class DecimalField { public decimal D; }
public class CharField { public char C; }
public class EnumField { public DayOfWeek E; }
public class ListField { public List<float> L; }
public class ObjectField { public Base O; public float A; }
public class Array2D { public float[,] A; }
public class Jagged { public float[][] A; }
public class Dup { [ColumnName("X")] public float A; [ColumnName("X")] public float B; }
public class NoMembers { }
public record RecordRow(float A, string B);
public record RecordInit { public float A { get; init; } public string B { get; init; } }
public class ReadBackFloatOnly { public float A; }
public class RtIn { public float A; public string B; [VectorType(2)] public float[] V; [KeyType(3)] public uint K; public int I; }
public class RtMissing { public float A; public float Nope; }
public class RtWrongType { public double A; }
public class RtScalarForVector { public float V; }
public class RtVectorForScalar { public float[] A; }
public class RtVectorWrongSize { [VectorType(5)] public float[] V; }
public class RtKeyPlain { public uint K; }
public class RtKeyOther { [KeyType(7)] public uint K; }
public class RtTextMem { public ReadOnlyMemory<char> B; }
public class RtVBuffer { public VBuffer<float> V; }
public class RtIntoProps { public float A { get; set; } public string B { get; set; } }
public class RtGetOnly { public float A => 1; }

// row operations
public class RowIdx
{
    public int Index; public string Group; public float X; [KeyType(5)] public uint Key; [VectorType(2)] public float[] V;
    public bool B;
}

// trainers
public class IrisRow { public float Label; [VectorType(4)] public float[] Features; }
public class IrisText { public string Label; [VectorType(4)] public float[] Features; }
public class IrisBin { public bool Label; [VectorType(4)] public float[] Features; }
public class IrisIn { [VectorType(4)] public float[] Features; }
public class IrisOut { public float[] Score; public string PredictedLabel; }
public class IrisBinOut { public float Score; public float Probability; public bool PredictedLabel; }
public class FeatVar { public float[] Features; }

// chains and errors
public class ChainRow { public string Cat; public float A; public float B; [VectorType(2)] public float[] V; public string Label; public bool Flag; }
public class ChainNoB { public string Cat; public float A; [VectorType(2)] public float[] V; public string Label; public bool Flag; }
public class ChainWrongType
{
    public string Cat; public double A; public float B; [VectorType(2)] public float[] V; public string Label; public bool Flag;
}
public class ChainWrongSize
{
    public string Cat; public float A; public float B; [VectorType(3)] public float[] V; public string Label; public bool Flag;
}
public class ChainOut { public float[] Features; public string PredictedLabel; public float[] Score; }
public class ChainOutMissing { public float Nope; }
public class ChainOutWrong { public double[] Score; }
public class ChainOutUnknownKey { public uint PredictedLabel; }
public class TxtSave { public float A; public string T; [VectorType(3)] public float[] V; public bool B; [KeyType(3)] public uint K; }
