namespace Engine.Core.Analysis;

/// <summary>
/// Mean of a correlated series and its standard error by repeated blocking of pairs (Flyvbjerg and Petersen, J. Chem. Phys. 91, 461 (1989)). The error
/// estimate grows with the block length until blocks are independent; where it reaches a plateau is its value.
/// </summary>
/// <param name="Mean">Mean of the series.</param>
/// <param name="Error">Standard error of the mean at the plateau; where <see cref="Converged"/> is false, the largest estimate found: a lower bound.</param>
/// <param name="ErrorOfError">Its own standard error, Error/√(2(n − 1)) with n blocks.</param>
/// <param name="BlockLength">Samples per block at the plateau.</param>
/// <param name="Converged">Whether a plateau was found with at least <see cref="FewestBlocks"/> blocks.</param>
/// <param name="Levels">The estimate at every block length.</param>
public sealed record BlockingEstimate(
    double Mean, double Error, double ErrorOfError, int BlockLength, bool Converged, IReadOnlyList<BlockingLevel> Levels)
{
    /// <summary>A plateau must start with at least this many blocks to be believed: its error is then known to 13 %.</summary>
    public const int FewestBlocks = 32;

    /// <summary>Levels with fewer blocks are too noisy to judge a plateau by.</summary>
    private const int FewestJudged = 16;

    /// <summary>Analyses a series of equally spaced samples.</summary>
    /// <exception cref="ArgumentException">The series is empty.</exception>
    public static BlockingEstimate Of(ReadOnlySpan<double> series)
    {
        if (series.IsEmpty)
        {
            throw new ArgumentException("a series needs at least one sample, found none", nameof(series));
        }
        var mean = MeanOf(series);
        var levels = new List<BlockingLevel>();
        var blocks = series.ToArray();
        for (var n = blocks.Length; n >= 2; n /= 2)
        {
            var average = MeanOf(blocks.AsSpan(0, n));
            var sum = 0.0;
            for (var i = 0; i < n; i++)
            {
                sum += (blocks[i] - average) * (blocks[i] - average);
            }
            var error = Math.Sqrt(sum / n / (n - 1));
            levels.Add(new(1 << levels.Count, n, error, error / Math.Sqrt(2.0 * (n - 1))));
            for (var i = 0; i < n / 2; i++)
            {
                blocks[i] = 0.5 * (blocks[2 * i] + blocks[2 * i + 1]);
            }
        }
        for (var k = 0; k < levels.Count && levels[k].Blocks >= FewestBlocks; k++)
        {
            var plateau = levels[k];
            var later = levels.Skip(k + 1).Where(l => l.Blocks >= FewestJudged);
            if (later.All(l => l.Error - l.ErrorOfError <= plateau.Error + plateau.ErrorOfError))
            {
                return new(mean, plateau.Error, plateau.ErrorOfError, plateau.BlockLength, true, levels);
            }
        }
        if (levels.Where(l => l.Blocks >= FewestJudged).MaxBy(l => l.Error) is { } largest)
        {
            return new(mean, largest.Error, largest.ErrorOfError, largest.BlockLength, false, levels);
        }
        var last = levels.Count > 0 ? levels[0] : new BlockingLevel(1, 1, double.NaN, double.NaN);
        return new(mean, last.Error, last.ErrorOfError, 1, false, levels);
    }

    /// <summary>"12.3 ± 0.4 (blocks of 64)" or "… not converged".</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Mean:G7} ± {Error:G2} ({(Converged ? $"plateau at blocks of {BlockLength}" : "not converged")})");

    private static double MeanOf(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var v in values)
        {
            sum += v;
        }
        return sum / values.Length;
    }
}
