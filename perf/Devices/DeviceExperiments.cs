using System.Diagnostics;
using System.Text.Json.Nodes;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Simulations;
using Engine.Kernels.Devices;
using Engine.Kernels.Random;

namespace Engine.Perf.Devices;

/// <summary>Questions about a device that decide how kernels are written for it.</summary>
internal static class DeviceExperiments
{
    /// <summary>Builds and runs the kernels of molecular dynamics in all variants: integrators, formulas, tilted cells, threads for a particle.</summary>
    public static IEnumerable<JsonObject> Compile(Device device)
    {
        foreach (var model in new[] { MdModel.LennardJones, MdModel.HafniaDampedShiftedForce })
        {
            foreach (var tilted in new[] { false, true })
            {
                foreach (var lanes in new[] { 1, 2, 4, 8 })
                {
                    var clock = Stopwatch.GetTimestamp();
                    using var motion = Motion(device, new("", model, 6, (1, 1, 1), 0, 0), tilted, lanes, skin: null);
                    var step = 0;
                    foreach (var integrator in new IntegratorInput[] { new VelocityVerletInput(), new LangevinInput { Friction = 1 }, new BrownianInput { Friction = 100 } })
                    {
                        step += motion.Advance(new(integrator, 1e-4, _ => 0.1), step, 0, 20);
                    }
                    yield return Line(device, "compile", new()
                    {
                        ["model"] = model.ToString(),
                        ["tilted"] = tilted,
                        ["lanes"] = lanes,
                        ["seconds"] = Stopwatch.GetElapsedTime(clock).TotalSeconds,
                        ["energy"] = motion.Sums()[0].Sums.Energy,
                    });
                }
            }
        }
    }

    /// <summary>What a graph of empty kernels costs to launch: the floor of a step.</summary>
    public static IEnumerable<JsonObject> Launch(Device device)
    {
        foreach (var nodes in new[] { 1, 2, 4, 20 })
        {
            yield return Line(device, "launch", new() { ["nodes"] = nodes, ["microsecondsPerGraph"] = 1e6 * SecondsPerGraph(device, nodes) });
        }
    }

    /// <summary>Time of a graph of empty kernels among many [s].</summary>
    public static double SecondsPerGraph(Device device, int nodes)
    {
        const int repeats = 1000;
        using var memory = device.Allocate<float>(1);
        var nothing = device.Compile(KernelText.Load("bounds.cl"))["nothing"];
        using var graph = device.Record(() =>
        {
            for (var n = 0; n < nodes; n++)
            {
                nothing.Launch(128, 128, memory);
            }
        });
        return DeviceClock.Fastest(device, () =>
        {
            for (var i = 0; i < repeats; i++)
            {
                graph.Launch();
            }
        }) / repeats;
    }

    /// <summary>Threads for a particle against thickness of the skin.</summary>
    public static IEnumerable<JsonObject> Lanes(Device device)
    {
        var isCuda = device.Description.Kind == DeviceKind.Cuda;
        foreach (var workload in DeviceMd.Workloads.Where(w => w.Model == MdModel.WeeksChandlerAndersen && (isCuda || w.Atoms < 10_000)))
        {
            foreach (var lanes in new[] { 1, 4, 8 })
            {
                foreach (var skin in new[] { 0.2, 0.3, 0.4, 0.5, 0.6 })
                {
                    using var motion = Motion(device, workload, tilted: false, lanes, skin);
                    var how = new Motion(new LangevinInput { Friction = 1 }, 0.005, _ => 1.2);
                    var (step, rebuilds) = (0, 0L);
                    void Advance(int steps)
                    {
                        for (var end = step + steps; step < end;)
                        {
                            step += motion.Advance(how, step, 0, Math.Min(DeviceMotion.Stride, end - step));
                        }
                    }
                    var timed = isCuda ? workload.Steps / 5 : 40;
                    Advance(timed / 4);
                    rebuilds = motion.Rebuilds;
                    var seconds = DeviceClock.Once(device, () => Advance(timed));
                    yield return Line(device, "lanes", new()
                    {
                        ["atoms"] = workload.Atoms,
                        ["lanes"] = lanes,
                        ["skin"] = skin,
                        ["stepsPerRebuild"] = timed / (double)Math.Max(1, motion.Rebuilds - rebuilds),
                        ["microsecondsPerStep"] = 1e6 * seconds / timed,
                        ["atomStepsPerSecond"] = workload.Atoms * timed / seconds,
                    });
                }
            }
        }
    }

    /// <summary>Neighbours that lie close in memory, as after a sort, against neighbours anywhere.</summary>
    public static IEnumerable<JsonObject> Gather(Device device)
    {
        const int length = 64;
        var n = device.Description.Kind == DeviceKind.Cuda ? 1 << 20 : 1 << 16;
        var random = new Random(1);
        var shuffled = Enumerable.Range(0, n).ToArray();
        random.Shuffle(shuffled);
        using var from = device.Allocate<Float4>(n);
        from.Clear();
        using var sums = device.Allocate<float>(n);
        using var list = device.Allocate<int>((long)n * length);
        var gather = device.Compile(KernelText.Load("bounds.cl"))["gather"];
        foreach (var sorted in new[] { true, false })
        {
            var entries = new int[n * length];
            for (var k = 0; k < length; k++)
            {
                for (var i = 0; i < n; i++)
                {
                    // A few hundred places around: what cells of a sorted melt are.
                    var near = (i + random.Next(512) + n - 256) % n;
                    entries[k * n + i] = sorted ? near : shuffled[near];
                }
            }
            list.Upload(entries);
            var seconds = DeviceClock.Fastest(device, () => gather.Launch(n, 128, from, list, length, n, sums));
            yield return Line(device, "gather", new()
            {
                ["sorted"] = sorted,
                ["elements"] = n,
                ["gathersPerSecond"] = (double)n * length / seconds,
                ["atomStepsPerSecondAt78"] = (double)n * length / seconds / 78,
            });
        }
    }

    /// <summary>Random words of device and processor, and two runs of a thousand steps, bit by bit.</summary>
    public static IEnumerable<JsonObject> Identity(Device device)
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
        var workload = DeviceMd.Workloads.Single(x => x.Name == "lj-4k");
        var ends = Enumerable.Range(0, 2).Select(_ =>
        {
            using var motion = Motion(device, workload, tilted: false, 0, skin: null);
            for (var s = 0; s < 1000;)
            {
                s += motion.Advance(new(new LangevinInput { Friction = 1 }, 0.005, _ => 1.44), s, 0, 100);
            }
            return (motion.Particles.Positions.ToArray(), motion.Particles.Velocities.ToArray());
        }).ToArray();
        yield return Line(device, "identity", new()
        {
            ["philoxWords"] = 4 * words,
            ["philoxEqual"] = equal == words,
            ["runsEqual"] = ends[0].Item1.AsSpan().SequenceEqual(ends[1].Item1) && ends[0].Item2.AsSpan().SequenceEqual(ends[1].Item2),
        });
    }

    internal static JsonObject Line(Device device, string name, JsonObject facts)
    {
        var line = new JsonObject { ["case"] = name, ["device"] = device.Description.Name, ["driver"] = device.Description.Driver };
        foreach (var (key, value) in facts)
        {
            line[key] = value?.DeepClone();
        }
        return line;
    }

    private static DeviceMotion Motion(Device device, MdWorkload workload, bool tilted, int lanes, double? skin)
    {
        var start = MdSetup.Start(workload);
        var model = MdSetup.Potential(workload.Model, start.SpeciesTable);
        var system = ParticleSystem.FromConfiguration(start, MdSetup.Units(workload.Model));
        var motion = new DeviceMotion(device, model, DeviceUpload.CountSpecies(system), 1, system.Box, tilted, 1, lanes, skin);
        var upload = new DeviceUpload(system.Count);
        upload.Add(system, [.. Enumerable.Range(0, system.Count)], DeviceUpload.CellFor([system], null, motion.Reach));
        upload.To(motion);
        return motion;
    }
}
