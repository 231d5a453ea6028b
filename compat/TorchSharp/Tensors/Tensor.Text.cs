using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        const int Edge = 3;

        /// <summary>Shape, type and place: cheap, and what debuggers and logs want.</summary>
        public override string ToString() => Heading;

        string Heading => ndim == 0 ? $"[], type = {dtype}, device = {device}" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        public string ToString(TensorStringStyle style, string fltFormat = null, int? width = null, CultureInfo cultureInfo = null,
            string newLine = null)
        {
            if (style == TensorStringStyle.Metadata) return Heading;
            using var scope = NewDisposeScope();
            using var plain = no_grad();
            var culture = cultureInfo ?? CultureInfo.InvariantCulture;
            var values = detach().cpu();
            var text = new StringBuilder();
            Write(values, text, fltFormat ?? "g5", culture, newLine ?? "\n", 1);
            return style == TensorStringStyle.Numpy ? text.ToString() : $"{Heading}{newLine ?? "\n"}{text}";
        }

        static void Write(Tensor tensor, StringBuilder text, string format, CultureInfo culture, string newLine, int depth)
        {
            if (tensor.ndim == 0)
            {
                var value = tensor.ToScalar();
                text.Append(tensor.dtype == ScalarType.Bool ? value.ToBoolean().ToString(culture)
                    : tensor.is_integral() ? value.ToInt64().ToString(culture) : value.ToDouble().ToString(format, culture));
                return;
            }
            var length = tensor.size(0);
            var separator = tensor.ndim == 1 ? ", " : "," + newLine + new string(' ', depth);
            text.Append('[');
            for (var k = 0L; k < length; k++)
            {
                if (k > 0) text.Append(separator);
                if (length > 2 * Edge && k == Edge)
                {
                    text.Append("...").Append(separator);
                    k = length - Edge;
                }
                Write(tensor[k], text, format, culture, newLine, depth + 1);
            }
            text.Append(']');
        }
    }
}

public static partial class TensorExtensionMethods
{
    public static string metastr(this torch.Tensor tensor) => tensor.ToString(TensorStringStyle.Metadata);

    public static torch.Tensor print(this torch.Tensor t, string fltFormat = "g5", int? width = 100, string newLine = "",
        CultureInfo cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default)
    {
        Console.WriteLine(t.ToString(style, fltFormat, width, cultureInfo, newLine));
        return t;
    }
}
