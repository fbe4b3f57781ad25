using Engine.Core.Json;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;
using Engine.Learn.Torch;
using Engine.Learn.Training.Losses;

namespace Engine.Learn.Recording;

/// <summary>What a recorder asked for as arrays with their measures.</summary>
/// <param name="settings">Of the recorder.</param>
/// <param name="target">What it looks at.</param>
/// <param name="subject">What is recorded.</param>
internal sealed class MeasureCatalogue(RecorderSettings settings, KernelTarget target, RecordingSubject subject)
{
    private static readonly Recordable[] Plain = [Recordable.Loss, Recordable.Accuracy, Recordable.BatchLoss, Recordable.LearningRate, Recordable.MeanReturn, Recordable.Predictions, Recordable.LossDerivative, Recordable.LossDerivativeNorms];

    private static readonly Recordable[] OfDiagonal = [Recordable.MagnitudeDistribution, Recordable.SelfEntropy, Recordable.MagnitudeVariance, Recordable.Trace, Recordable.MeanTrace];

    private static readonly Recordable[] OfTargets = [Recordable.Loss, Recordable.LossDerivative, Recordable.LossDerivativeNorms, Recordable.PredictedLossChange];

    private static readonly Recordable[] OfClasses = [Recordable.ClassEntropies, Recordable.CrossEntropies, Recordable.ClassAlignments];

    private readonly bool alone = !NeedsKernel(settings.Record);

    /// <summary>Whether more than the diagonal of a kernel is needed.</summary>
    public static bool NeedsKernel(IEnumerable<Recordable> record) => record.Any(r => !Plain.Contains(r) && !OfDiagonal.Contains(r));

    /// <summary>Whether kernels by layer are needed.</summary>
    public static bool NeedsLayers(IEnumerable<Recordable> record) => record.Any(r => r is Recordable.LayerTraces or Recordable.LayerEntropies);

    /// <summary>Decompositions of the size of the kernel at each moment.</summary>
    public static double Decompositions(IReadOnlyCollection<Recordable> record, int layers) =>
        (record.Any(r => r is Recordable.Entropy or Recordable.EffectiveEntropy or Recordable.Eigenvalues or Recordable.NormalisedEigenvalues) ? 1 : 0)
        + (record.Any(r => r is Recordable.CovarianceEntropy or Recordable.EffectiveCovarianceEntropy) ? 1 : 0)
        + (record.Contains(Recordable.LayerEntropies) ? layers : 0);

    /// <summary>All arrays.</summary>
    /// <exception cref="InputException">Something cannot be measured here.</exception>
    public IEnumerable<Measure> Measures() => settings.Record.Distinct().SelectMany(wanted =>
    {
        Check(wanted);
        return Of(wanted);
    });

    private IEnumerable<Measure> Of(Recordable wanted)
    {
        long rows = target.Rows, samples = target.Samples.Count, outputs = target.Outputs;
        long classes = target.Classes?.Distinct().Count() ?? 0;
        var name = StrictJson.NameOf(wanted);
        return wanted switch
        {
            Recordable.Loss => [new(name, look => look.Now.Loss)],
            Recordable.Accuracy => [new(name, look => look.Now.Accuracy)],
            Recordable.BatchLoss => [new(name, look => look.Training.Loss)],
            Recordable.LearningRate => [new(name, look => look.Training.LearningRate)],
            Recordable.MeanReturn => [new(name, _ => subject.MeanReturn!())],
            Recordable.Predictions => [new(name, [samples, outputs], look => look.Now.Predictions)],
            Recordable.Kernel => [new(name, [rows, rows], look => Flat(look.Now.Kernel), Compressed: true)],
            Recordable.CosineKernel => [new(name, [rows, rows], look => Flat(look.Now.CosineKernel), Compressed: true)],
            Recordable.MagnitudeDistribution => [new(name, [rows], look => KernelMeasures.MagnitudeDistribution(look.Now.Diagonal(alone)))],
            Recordable.SelfEntropy => [new(name, look => KernelMeasures.SelfEntropy(look.Now.Diagonal(alone)))],
            Recordable.MagnitudeVariance => [new(name, look => KernelMeasures.MagnitudeVariance(look.Now.Diagonal(alone)))],
            Recordable.Trace => [new(name, look => look.Now.Diagonal(alone).Sum())],
            Recordable.MeanTrace => [new(name, look => look.Now.Diagonal(alone).Sum() / rows)],
            Recordable.Entropy => [new(name, look => look.Now.Spectrum.Entropy)],
            Recordable.EffectiveEntropy => [new(name, look => look.Now.Spectrum.EffectiveEntropy)],
            Recordable.CovarianceEntropy => [new(name, look => look.Now.CosineSpectrum.Entropy)],
            Recordable.EffectiveCovarianceEntropy => [new(name, look => look.Now.CosineSpectrum.EffectiveEntropy)],
            Recordable.Renyi2Entropy => [new(name, look => KernelMeasures.Renyi2Entropy(look.Now.Kernel, target.Workers))],
            Recordable.ParticipationRatio => [new(name, look => KernelMeasures.ParticipationRatio(look.Now.Kernel, target.Workers))],
            Recordable.Eigenvalues => [new(name, [rows], look => look.Now.Spectrum.Eigenvalues)],
            Recordable.NormalisedEigenvalues => [new(name, [rows], look => look.Now.Spectrum.Probabilities)],
            Recordable.Subsets => OfSubsets(),
            Recordable.ClassEntropies => [new(name, [classes], look => [.. look.Now.Classes.Classes.Select(c => look.Now.Classes.Entropy(c))])],
            Recordable.CrossEntropies => [new(name, [classes, classes], look => [.. look.Now.Classes.CrossEntropies().Cast<double>()])],
            Recordable.ClassAlignments => [new(name, [classes, classes], look => [.. look.Now.Classes.Alignments().Cast<double>()])],
            Recordable.Alignment => [OfAlignment(name)],
            Recordable.Drift => [new(name, look => KernelMeasures.Drift(look.Now.Kernel, look.First().Kernel, target.Workers))],
            Recordable.Distance => [new(name, look => KernelMeasures.Distance(look.Now.Kernel, look.First().Kernel, target.Workers))],
            Recordable.Overlap => [new(name, look => look.Now.Overlap(look.First().Leading(settings.Leading)))],
            Recordable.LayerTraces => [new(name, [target.Layers.Length], look => [.. look.Now.Layers.Select(l => KernelMeasures.Trace(l.Value.Values))])],
            Recordable.LayerEntropies => [new(name, [target.Layers.Length], look => [.. look.Now.LayerSpectra.Select(s => s.Entropy)])],
            Recordable.LossDerivative => [new(name, [samples, outputs], look => Flat(look.Now.LossDerivative))],
            Recordable.LossDerivativeNorms => [new(name, [settings.Norms.Count], look => [.. settings.Norms.Select(n => LossDynamics.Norm(look.Now.LossDerivative, n.P, n.Q))])],
            Recordable.PredictedLossChange => [new(name, look => LossDynamics.PredictedLossChange(look.Now.Full, look.Now.LossDerivative))],
            _ => throw new ArgumentOutOfRangeException(nameof(wanted), wanted, null),
        };
    }

    private void Check(Recordable wanted)
    {
        var what = $"recorder {settings.Group}: {StrictJson.NameOf(wanted)} cannot be recorded";
        InputException No(string why) => new($"{what}: {why}");
        if (wanted is Recordable.MeanReturn ? subject.MeanReturn is null : (OfTargets.Contains(wanted) || wanted is Recordable.Accuracy or Recordable.Alignment) && subject.Loss is null)
        {
            throw No(wanted is Recordable.MeanReturn ? "nobody acts; expected an \"agent\" that learns" : "an agent has no targets");
        }
        if (settings.Output != Network.MainOutput && OfTargets.Contains(wanted) && wanted != Recordable.Loss)
        {
            throw No($"the loss is of the output {Network.MainOutput}, this recorder of {settings.Output}");
        }
        if (OfClasses.Contains(wanted) && target.Classes is null)
        {
            throw No("the targets are no classes");
        }
        if (wanted == Recordable.Accuracy && !(target.Whole.Targets is { } targets && Loss.AreClasses(targets)))
        {
            throw No("the targets are neither classes nor probabilities of them");
        }
        if (!Plain.Contains(wanted) && !OfDiagonal.Contains(wanted) && wanted != Recordable.PredictedLossChange)
        {
            target.Settings.Reduction.RequireOneKernel(what);
        }
        if (wanted == Recordable.Overlap && settings.Leading > target.Rows)
        {
            throw No($"leading is {settings.Leading}, expected at most the {target.Rows} rows of the kernel");
        }
        if (wanted == Recordable.Subsets)
        {
            target.Settings.Subsets.Check(target.Rows);
        }
    }

    private static Measure[] OfSubsets() =>
    [
        new("subsetSizes", [3], look => [.. look.Now.Subsets.Points.Select(p => (double)p.Size)]),
        new("subsetEntropies", [3], look => [.. look.Now.Subsets.Points.Select(p => p.Entropy)]),
        new("subsetEntropyErrors", [3], look => [.. look.Now.Subsets.Points.Select(p => p.EntropyError)]),
        new("subsetMeanTraces", [3], look => [.. look.Now.Subsets.Points.Select(p => p.MeanTrace)]),
        new("subsetMeanTraceErrors", [3], look => [.. look.Now.Subsets.Points.Select(p => p.MeanTraceError)]),
        new("extrapolatedEntropy", look => look.Now.Subsets.Entropy),
        new("extrapolatedEntropyError", look => look.Now.Subsets.StandardError),
    ];

    /// <summary>Targets as numbers, one row for each row of the kernel.</summary>
    private Measure OfAlignment(string name)
    {
        using var scope = new TensorScope();
        var count = target.Samples.Count;
        var given = target.Samples.TargetsOf([.. Enumerable.Range(0, count)]);
        double[] values;
        if (settings.Output == Network.MainOutput)
        {
            using var none = Autograd.no_grad();
            var like = torch.zeros([count, .. subject.Network.OutputShape], subject.Network.Type);
            values = Loss.Like(given, like).to_double();
        }
        else
        {
            values = given.to_double();
        }
        var width = values.Length / count;
        var reduction = target.Settings.Reduction;
        if (reduction.Kind is OutputReductionKind.Full or OutputReductionKind.SingleOutput && width != target.Outputs)
        {
            throw new InputException($"recorder {settings.Group}: alignment compares targets of {width} numbers with a kernel of {target.Outputs} outputs; expected as many, or the reduction meanTrace or sumTrace");
        }
        var (rows, columns) = reduction.Kind switch
        {
            OutputReductionKind.Full => (values.Length, 1),
            OutputReductionKind.SingleOutput => (count, 1),
            _ => (count, width),
        };
        var kept = reduction.Kind == OutputReductionKind.SingleOutput ? [.. Enumerable.Range(0, count).Select(i => values[i * width + reduction.Output])] : values;
        return new(name, look =>
        {
            using var matrix = new MatrixBuffer<double>(rows, columns);
            kept.CopyTo(matrix.Matrix.Reshaped(1, kept.Length).Row(0));
            return KernelMeasures.Alignment(look.Now.Kernel, matrix.Matrix, target.Workers);
        });
    }

    private static double[] Flat(Matrix<double> matrix) => matrix.Reshaped(1, checked(matrix.Rows * matrix.Columns)).Row(0).ToArray();
}
