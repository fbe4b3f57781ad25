using System.Diagnostics;
using Engine.Core.Dynamics;
using Engine.Core.Forces;
using Engine.Core.Input;
using Engine.Kernels.Ewald;
using Engine.Kernels.Threading;

namespace Engine.Perf;

/// <summary>Each kernel of molecular dynamics on the CPU alone, on one thread, with what it must compute and move at least.</summary>
public static class KernelBench
{
    /// <summary>Displacement 3, r² 5, reciprocal 1, r⁻⁶ 2, force over distance 4, three components to both particles 9.</summary>
    private const double LennardJonesFlop = 24;

    /// <summary>Displacement 3, r² 5, place in the table 2, cubic 6, three components to both particles 9.</summary>
    private const double TableFlop = 25;

    /// <summary>Displacement 3, r² 5, comparison 1.</summary>
    private const double PruneFlop = 9;

    /// <summary>Particle and wave vector: two multiply-adds for the structure factor, four for the forces.</summary>
    private const double EwaldFlop = 12;

    /// <summary>Seconds that a round takes at least: far above the resolution of the clock and a time slice.</summary>
    private const double RoundSeconds = 0.1;

    /// <summary>Lanes that one entry of the list evaluates: half a cluster against a cluster.</summary>
    private const int LanesPerEntry = 32;

    private static readonly Lazy<KernelSystem> Lj32k = new(() => new(MdModel.LennardJones, 20, (1, 1, 1)));

    /// <summary>Larger than the caches, for kernels that stream.</summary>
    private static readonly Lazy<KernelSystem> Lj1M = new(() => new(MdModel.LennardJones, 20, (4, 4, 2)));

    private static readonly Lazy<KernelSystem> Hafnia = new(() => new(MdModel.HafniaDampedShiftedForce, 8, (1, 1, 1)));

    private static readonly (string Name, Func<KernelCase> Create)[] Kernels =
    [
        ("pair-lj", () => PairLoop(Lj32k.Value, Precision.Mixed, LennardJonesFlop)),
        ("pair-lj-double", () => PairLoop(Lj32k.Value, Precision.Double, LennardJonesFlop)),
        ("pair-table", () => PairLoop(Hafnia.Value, Precision.Mixed, TableFlop)),
        ("pair-hfo2-double", () => PairLoop(Hafnia.Value, Precision.Double, 0)),
        // Positions, velocities, ids and images are read and written; the keys of the sort are not counted.
        ("neighbour-sort", () => new(Lj1M.Value, "particle", 1, 0, 2 * (6 * 8 + 4 * 4), Lj1M.Value.Sort)),
        ("neighbour-search", () => new(Lj32k.Value, "listed pair", PerAtom(Lj32k.Value, Lj32k.Value.List.PairCount), 0, 0, Lj32k.Value.Search)),
        ("prune", () => new(Lj32k.Value, "listed pair", PerAtom(Lj32k.Value, Lj32k.Value.List.PairCount), PruneFlop, 0, Pruning(Lj32k.Value))),
        // Double positions and float reference in, float offsets and the origins of the clusters out.
        ("update", () => new(Lj1M.Value, "particle", 1, 0, 24 + 12 + 12 + 2 * 4, Updating(Lj1M.Value))),
        // At least one buffer of four floats a particle cleared and read; positions read, forces written.
        ("reduce", () => new(Lj1M.Value, "particle", 1, 0, 2 * 16 + 24 + 24, Reducing(Lj1M.Value))),
        // Positions and velocities read and written, forces read.
        ("velocity-verlet", () => new(Lj1M.Value, "particle", 1, 12, 15 * 8, Integrating(Lj1M.Value, new VelocityVerlet()))),
        // The same and the ids; the random numbers are integer work and logarithms, which neither bound counts.
        ("baoab", () => new(Lj1M.Value, "particle", 1, 0, 15 * 8 + 4, Integrating(Lj1M.Value, new LangevinDynamics(1, 1)))),
        ("ewald-reciprocal", () => Ewald(mesh: false)),
        ("ewald-mesh", () => Ewald(mesh: true)),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Kernels.Select(k => k.Name)];

    /// <summary>Measures the kernels named.</summary>
    public static IEnumerable<KernelResult> Run(
        IReadOnlyList<string> names, MachineBounds bounds, int rounds, Action<string> progress, CancellationToken cancellation)
    {
        foreach (var (name, create) in Kernels.Where(k => names.Contains(k.Name)))
        {
            cancellation.ThrowIfCancellationRequested();
            progress($"kernel {name}");
            var kernel = create();
            var times = kernel.Less is { } less ? Difference(kernel.Work, less, rounds) : Times(kernel.Work, rounds);
            var median = BenchResult.Median(times)!.Value;
            yield return new(
                name, kernel.System.System.Count, kernel.Unit, kernel.UnitsPerAtom, kernel.FlopPerUnit, kernel.BytesPerAtom, median,
                (times.Max() - times.Min()) / median, kernel.InDouble ? bounds.FlopRateDouble : bounds.FlopRateSingle, bounds.ByteRate);
        }
    }

    private static double PerAtom(KernelSystem system, long entries) => (double)LanesPerEntry * entries / system.System.Count;

    /// <summary>All of a force evaluation less what it takes without a pair.</summary>
    private static KernelCase PairLoop(KernelSystem system, Precision precision, double flop)
    {
        var pairs = system.Pairs(precision);
        var empty = system.Pairs(precision, interacting: false);
        return new(system, "evaluated pair", PerAtom(system, pairs.PrunedPairs), flop, 0, () => system.Compute(pairs), () => system.Compute(empty), precision == Precision.Double);
    }

    private static Action Pruning(KernelSystem system)
    {
        var pairs = system.Pairs(Precision.Mixed);
        return () => system.Prune(pairs);
    }

    private static Action Updating(KernelSystem system)
    {
        var pairs = system.Pairs(Precision.Mixed, interacting: false);
        return () => system.Update(pairs);
    }

    private static Action Reducing(KernelSystem system)
    {
        var pairs = system.Pairs(Precision.Mixed, interacting: false);
        return () => system.Compute(pairs);
    }

    private static Action Integrating(KernelSystem system, IIntegrator integrator)
    {
        // No forces and a step of no length: the positions stay valid for the kernels measured later.
        system.System.FX.AsSpan().Clear();
        system.System.FY.AsSpan().Clear();
        system.System.FZ.AsSpan().Clear();
        long step = 0;
        return () => integrator.Step(system.System, Workers.Single, step++, 1e-12, 1);
    }

    private static KernelCase Ewald(bool mesh)
    {
        var s = Hafnia.Value.System;
        var settings = EwaldSettings.ForAccuracy(1e-5, 8, 14.4, background: false);
        IReciprocalSum method = mesh ? new MeshSum(settings.Splitting, settings.ReciprocalCutoff) : new ReciprocalSum(settings.Splitting, settings.ReciprocalCutoff);
        double[] charges = [.. Enumerable.Range(0, s.SlotCount).Select(slot => s.Id[slot] < 0 ? 0.0 : Hafnia.Value.Potential.Charges[s.SpeciesOf(slot)])];
        void Add() => method.Add(s.Box, s.SlotCount, s.X, s.Y, s.Z, charges, settings.Coulomb, s.FX, s.FY, s.FZ, Workers.Single);
        Add();
        var (x, y, z) = MeshSum.PointsOf(s.Box, settings.Splitting, settings.ReciprocalCutoff);
        return mesh
            ? new(Hafnia.Value, "operation", MeshFlop((double)x * y * z / s.Count, (double)x * y * z), 1, 0, Add, InDouble: true)
            : new(Hafnia.Value, "particle and wave vector", ((ReciprocalSum)method).WaveVectorCount, EwaldFlop, 0, Add, InDouble: true);
    }

    /// <summary>
    /// Of a particle: a multiply-add for each of 512 points that its charge goes to; for its force two for each, and three for each of 64 rows; and 2 × 2.5 log₂ of all points for each of its share of them,
    /// transformed as real numbers there and back.
    /// </summary>
    private static double MeshFlop(double pointsOfParticle, double points) => 2 * 512 + 2 * (2 * 512 + 3 * 64) + 5 * pointsOfParticle * Math.Log2(points);

    private static double[] Times(Action work, int rounds)
    {
        var calls = Calls(work);
        return [.. Enumerable.Range(0, rounds).Select(_ => Time(work, calls))];
    }

    private static double[] Difference(Action work, Action less, int rounds)
    {
        var (calls, lessCalls) = (Calls(work), Calls(less));
        return [.. Enumerable.Range(0, rounds).Select(_ => Time(work, calls) - Time(less, lessCalls))];
    }

    /// <summary>Warms up until the runtime has compiled the kernel for good, and says how many calls fill a round.</summary>
    private static int Calls(Action work)
    {
        var calls = 1;
        var start = Stopwatch.GetTimestamp();
        for (var seconds = 0.0; seconds < RoundSeconds || calls < 40; calls++)
        {
            work();
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (seconds > 20 * RoundSeconds)
            {
                break;
            }
        }
        var one = Time(work, 1);
        return Math.Max(1, (int)(RoundSeconds / one));
    }

    private static double Time(Action work, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
        {
            work();
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }

    /// <param name="Less">Work whose time is subtracted.</param>
    private sealed record KernelCase(
        KernelSystem System, string Unit, double UnitsPerAtom, double FlopPerUnit, double BytesPerAtom, Action Work, Action? Less = null, bool InDouble = false);
}
