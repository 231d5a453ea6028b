using Samples.Drawing;

namespace Samples.Charts;

/// <summary>The one look of all charts: dark ink on white, hairline grid, and few colours that the colour-blind can tell apart.</summary>
public static class Theme
{
    public static readonly Colour Paper = Colour.White;
    public static readonly Colour Ink = Colour.Of("1F2933");
    public static readonly Colour Muted = Colour.Of("667380");
    public static readonly Colour Grid = Colour.Of("E4E8EC");
    public static readonly Colour Axis = Colour.Of("9AA5B1");

    public static readonly Colour Ours = Colour.Of("2463A8");
    public static readonly Colour Peer = Colour.Of("DD8420");
    public static readonly Colour Normal = Colour.Of("5B8DB8");
    public static readonly Colour Anomaly = Colour.Of("C23B3B");
    public static readonly Colour Threshold = Colour.Of("3A4653");
    public static readonly Colour Window = Colour.Of("F6DFA8").Fade(0.75f);
    public static readonly Colour WindowEdge = Colour.Of("E9C46A");

    /// <summary>For up to ten classes: Paul Tol's "muted" scheme, made for the colour-blind, and a grey.</summary>
    public static readonly IReadOnlyList<Colour> Classes =
    [
        Colour.Of("332288"), Colour.Of("88CCEE"), Colour.Of("CC6677"), Colour.Of("117733"), Colour.Of("DDCC77"),
        Colour.Of("AA4499"), Colour.Of("44AA99"), Colour.Of("882255"), Colour.Of("999933"), Colour.Of("7B8794"),
    ];

    public const float Title = 16;
    public const float Text = 12.5f;
    public const float Small = 11.5f;
}
