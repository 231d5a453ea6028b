using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>A transformer that can be written as an ONNX model.</summary>
interface IOnnxSource
{
    /// <summary>Tells what it computes.</summary>
    /// <param name="graph">Empty; is given inputs, operators and outputs.</param>
    /// <param name="part">What is wanted.</param>
    /// <exception cref="NotSupportedException">The part cannot be exported, or there is none.</exception>
    void Export(OnnxGraph graph, OnnxPart part);
}

/// <summary>The columns of a transformer as inputs and outputs of an ONNX model.</summary>
static class OnnxColumns
{
    const string SlotNames = "slot_names.";

    extension(OnnxGraph graph)
    {
        /// <summary>A column that is read: [rows, size].</summary>
        /// <param name="name">Name of the column.</param>
        /// <param name="size">Values in a row.</param>
        /// <param name="slotNames">Names of the values, where they have some.</param>
        public OnnxTensor InputColumn(string name, int size, IReadOnlyList<string>? slotNames = null)
        {
            graph.TellSlots(name, slotNames);
            return graph.Input(name, OnnxType.Single, OnnxSize.Rows, size);
        }

        /// <summary>A column that is added: [rows, size].</summary>
        /// <param name="column">The column; BOOL where it is Boolean, true above 0.</param>
        /// <param name="values">[rows, size], or [rows] where the size is 1.</param>
        public void OutputColumn(FloatColumn column, OnnxTensor values)
        {
            var table = column.Type is VectorDataViewType ? values : values.reshape(-1, 1);
            var name = graph.Output(column.Name, column.Type is BooleanDataViewType ? table.gt(0) : table, OnnxSize.Rows, column.Size);
            if (column.Type is VectorDataViewType && column.Annotations?.Schema.GetColumnOrNull(AnnotationKinds.SlotNames) != null)
            {
                var names = default(VBuffer<ReadOnlyMemory<char>>);
                column.Annotations.GetValue(AnnotationKinds.SlotNames, ref names);
                graph.TellSlots(name, [.. names.DenseValues().Select(value => value.ToString())]);
            }
        }

        void TellSlots(string column, IReadOnlyList<string>? names)
        {
            if (names != null) graph.Metadata[SlotNames + column] = System.Text.Json.JsonSerializer.Serialize(names);
        }
    }

    /// <summary>What is said where a model has no such part.</summary>
    public static NotSupportedException NoSuchPart(this ITransformer transformer, OnnxPart part) =>
        new($"A {transformer.GetType().Name} has no ONNX part {part}.");
}
