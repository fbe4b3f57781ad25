using System.Text.Json.Nodes;
using Engine.Core.Particles;
using Engine.Core.Simulations;
using Engine.Kernels.Ewald;

namespace Engine.Perf.Devices;

/// <summary>Whole steps of molecular dynamics on a device, beside what its memory, arithmetic and launches allow and what other programs were published to do.</summary>
internal static class DeviceMd
{
    /// <summary>Displacement 3, r² 5, comparison 1.</summary>
    private const double FlopPerListedPair = 9;

    /// <summary>Reciprocal 1, r⁻⁶ 2, force over distance 4, three multiply-adds 6: of Lennard-Jones. Of a longer formula the least, so that its roofline is higher than the truth.</summary>
    private const double FlopPerPair = 13;

    /// <summary>
    /// Position and velocity read and written (copies of a position that its neighbours read come from a cache), images and reference read: six times 16 bytes; number of neighbours.
    /// Forces stay in registers.
    /// </summary>
    internal const double StepBytes = 100;

    /// <summary>Four arrays of 16 bytes gathered and copied back (264), cells counted and sorted (52), positions read and kept by the search (36); the list comes on top.</summary>
    private const double RebuildBytes = 352;

    private const double ListedBytes = 4;

    /// <summary>Published rates on comparable systems; sources in KERNELS.md.</summary>
    private static readonly Dictionary<string, (string Who, double Rate)[]> Published = new()
    {
        ["wca-64k"] = [("HOOMD-blue 5.0, A100, WCA", 5.9e8)],
        ["lj-32k"] = [("HOOMD-blue 5.0, A100, LJ 2.5 of density 1, 64k", 2.8e8)],
        ["lj-1m"] = [("LAMMPS-KOKKOS, one MI250X die, LJ 2.5, double", 2.4e8)],
        ["hfo2-6144"] = [("OpenMM 8.2, H200, ApoA1 with reaction field, 92k atoms", 2.5e8)],
    };

    public static IReadOnlyList<MdWorkload> Workloads { get; } =
    [
        new("wca-4k", MdModel.WeeksChandlerAndersen, 10, (1, 1, 1), 1000, 20000),
        new("wca-64k", MdModel.WeeksChandlerAndersen, 20, (2, 1, 1), 1000, 10000),
        new("wca-1m", MdModel.WeeksChandlerAndersen, 20, (4, 4, 2), 500, 2000),
        new("lj-4k", MdModel.LennardJones, 10, (1, 1, 1), 1000, 20000),
        new("lj-32k", MdModel.LennardJones, 20, (1, 1, 1), 1000, 10000),
        new("lj-1m", MdModel.LennardJones, 20, (4, 4, 2), 500, 2000),
        new("hfo2-6144", MdModel.HafniaDampedShiftedForce, 8, (1, 1, 1), 500, 5000),
        new("hfo2-6144-ewald", MdModel.HafniaMesh, 8, (1, 1, 1), 500, 5000),
        new("hfo2-98k-ewald", MdModel.HafniaMesh, 8, (4, 2, 2), 200, 1000),
    ];

    public static JsonObject Run(DeviceSession session, MdWorkload workload)
    {
        var (device, bounds) = (session.Device, session.Bounds);
        var steps = session.IsCuda ? workload : workload with { WarmSteps = 20, Steps = 100 };
        var engine = new EngineCase(steps, "", device);
        var times = Enumerable.Range(0, session.Rounds).Select(_ => engine.Run(1, session.Cancellation).Wall).Order().ToArray();
        var seconds = times[session.Rounds / 2];
        var start = MdSetup.Start(workload);
        var model = MdSetup.Potential(workload.Model, start.SpeciesTable);
        var cutoff = model.MaximumCutoff;
        var density = start.Count / start.Box.Volume;
        var (skin, period) = (engine.Facts["skin"], engine.Facts["stepsPerRebuild"]);
        double Neighbours(double radius) => 4.0 / 3 * Math.PI * radius * radius * radius * density;
        var listed = Neighbours(cutoff + skin);
        var bytes = StepBytes + ListedBytes * listed + (RebuildBytes + ListedBytes * listed) / period;
        var flop = FlopPerListedPair * listed + FlopPerPair * Neighbours(cutoff);
        var launches = 1;
        if (model.Ewald is { } ewald)
        {
            // Forces and motion are two kernels where there are others beside pairs, and forces go through memory.
            launches++;
            bytes += 2 * 16;
            foreach (var kernel in DeviceKernelBench.MeshKernels(MeshSum.PointsOf(start.Box, ewald.Splitting, ewald.ReciprocalCutoff), start.Count))
            {
                launches += kernel.Launches;
                bytes += kernel.Launches * kernel.Bytes;
                flop += kernel.Launches * kernel.Flop;
            }
        }
        var rate = start.Count / seconds;
        var (bound, roofline) = new[]
        {
            ("memory", bounds.ByteRate / bytes), ("arithmetic", bounds.FlopRate / flop), ("launches", start.Count / (launches * bounds.LaunchSeconds)),
        }.MinBy(b => b.Item2);
        return new()
        {
            ["case"] = workload.Name,
            ["device"] = device.Description.Name,
            ["driver"] = device.Description.Driver,
            ["atoms"] = start.Count,
            ["steps"] = steps.Steps,
            ["atomStepsPerSecond"] = rate,
            ["microsecondsPerStep"] = 1e6 * seconds,
            ["spread"] = (times[^1] - times[0]) / seconds,
            ["skin"] = skin,
            ["stepsPerRebuild"] = period,
            ["listedPerAtom"] = listed,
            ["bytesPerAtomStep"] = bytes,
            ["flopPerAtomStep"] = flop,
            ["bound"] = bound,
            ["roofline"] = roofline,
            ["fraction"] = rate / roofline,
            ["forceError"] = engine.Facts["forceError"],
            ["bytesPerAtom"] = engine.Facts["bytesPerAtom"],
            ["published"] = new JsonArray([.. Published.GetValueOrDefault(workload.Name, []).Select(p => new JsonObject { ["who"] = p.Who, ["atomStepsPerSecond"] = p.Rate })]),
        };
    }

    /// <summary>Many small systems, one launch for all: what one of them alone cannot fill.</summary>
    public static IEnumerable<JsonObject> RunReplicas(DeviceSession session) => new[] { 1, 16, 256, 4096 }.Select(replicas => RunReplicas(session, replicas));

    private static JsonObject RunReplicas(DeviceSession session, int replicas)
    {
        session.Cancellation.ThrowIfCancellationRequested();
        var (device, rounds) = (session.Device, session.Rounds);
        var workload = new MdWorkload("", MdModel.WeeksChandlerAndersen, 6, (1, 1, 1), 0, 0);
        var start = MdSetup.Start(workload);
        var model = MdSetup.Potential(workload.Model, start.SpeciesTable);
        var units = MdSetup.Units(workload.Model);
        using var batch = new ReplicaBatch(device, [.. Enumerable.Range(0, replicas).Select(_ => ParticleSystem.FromConfiguration(start, units))], model, 1);
        var integrator = new Core.Input.LangevinInput { Friction = 1 };
        var steps = session.IsCuda ? 5000 : 50;
        batch.Advance(integrator, 0.005, 1.2, steps / 5);
        var times = Enumerable.Range(0, rounds).Select(_ => DeviceClock.Once(device, () => batch.Advance(integrator, 0.005, 1.2, steps)) / steps).Order().ToArray();
        return new()
        {
            ["case"] = "replicas",
            ["device"] = device.Description.Name,
            ["driver"] = device.Description.Driver,
            ["replicas"] = replicas,
            ["atoms"] = start.Count * replicas,
            ["steps"] = steps,
            ["atomStepsPerSecond"] = start.Count * replicas / times[rounds / 2],
            ["microsecondsPerStep"] = 1e6 * times[rounds / 2],
            ["spread"] = (times[^1] - times[0]) / times[rounds / 2],
        };
    }
}
