using System.Diagnostics;
using System.Text.Json.Nodes;
using Engine.Core.Input;
using Engine.Core.Simulations;
using Engine.Kernels.Devices;

namespace Engine.Perf.Devices;

/// <summary>Questions about a device that decide how kernels are written for it.</summary>
internal static class DeviceExperiments
{
    /// <summary>Builds and runs the kernels of molecular dynamics in all variants: integrators, formulas, tilted cells, threads for a particle.</summary>
    public static IEnumerable<JsonObject> Compile(DeviceSession session)
    {
        foreach (var model in new[] { MdModel.LennardJones, MdModel.HafniaDampedShiftedForce })
        {
            foreach (var tilted in new[] { false, true })
            {
                foreach (var lanes in new[] { 1, 2, 4, 8, 16, 32 })
                {
                    var clock = Stopwatch.GetTimestamp();
                    using var motion = session.Motion(new MdWorkload("", model, 6, (1, 1, 1), 0, 0), tilted, lanes);
                    var step = 0;
                    foreach (var integrator in DeviceSession.Integrators)
                    {
                        step += motion.Advance(new(integrator, 1e-4, _ => 0.1), step, 0, 20);
                    }
                    yield return Line(session.Device, "compile", new()
                    {
                        ["compiler"] = session.Device.Compiler,
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
    public static IEnumerable<JsonObject> Launch(DeviceSession session)
    {
        foreach (var nodes in new[] { 1, 2, 4, 20 })
        {
            yield return Line(session.Device, "launch", new() { ["nodes"] = nodes, ["microsecondsPerGraph"] = 1e6 * SecondsPerGraph(session.Device, nodes) });
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

    /// <summary>Threads for a particle, of WCA against thickness of the skin.</summary>
    public static IEnumerable<JsonObject> Lanes(DeviceSession session)
    {
        foreach (var workload in Timed(session))
        {
            foreach (var lanes in new[] { 1, 4, 8, 16, 32 })
            {
                foreach (var skin in workload.Model == MdModel.WeeksChandlerAndersen ? [0.2, 0.3, 0.4, 0.5, 0.6] : new double?[] { null })
                {
                    using var motion = session.Motion(workload, tilted: false, lanes, skin);
                    yield return Line(session.Device, "lanes", Time(session, motion, workload, "lanes", lanes));
                }
            }
        }
    }

    /// <summary>One kernel for forces and the motion after them, or two.</summary>
    public static IEnumerable<JsonObject> Steps(DeviceSession session)
    {
        foreach (var workload in Timed(session))
        {
            foreach (var separate in new[] { false, true })
            {
                using var motion = session.Motion(workload, separateSteps: separate);
                yield return Line(session.Device, "steps", Time(session, motion, workload, "kernelsPerStep", separate ? 2 : 1));
            }
        }
    }

    /// <summary>What takes no longer than seconds.</summary>
    private static IEnumerable<MdWorkload> Timed(DeviceSession session) => DeviceMd.Workloads.Where(w => session.IsCuda || w.Atoms < 10_000);

    private static JsonObject Time(DeviceSession session, DeviceMotion motion, MdWorkload workload, string choice, int chosen)
    {
        session.Cancellation.ThrowIfCancellationRequested();
        var how = MdSetup.IsHafnia(workload.Model) ? new Motion(new VelocityVerletInput(), 0.001, _ => 1) : new Motion(new LangevinInput { Friction = 1 }, 0.005, _ => 1.2);
        var step = 0;
        void Advance(int steps)
        {
            for (var end = step + steps; step < end;)
            {
                step += motion.Advance(how, step, 0, Math.Min(motion.Stride, end - step));
            }
        }
        var timed = session.IsCuda ? workload.Steps / 5 : 40;
        Advance(timed / 4);
        var rebuilds = motion.Rebuilds;
        var seconds = DeviceClock.Once(session.Device, () => Advance(timed));
        return new()
        {
            ["system"] = workload.Name,
            [choice] = chosen,
            ["skin"] = motion.Skin.Skin,
            ["stepsPerRebuild"] = timed / (double)Math.Max(1, motion.Rebuilds - rebuilds),
            ["microsecondsPerStep"] = 1e6 * seconds / timed,
            ["atomStepsPerSecond"] = workload.Atoms * timed / seconds,
        };
    }

    /// <summary>Neighbours that lie close in memory, as after a sort, against neighbours anywhere.</summary>
    public static IEnumerable<JsonObject> Gather(DeviceSession session)
    {
        var device = session.Device;
        const int length = 64;
        var n = session.IsCuda ? 1 << 20 : 1 << 16;
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

    /// <summary>
    /// Lines of 128 bytes that the 32 threads which run together touch when each reads the position of a neighbour, as pair_forces does: the first-level cache of a GPU looks up one at a
    /// time. Counted in the list, not timed.
    /// </summary>
    public static IEnumerable<JsonObject> GatherLines(DeviceSession session)
    {
        const int warp = 32;
        const int particlesOfALine = 8;
        foreach (var workload in DeviceMd.Workloads.Where(w => w.Atoms is > 5000 and < 50_000))
        {
            foreach (var lanes in new[] { 1, 4, 8, 16, 32 })
            {
                session.Cancellation.ThrowIfCancellationRequested();
                using var motion = session.Motion(workload, tilted: false, lanes);
                motion.Prepare();
                var (list, counts, entries) = (motion.List, motion.List.Counts.ToArray(), motion.List.Entries.ToArray());
                var (gathers, lines) = (0L, 0L);
                var touched = new HashSet<int>();
                for (var first = 0; first < counts.Length; first += warp / lanes)
                {
                    int[] together = [.. Enumerable.Range(first, Math.Min(warp / lanes, counts.Length - first))];
                    // Threads go on until the last of them has no more fours.
                    var rounds = together.Max(i => (counts[i] + 4 * lanes - 1) / (4 * lanes)) * 4;
                    for (var round = 0; round < rounds; round++)
                    {
                        touched.Clear();
                        foreach (var i in together)
                        {
                            for (var k = round * lanes; k < (round + 1) * lanes; k++)
                            {
                                var j = k < counts[i] ? entries[i * list.RowPitch + k / 4 * list.FourPitch + k % 4] : i;
                                touched.Add(j / particlesOfALine);
                            }
                        }
                        gathers++;
                        lines += touched.Count;
                    }
                }
                yield return Line(session.Device, "gather-lines", new()
                {
                    ["system"] = workload.Name,
                    ["lanes"] = lanes,
                    ["listedPerAtom"] = counts.Average(),
                    ["linesPerGather"] = lines / (double)gathers,
                    ["linesPerAtom"] = lines / (double)counts.Length,
                });
            }
        }
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
}
