using Engine.Kernels.Threading;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Training;
using Engine.Learn.Training.Losses;

namespace Engine.Perf.Science;

/// <summary>The exact spectrum of 1000 digits while networks of several depths and widths learn them: how far the entropy of the kernel falls at first, and rises in the end.</summary>
internal static class DigitsCase
{
    public const string File = "digits.csv.gz";

    private const int Samples = 1000;
    private const int Epochs = 50;

    public static IEnumerable<ScienceCheck> Run(string folder, IReadOnlyList<int> depths, IReadOnlyList<int> widths, Workers workers, Action<string> progress, CancellationToken cancellation)
    {
        var data = new DigitsData
        {
            Path = File,
            TrainingCount = Samples,
        };
        // What is read depends on input and precision, which all networks share.
        using var sets = data.Load(Perceptron(depths[0], widths[0]), folder);
        foreach (var depth in depths)
        {
            foreach (var width in widths)
            {
                progress($"{depth} × {width}");
                var (dynamics, loss) = KernelDynamics.Train(Perceptron(depth, width), sets.Training, Settings, 10, workers, cancellation);
                var label = $"relu {depth} × {width}";
                yield return new($"{label}: S in the end", dynamics.Entropies[^1], 0, Math.Log(Samples));
                yield return new($"{label}: least S less the first", dynamics.Dip, null, null);
                yield return new($"{label}: last S less the first", dynamics.Rise, null, null);
                yield return new($"{label}: factor of tr/n", dynamics.TraceGrowth, null, null);
                yield return new($"{label}: loss in the end, below that of guessing", loss, null, Math.Log(10));
            }
        }
    }

    private static NetworkDefinition Perceptron(int depth, int width) => new()
    {
        Input = new NumbersInput { Sizes = [64] },
        Layers = [.. Enumerable.Repeat(new DenseLayer { Units = width, Activation = Activation.Relu }, depth), new DenseLayer { Units = 10 }],
    };

    private static TrainingSettings Settings => new()
    {
        Loss = new CrossEntropy(),
        Strategy = new SimpleStrategy
        {
            Epochs = Epochs,
            BatchSize = 128,
        },
    };
}
