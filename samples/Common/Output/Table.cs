namespace Samples.Output;

/// <summary>Rows under headings, shown alike in the terminal and in the report. The first column is text, the others are figures.</summary>
/// <param name="Note">A sentence under the table; may be empty.</param>
public sealed record Table(string Title, string[] Headings, IReadOnlyList<string[]> Rows, string Note = "");
