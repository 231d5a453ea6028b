namespace Extensions.ML.Trainers;

/// <summary>
/// The forward process in closed form: at time <c>t</c> a row <c>x</c> has become <c>z = Signal(t) x + Noise(t) ε</c> with standard normal
/// <c>ε</c> (Ho et al. 2020, equation 4). Times run from 0; time -1 is the row itself.
/// </summary>
sealed class NoiseLevels
{
    readonly double[] _left; // ᾱ of each time

    public NoiseLevels(NoiseSchedule schedule)
    {
        _left = schedule.Variances();
        double left = 1;
        for (int t = 0; t < _left.Length; t++) _left[t] = left *= 1 - _left[t];
    }

    /// <summary>Number of times.</summary>
    public int Steps => _left.Length;

    /// <summary><c>ᾱ</c>: the share of the row's variance in that of the noised row.</summary>
    public double Left(int time) => time < 0 ? 1 : _left[time];

    /// <summary><c>√ᾱ</c>: what the row is multiplied by.</summary>
    public double Signal(int time) => Math.Sqrt(Left(time));

    /// <summary><c>√(1 - ᾱ)</c>: the standard deviation of the noise.</summary>
    public double Noise(int time) => Math.Sqrt(1 - Left(time));

    /// <summary>Where a time lies between the first and the end, in [0, 1): what a network is told of it.</summary>
    public double Place(int time) => (double)time / Steps;
}
