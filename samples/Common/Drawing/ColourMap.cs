namespace Samples.Drawing;

/// <summary>Colours for numbers, through colours at even distances. Readable for the colour-blind, and in grey.</summary>
public sealed class ColourMap(params Colour[] colours)
{
    /// <summary>For amounts: from light (0) to dark (1).</summary>
    public static ColourMap Sequential { get; } = Of("F4F6F8", "C9DCE9", "86B5D3", "4285B4", "1F5690", "132B52");

    /// <summary>For signed values: blue (0), light in the middle (0.5), red (1).</summary>
    public static ColourMap Diverging { get; } = Of("1B4F8F", "4A8FC2", "A9CFE3", "F5F6F7", "F3B89B", "D6604D", "9C1B2E");

    static ColourMap Of(params string[] hex) => new(Array.ConvertAll(hex, Colour.Of));

    /// <param name="place">From 0 to 1; what lies outside takes the colour of the end.</param>
    public Colour At(double place)
    {
        var at = (double.IsNaN(place) ? 0 : Math.Clamp(place, 0, 1)) * (colours.Length - 1);
        var index = Math.Min((int)at, colours.Length - 2);
        return colours[index].Mix(colours[index + 1], (float)(at - index));
    }
}
