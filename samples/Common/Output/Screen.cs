using System.Diagnostics;
using Extensions.ML.Trainers;
using Spectre.Console;

namespace Samples.Output;

/// <summary>What a sample shows while it works: live progress bars in a terminal, plain lines where the output goes to a file.</summary>
public static class Screen
{
    static readonly bool Live = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;

    static Screen()
    {
        if (!Console.IsOutputRedirected)
            return;
        AnsiConsole.Profile.Capabilities.Ansi = false;
        AnsiConsole.Profile.Width = 120;
    }

    public static void Heading(string text)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.Write(new Rule($"[bold]{Markup.Escape(text)}[/]").LeftJustified().RuleStyle("grey"));
    }

    public static void Line(string text) => AnsiConsole.WriteLine(text);

    public static void Show(Table table)
    {
        AnsiConsole.WriteLine();
        var view = new Spectre.Console.Table().RoundedBorder().Title($"[bold]{Markup.Escape(table.Title)}[/]");
        foreach (var (heading, i) in table.Headings.Select((heading, i) => (heading, i)))
            view.AddColumn(new TableColumn(Markup.Escape(heading)) { Alignment = i < table.TextColumns ? Justify.Left : Justify.Right, NoWrap = true });
        foreach (var row in table.Rows)
            view.AddRow(Array.ConvertAll(row, Markup.Escape));
        AnsiConsole.Write(view);
        if (table.Note != "")
            AnsiConsole.MarkupLineInterpolated($"[grey]{table.Note}[/]");
    }

    /// <summary>Runs work that reports how far it is, from 0 to 1, and how it goes.</summary>
    /// <returns>The result of the work, and how long it took.</returns>
    public static (T Result, TimeSpan Time) Progress<T>(string name, Func<IProgress<(double Done, string State)>, T> work)
    {
        var watch = Stopwatch.StartNew();
        T result;
        var last = "";
        if (Live)
        {
            result = AnsiConsole.Progress()
                .AutoClear(true)
                .Columns(new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
                .Start(bars =>
                {
                    var bar = bars.AddTask(Markup.Escape(name), maxValue: 1);
                    return work(new Relay<(double Done, string State)>(told =>
                    {
                        last = told.State;
                        bar.Value = told.Done;
                        bar.Description = Markup.Escape($"{name}  {told.State}");
                    }));
                });
        }
        else
        {
            AnsiConsole.WriteLine($"{name} ...");
            var shown = Stopwatch.StartNew();
            result = work(new Relay<(double Done, string State)>(told =>
            {
                last = told.State;
                if (shown.Elapsed.TotalSeconds < 5)
                    return;
                AnsiConsole.WriteLine($"  {told.Done,4:P0}  {told.State}");
                shown.Restart();
            }));
        }
        Done(name, watch.Elapsed, last);
        return (result, watch.Elapsed);
    }

    /// <summary>Trains under a progress bar that the training itself moves.</summary>
    /// <param name="unit">What the training counts: rows, or tokens.</param>
    public static (T Model, TimeSpan Time) Train<T>(string name, Func<IProgress<TrainingProgress>, T> fit, string unit = "rows") =>
        Progress(name, bar => fit(new Relay<TrainingProgress>(told => bar.Report((
            (told.Epoch - 1 + told.Step / (double)told.Steps) / told.Epochs,
            $"epoch {told.Epoch}/{told.Epochs}, loss {told.Loss:G4}, {told.RowsPerSecond:N0} {unit}/s")))));

    /// <summary>Runs work of unknown length.</summary>
    public static (T Result, TimeSpan Time) Work<T>(string name, Func<T> work)
    {
        var watch = Stopwatch.StartNew();
        var result = Live ? AnsiConsole.Status().Start(Markup.Escape(name), _ => work()) : work();
        Done(name, watch.Elapsed, "");
        return (result, watch.Elapsed);
    }

    static void Done(string name, TimeSpan time, string state) =>
        AnsiConsole.MarkupLineInterpolated($"[green]✓[/] {name} [grey]{time.TotalSeconds:F1} s{(state == "" ? "" : $", {state}")}[/]");

    /// <summary>Unlike <see cref="Progress{T}"/>, tells at once, on the thread that reports.</summary>
    sealed class Relay<T>(Action<T> told) : IProgress<T>
    {
        public void Report(T value) => told(value);
    }
}
