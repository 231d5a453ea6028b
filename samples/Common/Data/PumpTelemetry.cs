namespace Samples.Data;

/// <summary>
/// Made telemetry of a water pump, a row every ten minutes, with injected faults. Twelve sensors follow a daily demand, the weather and
/// each other through the physics of a centrifugal pump; most faults keep every single sensor inside its usual range and
/// break only the relations between them.
/// </summary>
public static class PumpTelemetry
{
    public static readonly string[] Sensors =
    [
        "Speed", "Valve", "Flow", "Suction", "Discharge", "Power", "Current", "Vibration",
        "BearingTemp", "MotorTemp", "OilPressure", "AmbientTemp",
    ];

    public static readonly string[] Faults =
    [
        "none", "cavitation", "worn bearing", "blocked outlet", "leak", "slipping coupling", "frozen flow sensor", "motor cooling",
    ];

    const int RowsADay = 144;

    /// <returns>The sensors in the order of <see cref="Sensors"/>, and which of <see cref="Faults"/> was at work.</returns>
    public static IEnumerable<(float[] Values, int Fault)> Simulate(int days, int seed)
    {
        var random = new Random(seed);
        double Noise(double sigma) => sigma * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());

        var (drift, bearing, motor) = (0.0, 35.0, 45.0);
        var (fault, left, strength, frozen) = (0, 0, 0.0, 0.0);
        for (var row = 0; row < days * RowsADay; row++)
        {
            // About one fault in two days, each some hours long.
            if (left-- <= 0 && (fault = 0) == 0 && random.NextDouble() < 1.0 / (2 * RowsADay))
                (fault, left, strength, frozen) = (random.Next(1, Faults.Length), random.Next(6, 20), 0.5 + random.NextDouble(), 0);
            double When(string name) => Faults[fault] == name ? strength : 0;

            var hour = row % RowsADay / (double)RowsADay * 24;
            drift = 0.98 * drift + Noise(0.03);
            var demand = 0.55 + drift + Noise(0.02)
                + 0.25 * Math.Exp(-Math.Pow((hour - 7.5) / 2, 2)) + 0.3 * Math.Exp(-Math.Pow((hour - 19) / 2.5, 2));
            var ambient = 14 + 7 * Math.Sin(Math.Tau * (hour - 9) / 24) + 5 * Math.Sin(row * 0.0011) + Noise(0.3);

            // Affinity laws: flow goes with speed, head with its square, power with their product.
            var speed = Math.Clamp(0.5 + 0.55 * demand, 0.5, 1.15) + Noise(0.004);
            var valve = Math.Clamp(0.35 + 0.6 * demand + Noise(0.03), 0.1, 1);
            var shaft = speed * (1 - 0.12 * When("slipping coupling"));
            var opening = valve * (1 - 0.45 * When("blocked outlet"));
            var flow = 120 * shaft * Math.Sqrt(opening) * (1 - 0.1 * When("cavitation"));
            var suction = 1.8 - 0.5 * Math.Pow(flow / 120, 2) - 0.5 * When("cavitation");
            var head = 6.2 * shaft * shaft - 2.1 * Math.Pow(flow / 120, 2);
            var discharge = suction + head - 0.7 * When("leak");
            var power = 8 + 0.145 * flow * head * (1 + 0.1 * When("worn bearing")) + 9 * Math.Pow(shaft, 3);
            var current = power / 0.62 * (1 + 0.04 * Noise(0.3));
            var efficientFlow = 95 * shaft;
            var vibration = 1.1 + 1.6 * shaft * shaft + 3.2 * Math.Pow((flow - efficientFlow) / 120, 2)
                + 1.8 * When("cavitation") + 1.1 * When("worn bearing");
            bearing += 0.15 * (ambient + 18 + 14 * shaft * shaft + 14 * When("worn bearing") - bearing);
            motor += 0.08 * (ambient + 16 + 0.42 * power + 22 * When("motor cooling") - motor);
            var oil = 2.6 + 0.9 * speed - 0.012 * (bearing - 40);

            var shownFlow = flow * (1 - 0.22 * When("leak")) + Noise(0.9);
            if (When("frozen flow sensor") > 0)
                shownFlow = frozen = frozen == 0 ? shownFlow * (row % 2 == 0 ? 0.75 : 1.25) : frozen;
            double[] values =
            [
                1480 * speed, 100 * valve, shownFlow, suction + Noise(0.02), discharge + Noise(0.03), power + Noise(0.4),
                current + Noise(0.5), vibration + Noise(0.08), bearing + Noise(0.2), motor + Noise(0.3), oil + Noise(0.02), ambient,
            ];
            yield return (Array.ConvertAll(values, value => (float)value), fault);
        }
    }
}
