using System.Globalization;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training;

/// <summary>What a trained network gives for samples, in the units of the data that it learnt from, beside what it should give.</summary>
public sealed class Predictions
{
    private Predictions(string[] names, double[,] values, double[,]? wanted, int[]? classes, int[]? wantedClasses)
    {
        (Names, Values, Wanted, Classes, WantedClasses) = (names, values, wanted, classes, wantedClasses);
    }

    /// <summary>What the C numbers of a sample are: targets, classes, or output0 … where nobody named them.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>[N, C], in the units of the targets; where those are classes, what the network gives for each.</summary>
    public double[,] Values { get; }

    /// <summary>What it should give [N, C], in the same units; null where targets are classes, or nobody knows.</summary>
    public double[,]? Wanted { get; }

    /// <summary>The number of the class with the largest output, of each sample; null where targets are no classes.</summary>
    public int[]? Classes { get; }

    /// <summary>The class of each sample; null where nobody knows.</summary>
    public int[]? WantedClasses { get; }

    /// <summary>Share of samples whose class is told right; null where nobody knows.</summary>
    public double? Accuracy => WantedClasses is null ? null : Classes!.Zip(WantedClasses).Count(c => c.First == c.Second) / (double)Classes!.Length;

    /// <summary>Errors of each target, in its unit; empty where nobody knows.</summary>
    public IReadOnlyList<TargetErrors> Errors => Wanted is null ? [] : [.. Names.Select((name, k) => TargetErrors.Of(name, Column(Values, k), Column(Wanted, k)))];

    /// <summary>Passes samples through a network.</summary>
    /// <param name="network">As it is after training.</param>
    /// <param name="samples">Encoded as those that it learnt from.</param>
    /// <param name="encoding">How those were; null where nobody knows: numbers stay as the network gives them.</param>
    /// <param name="output">Which output; only the main one is of the targets.</param>
    public static Predictions Of(Network network, SampleSet samples, DataEncoding? encoding, string output = Network.MainOutput)
    {
        using var scope = new TensorScope();
        using var none = Autograd.no_grad();
        var given = torch.cat([.. Evaluation.Batches(samples.Count).Select(batch => network.Forward(samples.Take(batch))[output])]).reshape(samples.Count, -1);
        var width = (int)given.shape[1];
        var values = Table(given);
        var isMain = output == Network.MainOutput;
        if (isMain && encoding is { Reconstruct: false } && encoding.ClassNames.Count == width && samples.Targets?.dtype is null or ScalarType.Int64)
        {
            int[]? classes = samples.Targets is null ? null : [.. samples.Targets.to_long().Select(c => (int)c)];
            return new([.. encoding!.ClassNames], values, null, [.. given.argmax(-1).to_long().Select(c => (int)c)], classes);
        }
        var (learnt, scales) = encoding switch
        {
            not null when !isMain => ([], null),
            { Reconstruct: true } => (encoding.Features, encoding.FeatureScales),
            _ => (encoding?.Targets ?? [], encoding?.TargetScales),
        };
        var isNamed = learnt.Count == width;
        string[] names = isNamed ? [.. learnt] : [.. Enumerable.Range(0, width).Select(k => string.Create(CultureInfo.InvariantCulture, $"output{k}"))];
        var targets = !isMain ? null : encoding is { Reconstruct: true } ? samples.Range(0, samples.Count).Input : samples.Targets;
        var wanted = targets is not null && targets.dtype != ScalarType.Int64 && targets.numel() == given.numel() ? Table(targets.reshape(samples.Count, -1)) : null;
        return new(names, Unscaled(values), wanted is null ? null : Unscaled(wanted), null, null);

        double[,] Unscaled(double[,] table) => isNamed && scales is not null ? ColumnScale.Undo(scales, table) : table;
    }

    private static double[] Column(double[,] table, int column) => [.. Enumerable.Range(0, table.GetLength(0)).Select(i => table[i, column])];

    private static double[,] Table(Tensor values)
    {
        var table = new double[values.shape[0], values.shape[1]];
        Buffer.BlockCopy(values.to_double(), 0, table, 0, sizeof(double) * table.Length);
        return table;
    }
}
