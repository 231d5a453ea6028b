using System.Globalization;

namespace Samples.Data;

/// <summary>
/// A made table of customers of a telephone company, with columns of several kinds that depend on each other: the young rent in cities, plans fit the
/// use, long contracts and few complaints keep customers, and most never complain.
/// </summary>
public static class MadeCustomers
{
    public static readonly string[] Numbers = ["age", "months", "gigabytes", "monthly-fee", "complaints"];

    /// <summary>Writes the table into the folder; its last column tells who left (1).</summary>
    public static LabelledTable Write(string folder, int count, int seed)
    {
        var path = Path.Combine(folder, "customers.csv");
        File.WriteAllLines(path, Rows(count, seed).Prepend("age,region,home,plan,months,gigabytes,monthly-fee,payment,complaints,label"));
        return LabelledTable.Open(path);
    }

    static IEnumerable<string> Rows(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var age = (int)Math.Clamp(18 + 60 * Math.Pow(random.NextDouble(), 1.3), 18, 90);
            var city = random.NextDouble() < (age < 40 ? 0.75 : 0.45);
            var region = city ? Pick(("Zurich", 0.5), ("Geneva", 0.3), ("Basel", 0.2)) : Pick(("Valais", 0.4), ("Jura", 0.25), ("Ticino", 0.35));
            var owns = random.NextDouble() < (city ? 0.15 : 0.6) * (age > 35 ? 1.2 : 0.4);
            var gigabytes = Math.Exp(Normal() * 0.7 + (age < 35 ? 2.6 : age < 60 ? 1.6 : 0.4));
            var plan = gigabytes > 15 ? Pick(("unlimited", 0.8), ("family", 0.2)) : gigabytes > 4 ? Pick(("family", 0.5), ("standard", 0.5)) : Pick(("basic", 0.8), ("standard", 0.2));
            var fee = plan switch { "unlimited" => 69.9, "family" => 89.9, "standard" => 39.9, _ => 19.9 } - (random.NextDouble() < 0.3 ? 5 : 0);
            var months = (int)(120 * Math.Pow(random.NextDouble(), 2)) + 1;
            var complaints = random.NextDouble() < 0.75 ? 0 : 1 + (int)(-Math.Log(1 - random.NextDouble()) * 1.5);
            var payment = Pick(("invoice", age > 55 ? 0.7 : 0.3), ("card", 0.3), ("debit", 0.2));
            var leaving = 1 / (1 + Math.Exp(-(-1.6 + 0.9 * complaints - 0.03 * months + 0.02 * (fee - 40) + (payment == "card" ? 0.5 : 0) - (owns ? 0.4 : 0))));
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{age},{region},{(owns ? "owned" : "rented")},{plan},{months},{gigabytes:F1},{fee:F1},{payment},{complaints},{(random.NextDouble() < leaving ? 1 : 0)}");
        }

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

        string Pick(params ReadOnlySpan<(string Name, double Weight)> choices)
        {
            var total = 0.0;
            foreach (var (_, weight) in choices)
                total += weight;
            var left = random.NextDouble() * total;
            foreach (var (name, weight) in choices)
                if ((left -= weight) < 0)
                    return name;
            return choices[^1].Name;
        }
    }
}
