namespace Extensions.ML;

/// <summary>The way between two latent vectors.</summary>
public enum LatentPath
{
    /// <summary>Along the great circle through both, at a length between theirs: every vector on the way is as likely as those that rows are
    /// drawn from (White, "Sampling Generative Networks", 2016).</summary>
    Spherical,

    /// <summary>Straight.</summary>
    Linear,
}
