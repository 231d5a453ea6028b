using System.Text.Json;
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
    const string SlotNames = "slot_names.", Categories = "categories.", Classes = "classes.";

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

        /// <summary>The columns of a table, each an input of its own: together [rows, slots].</summary>
        public OnnxTensor InputRow(TableColumns table) => graph.Cat(1, [.. table.Codecs.Select(codec =>
        {
            graph.TellNames(codec.Name, codec);
            return codec.ToSlots(graph.Input(codec.Name, OnnxType.Single, OnnxSize.Rows, codec.Slots));
        })]);

        /// <summary>The columns of a table, each an output of its own.</summary>
        /// <param name="table">The columns.</param>
        /// <param name="rows">[rows, slots]</param>
        public void OutputRow(TableColumns table, OnnxTensor rows)
        {
            foreach (var (i, codec) in table.Codecs.Index())
            {
                var values = codec.ToValues(rows.narrow(1, table.Start(i), codec.Slots));
                graph.TellNames(graph.Output(codec.Name, values, OnnxSize.Rows, codec.Slots), codec);
            }
        }

        /// <summary>The class of each row by its number from 0, where a network is told it: [rows, 1].</summary>
        /// <returns>Indicators, [rows, classes].</returns>
        public OnnxTensor? InputClass(ClassLabel? label)
        {
            if (label == null) return null;
            graph.TellClasses(label.Name, label.Names());
            return graph.Input(label.Name, OnnxType.Int64, OnnxSize.Rows, 1).squeeze(1).one_hot(label.Count);
        }

        /// <summary>Names of classes, in their order.</summary>
        public void TellClasses(string name, IEnumerable<string> classes) => graph.Metadata[Classes + name] = JsonSerializer.Serialize(classes);

        void TellNames(string name, ColumnCodec codec)
        {
            graph.TellSlots(name, (codec as VectorCodec)?.SlotNames);
            if (codec is CategoryCodec { Names.Values: { } categories }) graph.Metadata[Categories + name] = JsonSerializer.Serialize(categories);
        }

        void TellSlots(string name, IReadOnlyList<string>? names)
        {
            if (names != null) graph.Metadata[SlotNames + name] = JsonSerializer.Serialize(names);
        }
    }

    /// <summary>What is said where a model has no such part.</summary>
    public static NotSupportedException NoSuchPart(this ITransformer transformer, OnnxPart part) =>
        new($"A {transformer.GetType().Name} has no ONNX part {part}.");
}
