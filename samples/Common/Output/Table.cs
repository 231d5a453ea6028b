namespace Samples.Output;

/// <summary>Rows under headings, shown alike in the terminal and in the report.</summary>
/// <param name="Note">A sentence under the table; may be empty.</param>
/// <param name="TextColumns">How many columns, from the first on, are text; the others are figures.</param>
public sealed record Table(string Title, string[] Headings, IReadOnlyList<string[]> Rows, string Note = "", int TextColumns = 1);
