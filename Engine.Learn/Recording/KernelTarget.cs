using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Training.Losses;

namespace Engine.Learn.Recording;

/// <summary>What kernels are of, at every moment: some samples, and an output of the network.</summary>
internal sealed class KernelTarget : IDisposable
{
    private readonly SampleSubset? subset;

    /// <param name="subject">Network and data.</param>
    /// <param name="settings">Of kernels.</param>
    /// <param name="source">Which set.</param>
    /// <param name="output">Which output.</param>
    /// <param name="byLayer">Whether somebody asks for kernels by layer.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="device">Where kernels are computed; null for the processor.</param>
    public KernelTarget(RecordingSubject subject, KernelSettings settings, SampleSource source, string output, bool byLayer, Workers workers, Device? device)
    {
        (Settings, Source, Output, Loss, Seed, Workers, Device) = (settings, source, output, subject.Loss, subject.Seed, workers, device);
        Whole = source == SampleSource.Training ? subject.Training : subject.Test
            ?? throw new InputException("recorders: samples of the test were asked for, but there are none; expected training, or data with a test set");
        var classes = source == SampleSource.Training ? subject.TrainingClasses : subject.TestClasses;
        Numbers = KernelSamples.Draw(Whole.Count, settings.Samples, subject.Seed, source);
        subset = Numbers.Length < Whole.Count ? new(Whole, Numbers) : null;
        var rows = source == SampleSource.Training ? subject.TrainingRows : subject.TestRows;
        DataRows = [.. Numbers.Select(i => rows?[i] ?? i)];
        Classes = classes is null ? null : [.. Numbers.Select(i => classes[i])];
        Computation = KernelComputation.Of(settings.Precision, settings.Options(byLayer), workers, device);
        (Outputs, Layers) = Computation.ShapeOf(subject.Network, Samples, output);
        settings.Reduction.Require(Outputs);
    }

    public KernelSettings Settings { get; }

    public SampleSource Source { get; }

    public string Output { get; }

    public Loss? Loss { get; }

    /// <summary>Of the choice of samples.</summary>
    public ulong Seed { get; }

    public Workers Workers { get; }

    public Device? Device { get; }

    /// <summary>All samples of the set.</summary>
    public SampleSet Whole { get; }

    /// <summary>Samples of the kernel.</summary>
    public SampleSet Samples => subset ?? Whole;

    /// <summary>Their numbers in the set.</summary>
    public int[] Numbers { get; }

    /// <summary>Where they are among all of the data.</summary>
    public int[] DataRows { get; }

    /// <summary>Their classes.</summary>
    public int[]? Classes { get; }

    public KernelComputation Computation { get; }

    /// <summary>C.</summary>
    public int Outputs { get; }

    /// <summary>Names of layers.</summary>
    public string[] Layers { get; }

    /// <summary>Rows of the kernel.</summary>
    public int Rows => Settings.Reduction.RowsOf(Samples.Count, Outputs);

    public void Dispose()
    {
        Computation.Dispose();
        subset?.Dispose();
    }
}
