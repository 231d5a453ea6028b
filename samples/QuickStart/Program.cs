using Microsoft.ML;
using QuickStart;
using Samples.Output;

// The second process: loads one saved model and scores again.
if (args is ["verify", .. var request])
    return SecondProcess.Run(request);

if (!Job.TryParse(args, out var options, out var message))
{
    Console.WriteLine(message);
    return args is ["--help"] ? 0 : 2;
}

var job = new Job(new MLContext(seed: 1), options, new HtmlReport(options.Out, "Autoencoders in ML.NET",
    "What an autoencoder learns without labels, as ordinary ML.NET pipeline components: an embedding of pictures that a linear classifier "
    + $"can use, and the detection of anomalies in tables. Data: {Job.DescriptionOf(options)}."));

Screen.Heading("Digits: 784 pixels, 64 numbers");
Digits.Run(job);

Screen.Heading("Anomalies: rows that are unusual to autoencoders");
Anomalies.Run(job);

Screen.Heading("Saved, and loaded in a second process");
job.ShowSaved();

job.Finish();
return 0;
