using System.Net;
using System.Text;
using Samples.Drawing;

namespace Samples.Output;

/// <summary>One self-contained HTML page of text, tables and charts. Each chart is also written beside it as a PNG.</summary>
/// <param name="folder">Where <c>report.html</c> and the PNGs go; made where it is missing.</param>
public sealed class HtmlReport(string folder, string title, string introduction)
{
    const string Style = """
        :root { color-scheme: light; }
        body { margin: 0; background: #f4f6f8; color: #1f2933; font: 16px/1.55 system-ui, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 1080px; margin: 0 auto; padding: 48px 24px 80px; }
        h1 { font-size: 30px; margin: 0 0 8px; letter-spacing: -.01em; }
        h2 { font-size: 22px; margin: 56px 0 4px; }
        p { max-width: 76ch; margin: 8px 0 16px; color: #3e4c59; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(470px, 100%), 1fr)); gap: 20px; margin: 20px 0; }
        figure { align-self: start; margin: 0; background: #fff; border: 1px solid #e4e8ec; border-radius: 10px; overflow: hidden; }
        figure.wide { grid-column: 1 / -1; }
        figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
        figcaption { padding: 0 20px 16px; color: #52606d; font-size: 14px; }
        .table { overflow-x: auto; margin: 16px 0; }
        table { border-collapse: collapse; background: #fff; border: 1px solid #e4e8ec; font-size: 15px; }
        caption { text-align: left; font-weight: 600; padding: 8px 0; }
        th, td { padding: 7px 18px; text-align: right; font-variant-numeric: tabular-nums; }
        th { color: #52606d; font-weight: 600; border-bottom: 1px solid #e4e8ec; }
        tr + tr td { border-top: 1px solid #f0f2f5; }
        .text { text-align: left; }
        .note { font-size: 14px; margin-top: -4px; }
        """;

    readonly StringBuilder body = new();

    public string Path => System.IO.Path.Combine(folder, "report.html");

    public void Section(string heading, string text) =>
        body.Append($"<h2>{Encode(heading)}</h2>\n<p>{Encode(text)}</p>\n");

    public void Add(Table table)
    {
        string Cells(string tag, string[] cells) => string.Concat(cells.Select((cell, i) =>
            $"<{tag}{(i < table.TextColumns ? " class=\"text\"" : "")}>{Encode(cell)}</{tag}>"));
        body.Append($"<div class=\"table\"><table>\n<caption>{Encode(table.Title)}</caption>\n<thead><tr>{Cells("th", table.Headings)}</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
            body.Append($"<tr>{Cells("td", row)}</tr>\n");
        body.Append("</tbody>\n</table></div>\n");
        if (table.Note != "")
            body.Append($"<p class=\"note\">{Encode(table.Note)}</p>\n");
    }

    /// <summary>Adds charts in a grid. A single one takes the whole width.</summary>
    public void Add(params IReadOnlyList<(string FileName, Canvas Chart, string Caption)> figures)
    {
        Directory.CreateDirectory(folder);
        body.Append("<div class=\"figures\">\n");
        foreach (var (fileName, chart, caption) in figures)
        {
            var png = chart.ToPng();
            var source = $"data:image/png;base64,{Convert.ToBase64String(png)}";
            File.WriteAllBytes(System.IO.Path.Combine(folder, fileName), png);
            body.Append($"""
                <figure{(figures.Count == 1 ? " class=\"wide\"" : "")}>
                <img width="{chart.Width}" height="{chart.Height}" alt="{Encode(caption)}" src="{source}">
                <figcaption>{Encode(caption)}</figcaption>
                </figure>

                """);
        }
        body.Append("</div>\n");
    }

    public void Save()
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Encode(title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <main>
            <h1>{Encode(title)}</h1>
            <p>{Encode(introduction)}</p>
            {body}</main>
            </body>
            </html>

            """);
    }

    static string Encode(string text) => WebUtility.HtmlEncode(text);
}
