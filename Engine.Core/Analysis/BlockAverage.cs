using Engine.Core.Files;

namespace Engine.Core.Analysis;

/// <summary>
/// Running averages of many quantities at once with standard errors that allow for correlated samples: samples are gathered into at most
/// <see cref="MostBlocks"/> blocks of equal length; when these are full, neighbours are merged and the block length doubles. The scatter of the 8 to 16
/// block means gives the error.
/// </summary>
internal sealed class BlockAverage(int length)
{
    public const int MostBlocks = 16;

    private readonly List<double[]> blocks = [];
    private int samplesPerBlock = 1;
    private int inLastBlock;

    /// <summary>Number of samples.</summary>
    public long Samples { get; private set; }

    public void Add(ReadOnlySpan<double> values)
    {
        if (blocks.Count == 0 || inLastBlock == samplesPerBlock)
        {
            if (blocks.Count == MostBlocks)
            {
                Merge();
            }
            blocks.Add(new double[length]);
            inLastBlock = 0;
        }
        var block = blocks[^1];
        for (var k = 0; k < length; k++)
        {
            block[k] += values[k];
        }
        inLastBlock++;
        Samples++;
    }

    /// <inheritdoc cref="Observables.ITrajectoryObservable.Exchange"/>
    public void Exchange(StateStream state)
    {
        state.List(blocks, [], state.Values);
        samplesPerBlock = state.Value(samplesPerBlock);
        inLastBlock = state.Value(inLastBlock);
        Samples = state.Value(Samples);
    }

    /// <summary>Mean over all samples.</summary>
    public double[] Mean()
    {
        var mean = new double[length];
        foreach (var block in blocks)
        {
            for (var k = 0; k < length; k++)
            {
                mean[k] += block[k];
            }
        }
        for (var k = 0; k < length; k++)
        {
            mean[k] /= Samples;
        }
        return mean;
    }

    /// <summary>Means of the full blocks, at least four of them, or none.</summary>
    public IReadOnlyList<double[]> BlockMeans()
    {
        var full = blocks.Count > 0 && inLastBlock < samplesPerBlock ? blocks.Count - 1 : blocks.Count;
        return full < 4 ? [] : [.. blocks.Take(full).Select(b => Array.ConvertAll(b, v => v / samplesPerBlock))];
    }

    /// <summary>Standard error of the mean of <paramref name="quantity"/>(block mean), or null with fewer than four full blocks.</summary>
    public double? StandardError(Func<double[], double> quantity) => StandardError([.. BlockMeans().Select(quantity)]);

    /// <summary>Standard errors of an array computed from each block mean, or null with fewer than four full blocks.</summary>
    public double[]? StandardErrors(Func<double[], double[]> quantity)
    {
        var values = BlockMeans().Select(quantity).ToArray();
        if (values.Length == 0)
        {
            return null;
        }
        var errors = new double[values[0].Length];
        var column = new double[values.Length];
        for (var k = 0; k < errors.Length; k++)
        {
            for (var b = 0; b < values.Length; b++)
            {
                column[b] = values[b][k];
            }
            errors[k] = StandardError(column) ?? 0;
        }
        return errors;
    }

    /// <summary>√(Σ(x − x̄)²/(n(n − 1))), or null for fewer than two values.</summary>
    public static double? StandardError(ReadOnlySpan<double> values)
    {
        if (values.Length < 2)
        {
            return null;
        }
        var mean = 0.0;
        foreach (var v in values)
        {
            mean += v;
        }
        mean /= values.Length;
        var sum = 0.0;
        foreach (var v in values)
        {
            sum += (v - mean) * (v - mean);
        }
        return Math.Sqrt(sum / values.Length / (values.Length - 1));
    }

    private void Merge()
    {
        for (var b = 0; b < MostBlocks / 2; b++)
        {
            var merged = blocks[2 * b];
            var other = blocks[2 * b + 1];
            for (var k = 0; k < length; k++)
            {
                merged[k] += other[k];
            }
            blocks[b] = merged;
        }
        blocks.RemoveRange(MostBlocks / 2, MostBlocks / 2);
        samplesPerBlock *= 2;
    }
}
