using Engine.Core.Json;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;
using Engine.Kernels.Random;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Selection;
using Engine.Learn.Spectra;
using Engine.Learn.Torch;
using Engine.Learn.Training;
using Engine.Learn.Training.Losses;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Selection;

[Collection(LibtorchCollection.Name)]
public sealed class SelectionTests : IDisposable
{
    private static readonly NetworkDefinition Small = Definition(8, 3);

    private readonly TensorScope? scope = NativeLibraries.Find("torch").IsPresent ? new() : null;

    public void Dispose() => scope?.Dispose();

    /// <summary>How often each of five samples is in a set of two: two fifths, to five standard deviations of a binomial; the last one like the others.</summary>
    [SkippableFact]
    public void RandomSetsAreUnbiased()
    {
        Libtorch.Require();
        const int sets = 4000;
        var pool = Points(5);
        var counts = new int[5];
        for (var seed = 0ul; seed < sets; seed++)
        {
            var chosen = new RandomSelection().Select(new() { Pool = pool, Size = 2, Seed = seed }).Indices;
            Assert.NotEqual(chosen[0], chosen[1]);
            foreach (var index in chosen)
            {
                counts[index]++;
            }
        }
        Assert.All(counts, n => Assert.InRange(n, sets * (0.4 - 5 * Math.Sqrt(0.24 / sets)), sets * (0.4 + 5 * Math.Sqrt(0.24 / sets))));
    }

    [SkippableFact]
    public void MethodsAreRecords()
    {
        Libtorch.Require();
        var text = $$"""{ "type": "randomNetworkDistillation", "name": "far", "target": {{StrictJson.Write(Small)}}, "metric": { "type": "cosine" }, "epochs": 7, "patience": 3 }""";
        var method = Assert.IsType<RandomNetworkDistillation>(StrictJson.Read<SelectionMethod>(text, "method"));
        Assert.Equal(("far", 7, 3, new CosineDistance()), (method.Label, method.Epochs, method.Patience, method.Metric));
        Assert.Equal(StrictJson.Write<SelectionMethod>(method), StrictJson.Write(StrictJson.Read<SelectionMethod>(StrictJson.Write<SelectionMethod>(method), "method")));
        Assert.Equal("approximateMaximumEntropy", StrictJson.Read<SelectionMethod>("""{ "type": "approximateMaximumEntropy", "sets": 3 }""", "method").Label);
        Assert.Equal("maximumEntropy", new MaximumEntropy().Label);
        foreach (var (wrong, word) in new (SelectionMethod, string)[]
        {
            (Distillation() with { Epochs = 0 }, "epochs"), (Distillation() with { Patience = 0 }, "patience"), (Distillation() with { LossThreshold = double.NaN }, "lossThreshold"),
            (Distillation() with { Optimiser = new TraceSettings() }, "trace"), (Distillation() with { RandomFirst = 9 }, "randomFirst"), (new ApproximateMaximumEntropy { Sets = 0 }, "sets"),
            (new MaximumEntropy(), "network"), (Distillation() with { Predictor = Definition(8, 2) }, "predictor"),
        })
        {
            Assert.Contains(word, Assert.Throws<InputException>(() => wrong.Select(new() { Pool = Points(10), Size = 8, Seed = 1 })).Message);
        }
        Assert.Contains("11", Assert.Throws<InputException>(() => new RandomSelection().Select(new() { Pool = Points(10), Size = 11, Seed = 1 })).Message);
    }

    /// <summary>The first choice is where two networks that nobody trained are farthest apart, by the squared error that is written out here.</summary>
    [SkippableFact]
    public void DistillationBeginsWhereTheNetworksDiffer()
    {
        Libtorch.Require();
        var pool = Points(30);
        const ulong seed = 11;
        var found = Distillation().Select(new() { Pool = pool, Size = 12, Seed = seed });
        var seeds = new RandomSequence(seed, RandomStream.DataSelection, -1);
        using var target = new Network(Small, (ulong)(seeds.NextUniform() * (1L << 53)));
        using var predictor = new Network(Small, (ulong)(seeds.NextUniform() * (1L << 53)));
        var (a, b) = (target.Forward(pool.Range(0, 30)).Main.to_double(), predictor.Forward(pool.Range(0, 30)).Main.to_double());
        double[] errors = [.. Enumerable.Range(0, 30).Select(i => Enumerable.Range(0, 3).Average(c => Math.Pow(a[3 * i + c] - b[3 * i + c], 2)))];
        Assert.Equal(Array.IndexOf(errors, errors.Max()), found.Indices[0]);
        Assert.Equal(errors.Max(), found.Distances[0], 1e-14);
        Assert.Equal((12, 12, SelectionStop.SizeReached), (found.Indices.Distinct().Count(), found.Rounds, found.Why));
        Assert.Equal(12, found.Distances.Count);
        // The same again, and a smaller set is how it begins.
        Assert.Equal(found.Indices.Take(7), Distillation().Select(new() { Pool = pool, Size = 7, Seed = seed }).Indices);
        Assert.NotEqual(found.Indices, Distillation().Select(new() { Pool = pool, Size = 12, Seed = seed + 1 }).Indices);
    }

    /// <summary>Six points, five times each: what was learnt once is not far any more, so that the first six choices are the six points.</summary>
    [SkippableFact]
    public void DistillationDoesNotChooseWhatItKnows()
    {
        Libtorch.Require();
        var pool = Repeated(6, 5);
        var method = Distillation() with { Epochs = 500, Optimiser = new AdamSettings { LearningRate = 0.01 } };
        var found = method.Select(new() { Pool = pool, Size = 6, Seed = 3 });
        Assert.Equal(6, found.Indices.Select(i => i % 6).Distinct().Count());
        // All are known then: the next one is a hundredth as far as the first one, and a threshold between them ends the choice with the six.
        var more = method.Select(new() { Pool = pool, Size = 8, Seed = 3 });
        Assert.True(more.Distances[6] < 0.01 * more.Distances[0]);
        var ended = (method with { DistanceThreshold = 0.1 * more.Distances.Take(6).Min() }).Select(new() { Pool = pool, Size = 30, Seed = 3 });
        Assert.Equal((SelectionStop.NothingFar, 6, 7), (ended.Why, ended.Indices.Count, ended.Rounds));
        Assert.Equal(found.Indices, ended.Indices);
    }

    [SkippableFact]
    public void DistillationEndsByItsRules()
    {
        Libtorch.Require();
        var pool = Points(30);
        var task = new SelectionTask { Pool = pool, Size = 30, Seed = 1 };
        var all = Distillation().Select(task);
        Assert.Equal(Enumerable.Range(0, 30), all.Indices.Order());
        var nothing = (Distillation() with { DistanceThreshold = 2 * all.Distances.Max() }).Select(task);
        Assert.Equal((SelectionStop.NothingFar, 0, 1), (nothing.Why, nothing.Indices.Count, nothing.Rounds));
        // Steps so large that the predictor gets worse at times; the first round whose largest distance is not below those before it.
        var rough = Distillation() with { Optimiser = new AdamSettings { LearningRate = 0.3 } };
        var distances = rough.Select(task).Distances;
        var stalled = Enumerable.Range(1, 29).First(r => distances[r] >= distances.Take(r).Min());
        var patient = (rough with { Patience = 1 }).Select(task);
        Assert.Equal((SelectionStop.NoProgress, stalled, stalled + 1), (patient.Why, patient.Indices.Count, patient.Rounds));
        var begun = (Distillation() with { RandomFirst = 4 }).Select(task with { Size = 9 });
        Assert.Equal(new RandomSelection().Select(task with { Size = 4 }).Indices, begun.Indices.Take(4));
        Assert.Equal((9, 9, 6), (begun.Indices.Distinct().Count(), begun.Distances.Count, begun.Rounds));
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Distillation().Select(task with
        {
            Progress = taken =>
            {
                if (taken == 3)
                {
                    stop.Cancel();
                }
            },
            Cancellation = stop.Token,
        }));
    }

    /// <summary>A metric that falls with the distance is refused, all others are taken.</summary>
    [SkippableFact]
    public void DistillationTakesDistancesOnly()
    {
        Libtorch.Require();
        var task = new SelectionTask { Pool = Points(10), Size = 3, Seed = 1 };
        DistanceMetric[] distances =
        [
            new MeanPower(), new MeanPower { Order = 3, Sum = true }, new LpNorm(), new CosineDistance(), new AngularDistance(), new HyperSphere(), new MahalanobisDistance(), new WassersteinDistance(),
        ];
        Assert.All(distances, metric => Assert.Equal(3, (Distillation() with { Metric = metric }).Select(task).Indices.Distinct().Count()));
        Assert.Contains("grows with the distance", Assert.Throws<InputException>(() => (Distillation() with { Metric = new ExponentialRepulsion() }).Select(task)).Message);
    }

    /// <summary>Each choice is the one that makes the determinant of the chosen block largest, found by trying all; pivots multiply to it.</summary>
    [Fact]
    public void TheLargestEntropyIsTheLargestDeterminant()
    {
        const int n = 9;
        var random = new RandomSequence(5, RandomStream.RandomPlacement, 0);
        var factor = new double[n, n];
        for (var i = 0; i < n * n; i++)
        {
            factor[i / n, i % n] = random.NextNormal();
        }
        double[][] kernel = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => Enumerable.Range(0, n).Sum(k => factor[i, k] * factor[j, k])).ToArray())];
        var found = MaximumEntropy.Choose([.. Enumerable.Range(0, n).Select(i => kernel[i][i])], 6, pivot => [.. kernel[pivot]]);
        List<int> expected = [];
        for (var k = 0; k < 6; k++)
        {
            expected.Add(Enumerable.Range(0, n).Except(expected).MaxBy(i => Determinant(kernel, [.. expected, i])));
            // Rounding of nine products of about ten.
            Assert.Equal(1, found.Distances.Take(k + 1).Aggregate((a, b) => a * b) / Determinant(kernel, expected), 1e-10);
        }
        Assert.Equal(expected, found.Indices);
    }

    /// <summary>Gradients of a linear model without bias are its inputs: three numbers, three independent samples, then nothing.</summary>
    [SkippableFact]
    public void TheLargestEntropyEndsWithTheRank()
    {
        Libtorch.Require();
        var linear = Small with { Layers = [new DenseLayer { Units = 1, Bias = false }] };
        using var network = new Network(linear, 1);
        var pool = Points(40);
        var task = new SelectionTask { Pool = pool, Size = 10, Seed = 1, Network = network };
        var found = new MaximumEntropy().Select(task);
        Assert.Equal((3, SelectionStop.NothingIndependent), (found.Indices.Count, found.Why));
        var inputs = pool.Range(0, 40).Input.to_double();
        double[] lengths = [.. Enumerable.Range(0, 40).Select(i => inputs.Skip(3 * i).Take(3).Sum(x => x * x))];
        Assert.Equal(Array.IndexOf(lengths, lengths.Max()), found.Indices[0]);
        // Column by column it is the same as from the whole kernel.
        using var curved = new Network(Small, 2);
        var whole = new MaximumEntropy().Select(task with { Network = curved });
        var columns = new MaximumEntropy().Choose(task with { Network = curved }, largestKernel: 0);
        Assert.Equal(10, whole.Indices.Distinct().Count());
        Assert.Equal(whole.Indices, columns.Indices);
    }

    /// <summary>What is there six times is chosen once, also by a network of float, whose gradients differ in their last bits from one pass to another.</summary>
    [SkippableTheory]
    [InlineData(4096)]
    [InlineData(0)]
    public void TheLargestEntropyOfFloatsEndsWithTheRank(int largestKernel)
    {
        Libtorch.Require();
        var definition = Definition(200, 10) with
        {
            Precision = Precision.Float,
            Input = new NumbersInput { Sizes = [100] },
        };
        using var network = new Network(definition, 1);
        var pool = Repeated(50, 6, 100, ScalarType.Float32);
        var found = new MaximumEntropy().Choose(new() { Pool = pool, Size = 300, Seed = 1, Network = network }, largestKernel);
        Assert.Equal((50, SelectionStop.NothingIndependent), (found.Indices.Count, found.Why));
        Assert.Equal(50, found.Indices.Select(i => i % 50).Distinct().Count());
    }

    [SkippableFact]
    public void TheBestOfSeveralSetsIsNoWorseThanTheFirst()
    {
        Libtorch.Require();
        using var network = new Network(Small, 2);
        var pool = Points(40);
        var task = new SelectionTask { Pool = pool, Size = 8, Seed = 4, Network = network };
        double EntropyOf(SelectionMethod method) => KernelSpectrum.Of(network, new SampleSubset(pool, [.. method.Select(task).Indices]), Workers.Single).Entropy;
        double[] best = [.. Enumerable.Range(1, 8).Select(sets => EntropyOf(new ApproximateMaximumEntropy { Sets = sets }))];
        Assert.Equal(best.Order(), best);
        Assert.True(best[^1] > best[0]);
        // What greed adds to the determinant shows in the entropy of the spectrum too.
        Assert.True(EntropyOf(new MaximumEntropy()) > best.Average());
    }

    private static RandomNetworkDistillation Distillation() => new() { Target = Small, Epochs = 20 };

    private static NetworkDefinition Definition(int width, int outputs) => new()
    {
        Precision = Precision.Double,
        Input = new NumbersInput { Sizes = [3] },
        Layers = [new DenseLayer { Units = width, Activation = Activation.Tanh }, new DenseLayer { Units = outputs }],
    };

    private static TensorSamples Points(int count) => Repeated(count, 1);

    private static TensorSamples Repeated(int count, int times, int width = 3, ScalarType type = ScalarType.Float64)
    {
        var random = new RandomSequence(7, RandomStream.RandomPlacement, 1);
        double[] once = [.. Enumerable.Range(0, width * count).Select(_ => random.NextNormal())];
        return new(torch.tensor(Enumerable.Repeat(once, times).SelectMany(x => x).ToArray(), [count * times, width], type, "cpu"));
    }

    /// <summary>By the rule of Leibniz along the first row.</summary>
    private static double Determinant(double[][] kernel, IReadOnlyList<int> rows) => Minor(kernel, rows, [.. rows]);

    private static double Minor(double[][] kernel, IReadOnlyList<int> rows, int[] columns) => columns.Length == 0 ? 1 :
        columns.Select((column, k) => (k % 2 == 0 ? 1 : -1) * kernel[rows[^columns.Length]][column] * Minor(kernel, rows, [.. columns.Where(c => c != column)])).Sum();
}
