using AnomalyDetection;
using Microsoft.ML;
using Samples.Output;

// Anomalies without labels: rows of tables that do not follow their pattern, and steps of series that do not follow from those before.
if (!SampleOptions.TryParse("AnomalyDetection", "adbench/ and timeseries/nab/", args, out var options, out var message))
{
    Console.WriteLine(message);
    return args is ["--help"] ? 0 : 2;
}

var ml = new MLContext(seed: 1);
var report = new HtmlReport(options.Out, "Anomalies in tables and series",
    "Detectors that were trained without labels. Data: " + (options.Data == null
        ? "made by this program (telemetry of a pump with injected faults, demand for rides with days that are not as usual)."
        : "tables of ADBench, series of the Numenta Anomaly Benchmark.") + " The labels serve the evaluation only.");

Screen.Heading("Tables: rows that do not follow the pattern");
new Tables(ml, options, report).Run();

Screen.Heading("Series: steps that do not follow from those before");
new SeriesOverTime(ml, options, report).Run();

report.Save();
Screen.Line("");
Screen.Line($"The report: {report.Path}");
return 0;
