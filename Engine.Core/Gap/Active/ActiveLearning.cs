using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using Engine.Core.Forces;
using Engine.Core.Gap.Fit;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Soap;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap.Active;

/// <summary>
/// Chooses training data from a trajectory without prior knowledge: clusters of similar frames, samples of each that grow finer, and at every width a search for the
/// hyper-parameters of the potential, until its error is small. G. Sivaraman et al., npj Comput. Mater. 6, 104 (2020).
/// </summary>
public static class ActiveLearning
{
    /// <summary>Error of a fit that failed [eV].</summary>
    private const double Failed = 200;

    private const int MostFrames = 20_000;

    /// <summary>Chooses data and fits a potential.</summary>
    /// <param name="trajectory">Frames in the order of time.</param>
    /// <param name="settings">How.</param>
    /// <param name="oracle">Labels frames; null where they have their energies.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="cancellation">Stops between fits.</param>
    /// <exception cref="InputException">There are too few frames, no clusters, or no energies.</exception>
    public static ActiveResult Run(
        IReadOnlyList<Configuration> trajectory, ActiveSettings settings, IOracle? oracle, Workers workers, Action<string> progress, CancellationToken cancellation)
    {
        settings.Check();
        if (trajectory.Count > MostFrames)
        {
            throw new InputException($"active learning: {trajectory.Count} frames, expected at most {MostFrames}, whose distances from each other fit into memory; use a larger stride or a range of frames");
        }
        Configuration[] frames = [.. trajectory.Where((_, k) => k % settings.Stride == 0)];
        if (frames.Length == 0 || (settings.Distance == FrameDistance.Rmsd && frames.Any(f => !f.Species.AsSpan().SequenceEqual(frames[0].Species))))
        {
            throw new InputException(frames.Length == 0
                ? "active learning: there are no frames, expected some hundred"
                : "active learning: the frames are not of the same atoms in the same order, which rmsd compares one by one; use the distance soap");
        }
        var kept = (int)(frames.Length * (1 - settings.HeldOut));
        Configuration[] heldOut = frames[kept..];
        frames = frames[..kept];
        if (kept < settings.MinimumClusterSize)
        {
            throw new InputException(string.Create(CultureInfo.InvariantCulture,
                $"active learning: {kept} of {trajectory.Count} frames are left by stride {settings.Stride} and heldOut {settings.HeldOut}; expected {settings.MinimumClusterSize} at least, the minimumClusterSize, and some hundred to be of use"));
        }
        var labels = Hdbscan.Cluster(Distances(frames, settings, workers), settings.MinimumSamples, settings.MinimumClusterSize);
        int[][] clusters = [.. labels.Select((label, k) => (label, k)).Where(e => e.label != Hdbscan.Noise).GroupBy(e => e.label).OrderBy(g => g.Key).Select(g => g.Select(e => e.k).ToArray())];
        var noise = labels.Count(label => label == Hdbscan.Noise);
        if (clusters.Length == 0)
        {
            throw new InputException(string.Create(CultureInfo.InvariantCulture,
                $"active learning: {frames.Length} frames make no clusters of {settings.MinimumClusterSize} or more; expected two at least; use a smaller minimumClusterSize or minimumSamples, or a longer trajectory"));
        }
        progress(string.Create(CultureInfo.InvariantCulture, $"{frames.Length} frames: {clusters.Length} clusters of {string.Join(", ", clusters.Select(c => c.Length))}, {noise} noise; {heldOut.Length} held out"));
        return Search(frames, heldOut, clusters, noise, settings, oracle, workers, progress, cancellation);
    }

    /// <summary>Distances of all frames from each other.</summary>
    public static float[,] Distances(IReadOnlyList<Configuration> frames, ActiveSettings settings, Workers workers)
    {
        var n = frames.Count;
        var distances = new float[n, n];
        var averages = settings.Distance == FrameDistance.Soap ? Averages(frames, settings.DistanceSoap, workers) : [];
        workers.For(n, 1, (start, end) =>
        {
            for (var a = start; a < end; a++)
            {
                for (var b = 0; b < a; b++)
                {
                    var d = settings.Distance == FrameDistance.Soap
                        ? Distance(averages[a], averages[b])
                        : Superposition.Rmsd(frames[a].Positions, frames[b].Positions);
                    distances[a, b] = distances[b, a] = (float)d;
                }
            }
        });
        return distances;
    }

    /// <summary>√(2 − 2 p·p') of two normalised descriptors.</summary>
    internal static double Distance(double[] a, double[] b) => Math.Sqrt(Math.Max(0, 2 - 2 * TensorPrimitives.Dot<double>(a, b)));

    internal static double[][] Averages(IReadOnlyList<Configuration> frames, SoapInput input, Workers workers)
    {
        int[] elements = [.. frames.SelectMany(frame => SoapDescriptors.AtomicNumbers(frame.SpeciesTable)).Distinct().Order()];
        using var soap = new SoapDescriptors(input.Settings(elements[0], elements) with { Centres = elements });
        var averages = new double[frames.Count][];
        workers.For(frames.Count, 1, (start, end) =>
        {
            for (var k = start; k < end; k++)
            {
                averages[k] = soap.ComputeAverage(frames[k]);
            }
        });
        return averages;
    }

    private static ActiveResult Search(
        Configuration[] frames, Configuration[] heldOut, int[][] clusters, int noise, ActiveSettings settings, IOracle? oracle, Workers workers, Action<string> progress,
        CancellationToken cancellation)
    {
        var trials = new List<ActiveTrial>();
        var labelled = new HashSet<Configuration>(ReferenceEqualityComparer.Instance);
        var fits = new List<(GapFitResult Fit, GapFitSettings Settings, int[] Train, int Trial)>();
        int[] lastTest = [];
        var lastTrain = 0;
        var failure = default(string?);
        foreach (var width in ClusterSampling.Widths(clusters.Min(c => c.Length), clusters.Max(c => c.Length)))
        {
            var (train, test) = ClusterSampling.Sample(clusters, width, settings.Seed);
            if (train.Length <= lastTrain)
            {
                continue;
            }
            lastTrain = train.Length;
            Configuration[] trained = [.. train.Select(k => frames[k])], tested = [.. test.Select(k => frames[k])];
            foreach (var frame in trained.Concat(tested))
            {
                Label(frame, oracle, labelled, cancellation);
            }
            var (fit, fitSettings, trial, reason) = Optimise(width, trained, tested, settings, workers, cancellation);
            progress(string.Create(CultureInfo.InvariantCulture,
                $"width {width}: {train.Length} frames to train on and {test.Length} to test; {(fit is null ? $"every fit failed: {reason}" : $"best of {trial.Evaluations} fits with an error of {1e3 * trial.Error:0.00} meV/atom on these test frames: {Describe(trial)}")}"));
            failure = reason;
            if (fit is not null)
            {
                fits.Add((fit, fitSettings, train, trials.Count));
                lastTest = test;
            }
            trials.Add(trial);
            if (trials.Count > 1 && Math.Round(trial.Error, 4) <= settings.Tolerance)
            {
                break;
            }
        }
        foreach (var frame in heldOut)
        {
            Label(frame, oracle, labelled, cancellation);
        }
        if (fits.Count == 0)
        {
            throw new RunFailedException($"active learning: every fit failed; expected one that works; the last of them: {failure}");
        }
        // Errors on test sets of different sizes cannot be compared: all are measured on the largest, without what any has seen.
        var seen = fits.SelectMany(f => f.Train).ToHashSet();
        Configuration[] judges = [.. lastTest.Where(k => !seen.Contains(k)).Select(k => frames[k])];
        foreach (var f in judges.Length == 0 ? [] : fits)
        {
            trials[f.Trial] = trials[f.Trial] with { ComparedError = EnergyError(f.Fit.Model, judges, workers) };
        }
        var best = judges.Length == 0 ? fits[^1] : fits.MinBy(f => trials[f.Trial].ComparedError);
        var chosen = trials[best.Trial];
        progress(judges.Length == 0
            ? $"every test frame of the finest width was trained on at another, so that widths cannot be compared; chosen is the finest, {chosen.Width}, of {chosen.Train} frames"
            : string.Create(CultureInfo.InvariantCulture,
                $"errors on the same {judges.Length} frames, of the finest test set those that no width was trained on: {string.Join(", ", fits.Select(f => string.Create(CultureInfo.InvariantCulture, $"width {trials[f.Trial].Width} {1e3 * trials[f.Trial].ComparedError:0.00} meV/atom")))}; chosen is width {chosen.Width}, of {chosen.Train} frames"));
        return new(
            best.Fit, chosen, best.Settings, [.. best.Train.Select(k => frames[k])], judges, heldOut, [.. clusters.Select(c => c.Length)], noise, trials,
            trials.Count > 1 && Math.Round(trials[^1].Error, 4) <= settings.Tolerance);
    }

    /// <summary>Hyper-parameters in words.</summary>
    public static string Describe(ActiveTrial trial) => string.Create(
        CultureInfo.InvariantCulture, $"cutoff {trial.Cutoff:0.00} Å, delta {trial.Delta} eV, {trial.SparsePoints} sparse points of each species, n = l = {trial.Order}");

    /// <summary>With an oracle, its word counts and not what a file says: two references in one fit would be none.</summary>
    private static void Label(Configuration frame, IOracle? oracle, HashSet<Configuration> labelled, CancellationToken cancellation)
    {
        if (oracle is not null && labelled.Add(frame))
        {
            oracle.Label(frame, cancellation);
        }
        if (frame.Energy is null)
        {
            throw new InputException("active learning: a frame has no energy and there is no oracle; expected one of them; set oraclePotential, oracleCommand or oracleCp2k");
        }
    }

    /// <summary>The best fit of the designs that are tried; null, and why the last failed, where none works.</summary>
    private static (GapFitResult? Fit, GapFitSettings Settings, ActiveTrial Trial, string? Failure) Optimise(
        int width, Configuration[] train, Configuration[] test, ActiveSettings settings, Workers workers, CancellationToken cancellation)
    {
        var optimiser = new BayesianOptimiser(4, settings.Seed + (ulong)width);
        var failure = default(string?);
        (GapFitResult? Fit, GapFitSettings Settings, ActiveTrial Trial) best = (null, null!, new(width, train.Length, test.Length, 0, 0, 0, 0, Failed, 0));
        var known = new Dictionary<(double, double, int, int), double>();
        for (var k = 0; k < settings.Designs + settings.Iterations; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            var point = k < settings.Designs ? optimiser.Random() : optimiser.Suggest();
            var design = DesignOf(point, settings);
            if (!known.TryGetValue(design, out var error))
            {
                var fitSettings = FitSettings(settings, design);
                try
                {
                    var fit = GapFit.Run(train, fitSettings, workers, _ => { }, cancellation: cancellation);
                    error = EnergyError(fit.Model, test, workers);
                    if (error < best.Trial.Error)
                    {
                        best = (fit, fitSettings, best.Trial with { Cutoff = design.Cutoff, Delta = design.Delta, SparsePoints = design.SparsePoints, Order = design.Order, Error = error });
                    }
                }
                catch (EngineException exception)
                {
                    (error, failure) = (Failed, exception.Message);
                }
                known[design] = error;
            }
            optimiser.Tell(point, error);
        }
        return (best.Fit, best.Settings, best.Trial with { Evaluations = known.Count }, best.Fit is null ? failure : null);
    }

    /// <summary>Mean error of an atom's energy [eV].</summary>
    internal static double EnergyError(GapModel model, IReadOnlyList<Configuration> frames, Workers workers)
    {
        var evaluator = new FrameEvaluator(PotentialFile.Of(model), UnitSystem.Metal, workers);
        return frames.Average(frame => Math.Abs(evaluator.Evaluate(frame).Energy - frame.Energy!.Value) / frame.Count);
    }

    private static (double Cutoff, double Delta, int SparsePoints, int Order) DesignOf(double[] x, ActiveSettings s)
    {
        static int Integer(double u, int low, int high) => Math.Min(high, low + (int)(u * (high - low + 1)));
        // Steps of 0.05 Å: nobody can tell more, and equal designs are fitted once.
        var cutoff = Math.Round((s.Cutoff[0] + x[0] * (s.Cutoff[1] - s.Cutoff[0])) / 0.05) * 0.05;
        var hundreds = (s.SparsePoints[1] - s.SparsePoints[0]) / 100;
        return (Math.Round(cutoff, 2), s.Delta[Integer(x[1], 0, s.Delta.Length - 1)], s.SparsePoints[0] + 100 * Integer(x[2], 0, hundreds), Integer(x[3], s.Order[0], s.Order[1]));
    }

    private static GapFitSettings FitSettings(ActiveSettings s, (double Cutoff, double Delta, int SparsePoints, int Order) design) => new()
    {
        Title = s.Title,
        Descriptors = [new SoapInput { Cutoff = design.Cutoff, NMax = design.Order, LMax = design.Order, Delta = design.Delta, SparsePoints = design.SparsePoints }],
        Sigma = s.Sigma,
        FreeAtoms = JsonValue.Create("average"),
        Jitter = s.Jitter,
        Core = s.Core,
        Seed = s.Seed,
        Forces = s.Forces,
        Virials = s.Forces,
    };
}
