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

    /// <summary>Share of the samples whose class is known and told right; null where none is known.</summary>
    public double? Accuracy => WantedClasses?.Any(c => c >= 0) == true ? Classes!.Zip(WantedClasses).Where(c => c.Second >= 0).Average(c => c.First == c.Second ? 1.0 : 0) : null;

    /// <summary>Errors of each target, in its unit; empty where nobody knows.</summary>
    public IReadOnlyList<TargetErrors> Errors => Wanted is null ? [] : [.. Names.Select((name, k) => TargetErrors.Of(name, Column(Values, k), Column(Wanted, k)))];

    /// <summary>Passes samples through a network.</summary>
    /// <param name="network">As it is after training.</param>
    /// <param name="encoding">How the data were encoded that it learnt from.</param>
    /// <param name="data">Data that were encoded so (<see cref="DataDefinition.Load"/>).</param>
    /// <param name="ofTest">Whether samples are those to test, not those to learn.</param>
    /// <param name="output">Which output; only the main one is of the targets.</param>
    /// <exception cref="InputException">The targets of the data are others than the network learnt; there is no such output.</exception>
    public static Predictions Of(Network network, DataEncoding encoding, DataSets data, bool ofTest = false, string output = Network.MainOutput)
    {
        using var scope = new TensorScope();
        using var none = Autograd.no_grad();
        var (samples, targets) = ofTest ? (data.Test!, data.TestTargets) : (data.Training, data.TrainingTargets);
        var outputs = Evaluation.Outputs(network, samples);
        try
        {
            var isMain = output == Network.MainOutput;
            var given = outputs[output];
            given = (isMain ? encoding.Outputs.Apply(given) : given).reshape(samples.Count, -1);
            if (!isMain)
            {
                return new(Unnamed(given), Table(given));
            }
            return encoding.Reconstruct ? Inputs(given, encoding, samples, ofTest ? data.TestFeatures : data.TrainingFeatures) : Targets(given, encoding, targets);
        }
        finally
        {
            foreach (var name in outputs.Names)
            {
                outputs[name].Dispose();
            }
        }
    }

    private static Predictions Targets(Tensor given, DataEncoding encoding, PoolTargets? targets)
    {
        var width = (int)given.shape[1];
        if (targets is not null && (!targets.NumberNames.SequenceEqual(encoding.Targets) || !targets.ClassNames.SequenceEqual(encoding.ClassNames)))
        {
            throw new InputException($"data: the targets are {Text(targets.NumberNames, targets.ClassNames)}, but the network learnt {Text(encoding.Targets, encoding.ClassNames)}; expected the same, or none");
        }
        if (encoding.ClassNames.Count > 0 && encoding.ClassNames.Count <= width)
        {
            // A network may have more outputs than there are classes.
            string[] names = [.. encoding.ClassNames, .. Unnamed(given)[encoding.ClassNames.Count..]];
            return new(names, Table(given))
            {
                AreProbabilities = encoding.Outputs == Activation.Softmax,
                Classes = [.. given.argmax(-1).to_long().Select(c => (int)c)],
                WantedClasses = targets?.Classes,
            };
        }
        return encoding.Targets.Count != width ? new(Unnamed(given), Table(given)) : new([.. encoding.Targets], Unscaled(Table(given), encoding.TargetScales))
        {
            Wanted = targets?.Numbers,
        };
    }

    private static Predictions Inputs(Tensor given, DataEncoding encoding, SampleSet samples, double[,]? features)
    {
        var isNamed = encoding.Features.Count == given.shape[1];
        var inputs = features ?? Table(samples.Range(0, samples.Count).Input.reshape(samples.Count, -1));
        return new(isNamed ? [.. encoding.Features] : Unnamed(given), Unscaled(Table(given), isNamed ? encoding.FeatureScales : null))
        {
            Wanted = inputs.GetLength(1) == given.shape[1] ? inputs : null,
        };
    }

    private static string Text(IReadOnlyList<string> numbers, IReadOnlyList<string> classes) =>
        numbers.Count > 0 ? string.Join(", ", numbers) : classes.Count > 0 ? $"the classes {string.Join(", ", classes)}" : "others";

    private static string[] Unnamed(Tensor given) => [.. Enumerable.Range(0, (int)given.shape[1]).Select(k => string.Create(CultureInfo.InvariantCulture, $"component{k}"))];

    private static double[,] Unscaled(double[,] table, IReadOnlyList<ColumnScale>? scales) => scales is null ? table : ColumnScale.Undo(scales, table);

    private static double[] Column(double[,] table, int column) => [.. Enumerable.Range(0, table.GetLength(0)).Select(i => table[i, column])];

    private static double[,] Table(Tensor values)
    {
        var table = new double[values.shape[0], values.shape[1]];
        Buffer.BlockCopy(values.to_double(), 0, table, 0, sizeof(double) * table.Length);
        return table;
    }
}
