using System.Text.Json.Nodes;
using Engine.Core.Forces;
using Engine.Core.Input;
using Engine.Core.Observables;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Devices;
using Engine.Kernels.Random;
using Engine.Kernels.Threading;

namespace Engine.Perf.Devices;

/// <summary>What a device must compute like the processor: forces, energies, virials and counted pairs within rounding, random words and repeated runs bit by bit. A line for each check.</summary>
internal static class DeviceVerification
{
    /// <summary>Root-mean-square error of forces over their root mean square: floats leave a tenth of it. The same for energies and virials over the sum of |r f|.</summary>
    private const double Tolerance = 1e-5;

    /// <summary>Small: every variant of the kernels, also where each launch takes a thousand times as long.</summary>
    private const int Cells = 6;

    public static IEnumerable<JsonObject> Run(DeviceSession session)
    {
        using var workers = new Workers();
        foreach (var lanes in new[] { 1, 2, 4, 8, 16, 32 })
        {
            yield return Forces(session, $"lj, {lanes} threads a particle", Melt(MdModel.LennardJones), workers, lanes: lanes);
        }
        yield return Forces(session, "lj, open along x and z", Opened(Melt(MdModel.LennardJones)), workers);
        yield return Forces(session, "wca", Melt(MdModel.WeeksChandlerAndersen), workers);
        yield return Forces(session, "hfo2, damped shifted force", Melt(MdModel.HafniaDampedShiftedForce), workers);
        yield return Forces(session, "hfo2, kernels of tilted cells", Melt(MdModel.HafniaDampedShiftedForce), workers, tilted: true);
        yield return Forces(session, "hfo2, Ewald sum", Melt(MdModel.HafniaWaves), workers);
        yield return Forces(session, "hfo2, Ewald mesh", Melt(MdModel.HafniaMesh), workers);
        var crystal = GapBench.HafniaCell(3);
        yield return Forces(session, "hfo2, GAP", (crystal, PotentialModel.Build(PotentialFile.Of(GapBench.HafniaModel(crystal)), crystal.SpeciesTable, UnitSystem.Metal)), workers);
        yield return Pairs(session, workers);
        yield return RandomWords(session.Device);
        foreach (var integrator in DeviceSession.Integrators)
        {
            yield return Repeats(session, integrator);
        }
    }

    private static (Configuration Start, PotentialModel Model) Melt(MdModel model)
    {
        var start = MdSetup.Start(new("", model, Cells, (1, 1, 1), 0, 0));
        return (start, MdSetup.Potential(model, start.SpeciesTable));
    }

    private static (Configuration Start, PotentialModel Model) Opened((Configuration Start, PotentialModel Model) melt)
    {
        var start = melt.Start;
        return (new()
        {
            Box = start.Box with { PeriodicX = false, PeriodicZ = false },
            SpeciesTable = start.SpeciesTable,
            Species = start.Species,
            Positions = start.Positions,
        }, melt.Model);
    }

    private static JsonObject Forces(DeviceSession session, string name, (Configuration Start, PotentialModel Model) what, Workers workers, bool tilted = false, int lanes = 0)
    {
        var (start, model) = what;
        using var motion = session.Motion(start, model, tilted, lanes);
        motion.Prepare();
        var (sums, _) = motion.Sums()[0];
        var frame = DeviceSession.Frame(motion, start, model);
        var forces = ForceCheck.Of(frame, model, workers).Error;
        var expected = SinglePoint.Evaluate(frame, model, workers);
        // What energies and virials are sums of: a force times a distance for each particle.
        var spacing = Math.Cbrt(start.Box.Volume / start.Count);
        var scale = start.Count * spacing * Math.Sqrt(expected.Forces.Sum(f => f * f) / start.Count);
        var virial = expected.Virial - sums.Virial;
        var energyError = Math.Abs(sums.Energy - expected.Energy) / (scale + Math.Abs(expected.Energy));
        var virialError = new[] { virial.XX, virial.YY, virial.ZZ, virial.XY, virial.XZ, virial.YZ }.Max(Math.Abs) / (scale + Math.Abs(expected.Virial.Trace));
        return Line(session.Device, name, forces <= Tolerance && energyError <= Tolerance && virialError <= Tolerance, new()
        {
            ["atoms"] = start.Count,
            ["forceError"] = forces,
            ["energyError"] = energyError,
            ["virialError"] = virialError,
            ["tolerance"] = Tolerance,
        });
    }

    private static JsonObject Pairs(DeviceSession session, Workers workers)
    {
        const int bins = 100;
        var (start, model) = Melt(MdModel.LennardJones);
        using var motion = session.Motion(start, model);
        motion.Prepare();
        var maximum = 0.5 * start.Box.SmallestPeriodicWidth;
        var found = motion.CountPairs(maximum, bins);
        var ordered = new double[bins];
        new PairHistogram(1, maximum, bins).Count(DeviceSession.Frame(motion, start, model), start.Species, workers, ordered);
        // A float rounds a distance by 1e-6 of the largest: so many pairs, times the bins, may be on the other side of an edge, and some more by chance.
        var (pairs, differences) = (found.Sum(), found.Zip(ordered, (f, e) => Math.Abs(f - 0.5 * e)).Sum());
        return Line(session.Device, "pairs by distance", differences <= 10e-6 * bins * pairs, new() { ["atoms"] = start.Count, ["pairs"] = pairs, ["differences"] = differences });
    }

    private static JsonObject RandomWords(Device device)
    {
        const int words = 1 << 16;
        const ulong seed = 0xA4093822299F31D0;
        const long step = 0x1_2345_6789;
        using var found = device.Allocate<uint>(4 * words);
        device.Compile(KernelText.Load("random.cl"))["philox_test"].Launch(
            words, 64, found, (uint)RandomStream.LangevinNoise, (uint)(step & 0xFFFFFFFF), (uint)(step >> 32), (uint)(seed & 0xFFFFFFFF), (uint)(seed >> 32), words);
        var w = found.ToArray();
        var equal = Enumerable.Range(0, words).Count(
            i => Philox.Generate(seed, RandomStream.LangevinNoise, (uint)i, step) == (w[4 * i], w[4 * i + 1], w[4 * i + 2], w[4 * i + 3]));
        return Line(device, "random words", equal == words, new() { ["words"] = 4 * words, ["equal"] = 4 * equal });
    }

    /// <summary>Twice in graphs, once launch by launch, once with motion and forces apart.</summary>
    private static JsonObject Repeats(DeviceSession session, IntegratorInput integrator)
    {
        const int steps = 200;
        (Int4[], Float4[]) End(bool separateSteps)
        {
            using var motion = session.Motion(new MdWorkload("", MdModel.LennardJones, Cells, (1, 1, 1), 0, 0), separateSteps: separateSteps);
            for (var s = 0; s < steps;)
            {
                s += motion.Advance(new(integrator, 0.003, _ => 1.44), s, 0, Math.Min(motion.Stride, steps - s));
            }
            return (motion.Particles.Positions.ToArray(), motion.Particles.Velocities.ToArray());
        }
        var (first, second, third, fourth) = (End(false), End(false), default((Int4[], Float4[])), End(true));
        session.Device.Time(() => third = End(false));
        bool Same((Int4[] Positions, Float4[] Velocities) other) => first.Item1.AsSpan().SequenceEqual(other.Positions) && first.Item2.AsSpan().SequenceEqual(other.Velocities);
        var (again, alone, separate) = (Same(second), Same(third), Same(fourth));
        return Line(session.Device, $"{integrator.GetType().Name.Replace("Input", "", StringComparison.Ordinal)} repeats", again && alone && separate, new()
        {
            ["steps"] = steps,
            ["runsEqual"] = again,
            ["graphsEqualLaunches"] = alone,
            ["oneKernelEqualsTwo"] = separate,
        });
    }

    private static JsonObject Line(Device device, string name, bool passed, JsonObject facts)
    {
        var line = DeviceExperiments.Line(device, "verify", facts);
        line.Insert(1, "check", name);
        line["passed"] = passed;
        return line;
    }
}
