using Engine.Kernels.Threading;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Training;
using Engine.Learn.Training.Losses;

namespace Engine.Perf.Science;

/// <summary>A perceptron learns on which side of a line, or of a circle, points of the plane are; the entropy of its kernel stays what an entropy can be.</summary>
internal static class BoundaryCase
{
    private const int Points = 200;
    private const int Hidden = 12;

    public static IEnumerable<ScienceCheck> Run(DataDefinition data, string name, Activation activation, int epochs, int runs, Workers workers, CancellationToken cancellation)
    {
        var definition = new NetworkDefinition
        {
            Precision = Precision.Double,
            Input = new NumbersInput { Sizes = [2] },
            Layers = [new DenseLayer { Units = Hidden, Activation = activation }, new DenseLayer { Units = 2 }],
        };
        var (losses, entropies) = (new List<double>(), new List<double>());
        for (var run = 1; run <= runs; run++)
        {
            using var sets = (data with { Seed = (ulong)run }).Load(definition, "");
            var (dynamics, loss) = KernelDynamics.Train(definition, sets.Training, Settings(epochs, run), 10, workers, cancellation);
            losses.Add(loss);
            entropies.AddRange(dynamics.Entropies);
        }
        var label = $"{name}, {activation.ToString().ToLowerInvariant()}, {runs} run{(runs == 1 ? "" : "s")}";
        yield return new($"{label}: largest loss in the end", losses.Max(), null, 0.2);
        yield return new($"{label}: least S at any time", entropies.Min(), 0, null);
        yield return new($"{label}: largest S at any time, at most ln n", entropies.Max(), null, Math.Log(Points));
    }

    public static IEnumerable<ScienceCheck> Run(Workers workers, CancellationToken cancellation)
    {
        foreach (var activation in new[] { Activation.Relu, Activation.Tanh, Activation.Sigmoid })
        {
            foreach (var check in Run(Line, "line", activation, 500, 3, workers, cancellation).Concat(Run(Circle, "circle", activation, 500, 3, workers, cancellation)))
            {
                yield return check;
            }
        }
    }

    public static LineData Line { get; } = new()
    {
        Count = Points,
        TrainFraction = 1,
    };

    public static CircleData Circle { get; } = new()
    {
        Count = Points,
        TrainFraction = 1,
    };

    private static TrainingSettings Settings(int epochs, int seed) => new()
    {
        Loss = new CrossEntropy(),
        Optimiser = new AdamSettings { LearningRate = 0.03 },
        Strategy = new SimpleStrategy { Epochs = epochs },
        Seed = (ulong)seed,
    };
}
