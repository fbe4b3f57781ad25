using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Gap.Active;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Core.Gap;

/// <summary>Clusters, samples and searches that are known beforehand, and the whole way on a small crystal.</summary>
public class ActiveLearningTests
{
    [Fact]
    public void GroupsAreFoundAndTheRestIsNoise()
    {
        // Three groups of 15, 12 and 20 in the plane, and five points far from all.
        var random = new Random(3);
        var points = new List<(double X, double Y, int Group)>();
        foreach (var (x, y, count, group) in new[] { (0.0, 0.0, 15, 0), (10.0, 0.0, 12, 1), (0.0, 12.0, 20, 2) })
        {
            points.AddRange(Enumerable.Range(0, count).Select(_ => (x + random.NextDouble(), y + random.NextDouble(), group)));
        }
        points.AddRange([(30.0, 30.0, -1), (-25.0, 10.0, -1), (5.0, -30.0, -1), (45.0, -5.0, -1), (-30.0, -40.0, -1)]);
        var distances = new float[points.Count, points.Count];
        for (var a = 0; a < points.Count; a++)
        {
            for (var b = 0; b < points.Count; b++)
            {
                distances[a, b] = (float)Math.Sqrt(Math.Pow(points[a].X - points[b].X, 2) + Math.Pow(points[a].Y - points[b].Y, 2));
            }
        }
        Assert.Equal(points.Select(p => p.Group), Hdbscan.Cluster(distances, 5, 5));
        // Groups smaller than a cluster are noise, and one cloud alone is no cluster.
        Assert.Equal([-1, 0, 2], Hdbscan.Cluster(distances, 5, 14).Select(l => l == 1 ? 2 : l).Distinct().Order());
        Assert.All(Hdbscan.Cluster(new float[6, 6], 5, 5), label => Assert.Equal(Hdbscan.Noise, label));
    }

    [Theory]
    [InlineData(10, 40, new[] { 40, 35, 30, 25, 20, 15, 10, 5 })]
    [InlineData(10, 120, new[] { 100, 75, 50, 25, 20, 15, 10, 5 })]
    public void WidthsAreThoseOfThePublishedScheme(int smallest, int largest, int[] expected) => Assert.Equal(expected, ClusterSampling.Widths(smallest, largest));

    [Fact]
    public void TestFramesAreNeverTrainedOn()
    {
        int[][] clusters = [[.. Enumerable.Range(0, 40)], [.. Enumerable.Range(40, 10)], [50, 52, 54]];
        foreach (var width in new[] { 40, 20, 10, 5, 2, 1 })
        {
            var (train, test) = ClusterSampling.Sample(clusters, width, 1);
            Assert.Empty(train.Intersect(test));
            Assert.True(train.Length >= 3 && test.Length >= 3);
        }
        Assert.Equal([0, 5, 10, 15, 20, 25, 30, 35, 40, 45], ClusterSampling.Sample(clusters, 5, 1).Train.Where(f => f < 50));
        Assert.Equal([2, 7, 12, 17, 22, 27, 32, 37, 42, 47], ClusterSampling.Sample(clusters, 5, 1).Test.Where(f => f < 50));
    }

    /// <summary>Thirty evaluations come nearer to the bottom of a valley than thirty at random, for most seeds.</summary>
    [Fact]
    public void TheOptimiserFindsAValley()
    {
        static double Valley(double[] x) => 0.01 + Math.Pow(x[0] - 0.3, 2) + 0.5 * Math.Pow(x[1] - 0.8, 2);
        var wins = 0;
        for (ulong seed = 1; seed <= 5; seed++)
        {
            var (clever, blind) = (new BayesianOptimiser(2, seed), new BayesianOptimiser(2, seed + 100));
            var luck = double.PositiveInfinity;
            for (var k = 0; k < 25; k++)
            {
                var x = k < 5 ? clever.Random() : clever.Suggest();
                Assert.All(x, u => Assert.InRange(u, 0, 1));
                clever.Tell(x, Valley(x));
                luck = Math.Min(luck, Valley(blind.Random()));
            }
            wins += clever.Values.Min() < luck ? 1 : 0;
            Assert.InRange(clever.Values.Min(), 0.01, 0.015);
        }
        Assert.InRange(wins, 4, 5);
    }

    [Fact]
    public void RotatedFramesAreTheSame()
    {
        var a = Cells.Fluorite(5.1, 1, shake: 0.3).Positions;
        var (c, s) = (Math.Cos(0.7), Math.Sin(0.7));
        var b = (double[])a.Clone();
        for (var i = 0; i < a.Length; i += 3)
        {
            var (x, y) = (c * a[i] - s * a[i + 1], s * a[i] + c * a[i + 1]);
            (b[i], b[i + 1], b[i + 2]) = (x + 4, c * y - s * a[i + 2] - 1, s * y + c * a[i + 2] + 2);
        }
        // The root of a difference that rounding leaves.
        Assert.Equal(0, Superposition.Rmsd(a, b), 1e-6);
        // One of twelve particles moved by a little along x: nearly the plain root mean square.
        a[6] += 0.012;
        Assert.Equal(0.012 * Math.Sqrt(11.0) / 12, Superposition.Rmsd(a, b), 4e-4);
    }

    /// <summary>Frames around two lattice constants: clusters, a fit, and runs from which the loop learns until it is sure.</summary>
    [Fact]
    public void AFewFramesGrowIntoAPotential()
    {
        var oracle = Oracle();
        Configuration[] frames = [.. Enumerable.Range(0, 60).Select(k => Shaken(k % 2 == 0 ? 5.1 : 5.5, k))];
        var settings = new ActiveSettings
        {
            MinimumSamples = 4,
            MinimumClusterSize = 6,
            Cutoff = [3.5, 4],
            Delta = [1],
            SparsePoints = [100, 100],
            Order = [3, 4],
            Designs = 2,
            Iterations = 1,
            Tolerance = 1e-9,
            OraclePotential = "known",
        };
        using var workers = new Workers(2);
        var said = new List<string>();
        var result = ActiveLearning.Run(frames, settings, oracle, workers, said.Add, CancellationToken.None);
        Assert.Equal([27, 27], result.ClusterSizes);
        // The width that is chosen has the smallest of the errors that are told, on frames that are the same for all.
        Assert.Contains(result.Chosen, result.Trials);
        Assert.Equal(result.Trials.Min(t => t.ComparedError), result.Chosen.ComparedError);
        Assert.Equal(ActiveLearning.EnergyError(result.Fit.Model, result.Test, workers), result.Chosen.ComparedError);
        Assert.Equal(result.Chosen.Train, result.Train.Count);
        Assert.All(result.Trials, t => Assert.Contains(FormattableString.Invariant($"width {t.Width} {1e3 * t.ComparedError:0.00} meV/atom"), said[^1]));
        Assert.EndsWith($"chosen is width {result.Chosen.Width}, of {result.Train.Count} frames", said[^1]);
        Assert.Equal(6, result.HeldOut.Count);
        Assert.False(result.Converged);
        Assert.True(result.Trials.Count > 1 && result.Trials[^1].Train > result.Trials[0].Train);
        Assert.InRange(result.Trials.Min(t => t.Error), 0, 0.05);
        Assert.Empty(result.Test.Intersect(result.Train));

        var fitted = 0;
        List<Configuration> train = [.. result.Train];
        var before = train.Count;
        var exploration = new ExplorationSettings { Temperature = 600, Steps = 40, Every = 10, Picks = 3, Rounds = 2, Tolerance = 1e-4 };
        ClosedLoopResult Explore(ExplorationSettings how) =>
            new ClosedLoop(how, settings.DistanceSoap, oracle, 1, workers, _ => { }, (_, _) => fitted++).Run(result.Train[0], result.Fit, result.Settings, train, CancellationToken.None);
        var open = Explore(exploration);
        Assert.Equal(2, open.Deviations.Count);
        Assert.Equal(2, fitted);
        Assert.Equal(before + 6, train.Count);
        Assert.All(train, frame => Assert.NotNull(frame.Forces));
        Assert.NotEqual(result.Fit.Model.Label, open.Fit.Model.Label);
        // The frames of the last round are fitted, too, and it was not the tolerance that ended it.
        Assert.Equal(train.Count, (int)open.Fit.Record["frames"]!);
        Assert.True(open is { Converged: false, IsComplete: true } && open.Deviations[^1] > exploration.Tolerance);

        // Deviations over δ of normalised descriptors are 1.01^(ζ/2) at most.
        var sure = Explore(exploration with { Tolerance = 1.1 });
        Assert.True(sure.Converged);
        Assert.Single(sure.Deviations);
        Assert.Same(result.Fit, sure.Fit);
    }

    /// <summary>No deviation where the surroundings are a sparse point's, most of δ where they are like nothing known.</summary>
    [Fact]
    public void UncertaintyGrowsWithDistanceFromWhatIsKnown()
    {
        using var uncertainty = new GapUncertainty(GapModels.Hafnia(), Workers.Single);
        var (known, near, far) = (Cells.Fluorite(5.1, 1, shake: 0.5), Cells.Fluorite(5.1, 1, shake: 0.55), Cells.Fluorite(3.7, 1, shake: 0.5));
        Assert.All(uncertainty.Deviations(known), d => Assert.InRange(d, 0, 1.1 * 0.7e-3));
        var (a, b) = (uncertainty.Deviations(near).Average(), uncertainty.Deviations(far).Average());
        Assert.True(a > 1e-3 && b > 3 * a, FormattableString.Invariant($"{a:G4} near, {b:G4} far"));
        // Normalised descriptors with the appended component: k(d, d) = δ² 1.01^ζ.
        Assert.All(uncertainty.Deviations(far), d => Assert.InRange(d, 0, 0.7 * Math.Pow(1.01, 2)));
    }

    /// <summary>A command that copies the input, with an energy and forces of its own.</summary>
    [Fact]
    public void ACommandCanBeTheOracle()
    {
        var frame = Cells.Fluorite(5.1);
        new CommandOracle($"{Answer} {{in}} > {{out}}").Label(frame);
        Assert.Equal(-3.5, frame.Energy);
        Assert.Equal(Enumerable.Repeat(0.25, 36), frame.Forces);
        Assert.Contains("no energy", Assert.Throws<RunFailedException>(() => new CommandOracle("cp {in} {out}").Label(frame)).Message);
        Assert.Contains("status 3 and said: broken", Assert.Throws<RunFailedException>(() => new CommandOracle("echo broken >&2; exit 3").Label(frame)).Message);
        Assert.Contains("left no result", Assert.Throws<RunFailedException>(() => new CommandOracle("true").Label(frame)).Message);
        Assert.Contains("status 127", Assert.Throws<RunFailedException>(() => new CommandOracle("no-such-program {in} {out}").Label(frame)).Message);
    }

    /// <summary>An atom may be given in another cell, and nothing else may differ.</summary>
    [Fact]
    public void ACommandMustAnswerForTheStructureThatWasAsked()
    {
        var frame = Cells.Fluorite(5.1);
        string Edit(string script) => $"sed '{script}' {{in}} | {Answer} > {{out}}";
        string Refusal(string script) => Assert.Throws<RunFailedException>(() => new CommandOracle(Edit(script)).Label(frame)).Message;
        new CommandOracle(Edit("3s/^Hf 0 /Hf -5.1 /")).Label(frame);
        new CommandOracle(Edit("3s/^Hf 0 /Hf 0.00005 /")).Label(frame);
        Assert.Contains("atom 0 at a place 0.0005 Å from where it was", Refusal("3s/^Hf 0 /Hf 0.0005 /"));
        Assert.Contains("atom 0 as O", Refusal("3s/^Hf/O/"));
        Assert.Contains("the cell (5.11 0 0)", Refusal("s/Lattice=\"5.1 /Lattice=\"5.11 /"));
        Assert.Contains("open", Refusal("s/pbc=\"T T T\"/pbc=\"T T F\"/"));
    }

    [Fact]
    public void AProgramThatHangsIsStopped()
    {
        var frame = Cells.Fluorite(5.1);
        var hanging = new CommandOracle("sleep 1000 & sleep 1000", TimeSpan.FromSeconds(0.2));
        Assert.Contains("did not end within 0.2 s", Assert.Throws<RunFailedException>(() => hanging.Label(frame)).Message);
        // An answer counts when the command has ended, whatever it has left running.
        new CommandOracle($"sleep 10 & {Answer} {{in}} > {{out}}", TimeSpan.FromSeconds(100)).Label(frame);
        Assert.Equal(-3.5, frame.Energy);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.2));
        Assert.ThrowsAny<OperationCanceledException>(() => new CommandOracle("sleep 1000").Label(frame, stop.Token));
    }

    /// <summary>What was answered is not asked again, by nobody, and the end of a file that was cut off is asked for again.</summary>
    [Fact]
    public void AnswersAreKept()
    {
        var folder = Directory.CreateTempSubdirectory("engine-oracle-test-");
        try
        {
            var path = Path.Combine(folder.FullName, "labels.extxyz");
            var (counting, asked) = (new CountingOracle(Oracle()), new[] { Shaken(5.1, 1), Shaken(5.1, 2) });
            foreach (var frame in asked.Concat(asked))
            {
                new RecordedOracle(counting, "a", path).Label(frame);
            }
            Assert.Equal(2, counting.Calls);
            var again = Shaken(5.1, 2);
            new RecordedOracle(counting, "a", path).Label(again);
            Assert.Equal(2, counting.Calls);
            Assert.Equal(asked[1].Energy, again.Energy);
            Assert.Equal(asked[1].Forces, again.Forces);
            Assert.Equal(asked[1].Virial, again.Virial);
            // Answers of another do not count.
            Assert.Equal(0, new RecordedOracle(counting, "b", path).Known);
            File.WriteAllText(path, File.ReadAllText(path)[..^40]);
            var recorded = new RecordedOracle(counting, "a", path);
            Assert.Equal(1, recorded.Known);
            recorded.Label(again);
            Assert.Equal(3, counting.Calls);
            Assert.Equal(2, new RecordedOracle(counting, "a", path).Known);
            File.WriteAllText(path, "12\n");
            Assert.Contains("delete the file", Assert.Throws<InputException>(() => new RecordedOracle(counting, "a", path)).Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>CP2K's energy, its slopes, and the pressure that the slope with the volume says.</summary>
    [SkippableFact]
    public void Cp2kCanBeTheOracle()
    {
        Skip.If(Cp2kOracle.Program is null, "cp2k is not on PATH");
        var oracle = new Cp2kOracle(Path.Combine(Cells.Root, "examples", "gap", "cp2k-gfn1-xtb.inp"));
        Configuration At(double strain, double shift)
        {
            var frame = Cells.Fluorite(5.1);
            frame.Positions[3 * 6] += 0.1 + shift;
            frame = Cells.Strained(frame, strain, strain, strain, 0, 0, 0);
            oracle.Label(frame);
            return frame;
        }
        var (here, left, right, small, large) = (At(0, 0), At(0, -0.01), At(0, 0.01), At(-0.002, 0), At(0.002, 0));
        var force = here.Forces![18];
        Assert.True(Math.Abs(force) > 0.3);
        // Second-order differences, energies converged to 1e-7 of a hartree.
        Assert.Equal(-(right.Energy!.Value - left.Energy!.Value) / 0.02, force, 0.03 * Math.Abs(force));
        var trace = here.Virial!.Value.Trace;
        Assert.Equal(-(large.Energy!.Value - small.Energy!.Value) / 0.004, trace, 0.03 * Math.Abs(trace));
    }

    [Fact]
    public void FramesWithoutClustersOrEnergiesAreRefused()
    {
        Configuration[] frames = [.. Enumerable.Range(0, 12).Select(k => Shaken(5.1, k))];
        Assert.Contains("make no clusters", Assert.Throws<InputException>(() => ActiveLearning.Run(frames, new(), null, Workers.Single, _ => { }, default)).Message);
        frames = [.. Enumerable.Range(0, 60).Select(k => Shaken(k % 2 == 0 ? 5.1 : 5.5, k))];
        Assert.Contains("no energy and there is no oracle", Assert.Throws<InputException>(
            () => ActiveLearning.Run(frames, new() { MinimumSamples = 4, MinimumClusterSize = 6 }, null, Workers.Single, _ => { }, default)).Message);
        Assert.Contains("exploration needs an oracle", Assert.Throws<InputException>(() => new ActiveSettings { Exploration = new() { Temperature = 300 } }.Check()).Message);
    }

    /// <summary>A program that adds an energy and forces to a structure, as far as its file is in the form that is written here.</summary>
    private const string Answer = "awk 'NR == 2 { sub(\"pos:R:3\", \"&:forces:R:3\"); $0 = $0 \" energy=-3.5\" } NR > 2 { $0 = $0 \" 0.25 0.25 0.25\" } { print }'";

    private sealed class CountingOracle(IOracle oracle) : IOracle
    {
        public int Calls { get; private set; }

        public string Name => oracle.Name;

        public void Label(Configuration frame, CancellationToken cancellation = default)
        {
            Calls++;
            oracle.Label(frame, cancellation);
        }
    }

    private static PotentialOracle Oracle() => new(new FrameEvaluator(
        PotentialFile.Load(Path.Combine(Cells.Root, "examples", "potentials", "hfo2-teter-fit.json")), UnitSystem.Metal, Workers.Single));

    private static Configuration Shaken(double latticeConstant, int number)
    {
        var frame = Cells.Fluorite(latticeConstant);
        var random = new Random(number);
        for (var k = 0; k < frame.Positions.Length; k++)
        {
            frame.Positions[k] += 0.15 * (random.NextDouble() - 0.5);
        }
        return frame;
    }
}
