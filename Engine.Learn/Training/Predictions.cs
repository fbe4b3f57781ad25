using System.Globalization;
using Engine.Kernels.Errors;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training;

/// <summary>What a trained network gives for samples, in the units of the data that it learnt from, beside what it should give.</summary>
public sealed class Predictions
{
    private Predictions(string[] names, double[,] values)
    {
        (Names, Values) = (names, values);
    }

    /// <summary>What the C numbers of a sample are: targets, classes, or component0 … where nobody named them.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>[N, C], in the units of the targets; where those are classes, of each its probability, or what the network gives for it.</summary>
    public double[,] Values { get; }

    /// <summary>Whether <see cref="Values"/> are probabilities: the loss makes such of what the network gives.</summary>
    public bool AreProbabilities { get; private init; }

    /// <summary>What it should give [N, C], in the same units, NaN where nobody knows; null where targets are classes, or nobody knows any.</summary>
    public double[,]? Wanted { get; private init; }

    /// <summary>The number of the class with the largest output, of each sample; null where targets are no classes.</summary>
    public int[]? Classes { get; private init; }

    /// <summary>The class of each sample, -1 where nobody knows; null where nobody knows any.</summary>
    public int[]? WantedClasses { get; private init; }

    /// <summary>Share of the samples whose class is known, of sequences that of their positions, that is told right; null where none is known.</summary>
    public double? Accuracy { get; private init; }

    /// <summary>Errors of each target, in its unit; empty where nobody knows.</summary>
    public IReadOnlyList<TargetErrors> Errors => Wanted is null ? [] : [.. Names.Select((name, k) => TargetErrors.Of(name, Column(Values, k), Column(Wanted, k)))];

    /// <summary>Passes samples through a network.</summary>
    /// <param name="network">As it is after training.</param>
    /// <param name="encoding">How the data were encoded that it learnt from.</param>
    /// <param name="data">Samples that were encoded so (<see cref="DataDefinition.Load"/>).</param>
    /// <param name="output">Which output; only the main one is of the targets.</param>
    /// <param name="cancellation">Ends it between two batches of samples.</param>
    /// <exception cref="InputException">The targets of the data are others than the network learnt; there is no such output; it gives numbers that are none.</exception>
    public static Predictions Of(Network network, DataEncoding encoding, DataPart data, string output = Network.MainOutput, CancellationToken cancellation = default)
    {
        using var scope = new TensorScope();
        using var none = Autograd.no_grad();
        var isOfTargets = output == Network.MainOutput && !encoding.Reconstruct;
        if (isOfTargets)
        {
            RequireTargets(encoding, data.Targets);
        }
        var outputs = Evaluation.Outputs(network, data.Samples, cancellation);
        try
        {
            var given = outputs[output];
            var found = isOfTargets ? Targets(given, encoding, data.Targets) : output == Network.MainOutput ? Inputs(given, encoding, data) : new(Unnamed(given), Table(given));
            return Finite(found, data.Rows);
        }
        finally
        {
            foreach (var name in outputs.Names)
            {
                outputs[name].Dispose();
            }
        }
    }

    private static Predictions Finite(Predictions found, int[] rows)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            for (var k = 0; k < found.Names.Count; k++)
            {
                if (!double.IsFinite(found.Values[i, k]))
                {
                    throw new InputException($"the network gives numbers that are not finite for the row {rows[i]}; expected inputs like those that it learnt from");
                }
            }
        }
        return found;
    }

    private static void RequireTargets(DataEncoding encoding, PoolTargets? targets)
    {
        if (targets is not null && (!targets.NumberNames.SequenceEqual(encoding.Targets) || !targets.ClassNames.SequenceEqual(encoding.ClassNames)))
        {
            throw new InputException($"data: the targets are {Text(targets.NumberNames, targets.ClassNames)}, but the network learnt {Text(encoding.Targets, encoding.ClassNames)}; expected the same, or none");
        }
    }

    private static Predictions Targets(Tensor given, DataEncoding encoding, PoolTargets? targets)
    {
        var numbers = Table(encoding.Outputs.Apply(given));
        var width = numbers.GetLength(1);
        var areProbabilities = encoding.Outputs != Activation.None;
        if (given.shape.Length == 2 && encoding.ClassNames.Count > 0 && encoding.ClassNames.Count <= width)
        {
            // A network may have more outputs than there are classes. Probabilities may round to the same number where outputs differ.
            string[] names = [.. encoding.ClassNames, .. Unnamed(given)[encoding.ClassNames.Count..].Select(name => encoding.ClassNames.Contains(name) ? $"{name} (no class)" : name)];
            int[] classes = [.. given.argmax(-1).to_long().Select(c => (int)c)];
            return new(names, numbers)
            {
                AreProbabilities = areProbabilities,
                Classes = classes,
                WantedClasses = targets?.Classes,
                Accuracy = targets?.Classes is { } wanted && wanted.Any(c => c >= 0) ? classes.Zip(wanted).Where(c => c.Second >= 0).Average(c => c.First == c.Second ? 1.0 : 0) : null,
            };
        }
        if (encoding.Targets.Count != width)
        {
            return new(Unnamed(given), numbers)
            {
                AreProbabilities = areProbabilities,
                Accuracy = targets?.Tokens is { } tokens ? given.argmax(-1).to_long().Zip(Rows.Flat(tokens).ToArray()).Average(t => t.First == t.Second ? 1.0 : 0) : null,
            };
        }
        return new([.. encoding.Targets], Unscaled(numbers, encoding.TargetScales))
        {
            AreProbabilities = areProbabilities && encoding.TargetScales is null,
            Wanted = targets?.Numbers,
        };
    }

    private static Predictions Inputs(Tensor given, DataEncoding encoding, DataPart data)
    {
        var numbers = Table(encoding.Outputs.Apply(given));
        var isNamed = encoding.Features.Count == numbers.GetLength(1);
        var inputs = data.Features ?? Table(data.Samples.Range(0, data.Samples.Count).Input);
        return new(isNamed ? [.. encoding.Features] : Unnamed(given), Unscaled(numbers, isNamed ? encoding.FeatureScales : null))
        {
            AreProbabilities = encoding.Outputs != Activation.None && encoding.FeatureScales is null,
            Wanted = inputs.GetLength(1) == numbers.GetLength(1) ? inputs : null,
        };
    }

    private static string Text(IReadOnlyList<string> numbers, IReadOnlyList<string> classes) =>
        numbers.Count > 0 ? string.Join(", ", numbers) : classes.Count > 0 ? $"the classes {string.Join(", ", classes)}" : "others";

    private static string[] Unnamed(Tensor given) => [.. Enumerable.Range(0, (int)(given.numel() / given.shape[0])).Select(k => string.Create(CultureInfo.InvariantCulture, $"component{k}"))];

    private static double[,] Unscaled(double[,] table, IReadOnlyList<ColumnScale>? scales) => scales is null ? table : ColumnScale.Undo(scales, table);

    private static double[] Column(double[,] table, int column) => [.. Enumerable.Range(0, table.GetLength(0)).Select(i => table[i, column])];

    private static double[,] Table(Tensor values)
    {
        var table = new double[values.shape[0], values.numel() / values.shape[0]];
        Buffer.BlockCopy(values.to_double(), 0, table, 0, sizeof(double) * table.Length);
        return table;
    }
}
