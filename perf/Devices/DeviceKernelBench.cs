using System.Text.Json.Nodes;
using Engine.Core.Builders;
using Engine.Core.Input;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Devices;
using Engine.Kernels.Ewald;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Particles;
using Engine.Kernels.Random;

namespace Engine.Perf.Devices;

/// <summary>Each kernel alone, launched one by one inside whole work, beside what its operations and bytes allow: the rows of KERNELS.md.</summary>
internal static class DeviceKernelBench
{
    /// <summary>Of one graph, after a list that was just built, and lasts so long.</summary>
    private const int Steps = DeviceTexts.StepsPerGraph;

    /// <summary>Of a step with noise: kick, drift, decay.</summary>
    private const double FlopOfStep = 30;

    /// <summary>Particles that the search looks at for each it lists: 125 cells half as wide as the list reaches, over its sphere.</summary>
    private const double SearchedPerListed = 125 / 8.0 / (4.0 / 3 * Math.PI);

    /// <summary>Products 6 and sums 2, or 6 of forces; of every eighth wave a phase 5, sine and cosine 10 each (twice for the sums) and 2, or 6 of forces.</summary>
    private static readonly (string Kernel, double Flop)[] FlopPerWave = [("ewald_structure", 14), ("ewald_forces", 16)];

    /// <summary>Position to cell, cell to order; order, cell and its bounds; 64 bytes of each particle read and written twice, and its reference.</summary>
    private const double BytesOfSort = 16 + 4 + (4 + 4) + (4 + 4 + 8) + 2 * (64 + 64) + 16;

    public static IEnumerable<JsonObject> Run(DeviceSession session) =>
        PairKernels(session).Concat(Tabulated(session)).Concat(EwaldKernels(session)).Concat(GapKernels(session)).Concat(Alone(session));

    /// <summary>What a run of Lennard-Jones particles launches.</summary>
    private static IEnumerable<JsonObject> PairKernels(DeviceSession session)
    {
        var start = MdSetup.Start(session.IsCuda ? new("", MdModel.LennardJones, 20, (4, 4, 2), 0, 0) : new("", MdModel.LennardJones, 6, (1, 1, 1), 0, 0));
        var model = MdSetup.Potential(MdModel.LennardJones, start.SpeciesTable);
        var how = new Motion(new LangevinInput { Friction = 1 }, 0.005, _ => 1.44);
        using var motion = session.Motion(start, model, separateSteps: true);
        motion.Prepare();
        var lists = Times(session, () => motion.BuildList(next: false));
        var times = Times(session, () =>
        {
            motion.BuildList(next: false);
            _ = motion.Advance(how, 0, 0, Steps);
            _ = motion.Sums();
            _ = motion.Kinetics.Tensors(motion.Lag);
            _ = motion.Kinetics.Drift();
            motion.Kinetics.Map(0, TriangularMap.Identity, Vector3d.Zero);
            _ = motion.CountPairs(2 * model.MaximumCutoff, 200);
        });
        using var together = session.Motion(start, model);
        var steps = Times(session, () =>
        {
            together.Prepare();
            together.BuildList(next: false);
            _ = together.Advance(how, 0, 0, Steps);
        })["pair_step"];
        var forces = ForceTime(session, motion);
        var listed = motion.List.Counts.ToArray().Average();
        var near = 2.0 * motion.CountPairs(model.MaximumCutoff, 1)[0] / start.Count;
        var sorted = SortTime(lists);
        foreach (var (kernel, time, flop, bytes) in new[]
        {
            ("pair_forces", forces, 9 * listed + 13 * near, 36 + 4 * listed),
            ("pair_sums", times["pair_sums"], 9 * listed + 29 * near, 20 + 4 * listed),
            ("integrate", times["integrate"], FlopOfStep, 112.0),
            ("pair_step", steps, 9 * listed + 13 * near + FlopOfStep, DeviceMd.StepBytes + 4 * listed),
            ("cell_* and scan_*", sorted, 0, BytesOfSort),
            ("neighbour_search", lists["neighbour_search"], 9 * SearchedPerListed * listed, 36 + 4 * listed),
            ("kinetic_sums", times["kinetic_sums"], 20, 32),
            ("momentum_sums", times["momentum_sums"], 7, 16),
            ("map_velocities", times["map_velocities"], 18, 48),
            ("pair_histogram", times["pair_histogram"], 0, 0),
        })
        {
            yield return Line(session, kernel, "lj", start.Count, time, time.Launches, flop, bytes, inDouble: false);
        }
    }

    /// <summary>Few particles, formulas from tables.</summary>
    private static IEnumerable<JsonObject> Tabulated(DeviceSession session)
    {
        var start = MdSetup.Start(new("", MdModel.HafniaDampedShiftedForce, session.IsCuda ? 8 : 4, (1, 1, 1), 0, 0));
        var model = MdSetup.Potential(MdModel.HafniaDampedShiftedForce, start.SpeciesTable);
        using var motion = session.Motion(start, model);
        motion.Prepare();
        var sorted = SortTime(Times(session, () => motion.BuildList(next: false)));
        yield return Line(session, "cell_* and scan_*", "hfo2", start.Count, sorted, sorted.Launches, 0, BytesOfSort, inDouble: false);
        var time = ForceTime(session, motion);
        var listed = motion.List.Counts.ToArray().Average();
        var near = 2.0 * motion.CountPairs(model.MaximumCutoff, 1).Sum() / start.Count;
        // A lookup is a multiply-add for its place, and a cubic.
        yield return Line(session, "pair_forces", "hfo2, tables", start.Count, time, time.Launches, 9 * listed + 18 * near, 36 + 4 * listed, inDouble: false);
    }

    /// <summary>Sorting is several kernels that belong together, of which each list has one cell_gather.</summary>
    private static KernelTime SortTime(IReadOnlyDictionary<string, KernelTime> times) => new(
        times["cell_gather"].Launches,
        times.Where(t => t.Key.StartsWith("cell_", StringComparison.Ordinal) || t.Key.StartsWith("scan_", StringComparison.Ordinal)).Sum(t => t.Value.Seconds));

    /// <summary>HfO2 with a sum over wave vectors, and on a mesh.</summary>
    private static IEnumerable<JsonObject> EwaldKernels(DeviceSession session)
    {
        var start = MdSetup.Start(new("", MdModel.HafniaWaves, session.IsCuda ? 8 : 4, (1, 1, 1), 0, 0));
        var model = MdSetup.Potential(MdModel.HafniaWaves, start.SpeciesTable);
        var times = ForcesOf(MdModel.HafniaWaves);
        // Half of those in a sphere: one of K and -K.
        var waves = Math.Round(start.Box.Volume * Math.Pow(model.Ewald!.ReciprocalCutoff, 3) / (12 * Math.PI * Math.PI));
        foreach (var (kernel, flop) in FlopPerWave)
        {
            yield return Line(session, kernel, FormattableString.Invariant($"hfo2, about {waves} wave vectors"), start.Count, times[kernel], times[kernel].Launches, flop * waves, 16, inDouble: false);
        }
        var (x, y, z) = MeshSum.PointsOf(start.Box, model.Ewald.Splitting, model.Ewald.ReciprocalCutoff);
        times = ForcesOf(MdModel.HafniaMesh);
        foreach (var (kernel, _, flop, bytes) in MeshKernels((x, y, z), start.Count))
        {
            yield return Line(session, kernel, $"hfo2, {x} × {y} × {z} points", start.Count, times[kernel], times[kernel].Launches, flop, bytes, inDouble: false);
        }

        IReadOnlyDictionary<string, KernelTime> ForcesOf(MdModel which)
        {
            using var motion = session.Motion(start, MdSetup.Potential(which, start.SpeciesTable));
            return Times(session, () =>
            {
                motion.Prepare();
                motion.ComputeForces();
            });
        }
    }

    /// <summary>
    /// What an Ewald sum on a mesh launches in a step, and what each of it computes and moves for a particle: 2.5 log₂ n for each real number of a line, and each way; of a wave some twenty more for the influence
    /// function. Adding charges up is counted where they are read.
    /// </summary>
    internal static (string Kernel, int Launches, double Flop, double Bytes)[] MeshKernels((int X, int Y, int Z) mesh, int particles)
    {
        var points = (double)mesh.X * mesh.Y * mesh.Z / particles;
        return
        [
            ("mesh_spread", 1, 2 * 512, 16),
            ("mesh_forward_y", 1, points * 2.5 * Math.Log2(mesh.Y), 12 * points),
            ("mesh_along_z", 2, points * 2.5 * Math.Log2(mesh.Z), 8 * points),
            ("mesh_convolve", 1, points * (5 * Math.Log2(mesh.X) + 10), 8 * points),
            ("mesh_back_y", 1, points * 2.5 * Math.Log2(mesh.Y), 8 * points),
            ("mesh_forces", 1, 2 * (2 * 512 + 3 * 64), 16 + 32 + 4 * points),
        ];
    }

    /// <summary>HfO2 with a GAP: kernels launched for a batch of atoms at a time, together once for each atom.</summary>
    private static IEnumerable<JsonObject> GapKernels(DeviceSession session)
    {
        var start = session.IsCuda ? Supercell.Build(GapBench.HafniaCell(8), 4, 2, 2) : GapBench.HafniaCell(3);
        var gap = GapBench.HafniaModel(start);
        var model = PotentialModel.Build(PotentialFile.Of(gap), start.SpeciesTable, UnitSystem.Metal);
        using var motion = session.Motion(start, model);
        motion.Prepare();
        var times = Times(session, motion.ComputeForces);
        foreach (var (kernel, time) in times.Where(t => !t.Key.StartsWith("pair_", StringComparison.Ordinal)))
        {
            // Two products with the sparse points of an atom's species; what the others compute is not counted.
            var flop = kernel == "product" ? 4.0 * gap.Sets[0].Count * gap.Sets[0].Dimensions : 0;
            yield return Line(session, kernel, "hfo2, GAP", start.Count, time, 1, flop, 0, inDouble: true);
        }
    }

    private static IEnumerable<JsonObject> Alone(DeviceSession session)
    {
        var device = session.Device;
        var count = session.IsCuda ? 1 << 24 : 1 << 18;
        using (var words = device.Allocate<uint>(4L * count))
        {
            var philox = device.Compile(KernelText.Load("random.cl"))["philox_test"];
            var time = Times(session, () => philox.Launch(count, 256, words, (uint)RandomStream.LangevinNoise, 1u, 0u, 2u, 3u, count))["philox_test"];
            yield return Line(session, "philox", "four words each", count, time, 1, 0, 16, inDouble: false);
        }
        var n = session.IsCuda ? 8192 : 1024;
        using var matrix = device.Allocate<double>((long)n * n);
        matrix.Clear();
        var mirror = device.Compile(KernelText.Load("algebra.cl"))["mirror_double"];
        var mirrored = Times(session, () => mirror.Launch(n * 128, 128, matrix, n, n))["mirror_double"];
        yield return Line(session, "mirror_double", $"{n} x {n}, pairs of elements", n * (n - 1) / 2, mirrored, 1, 0, 16, inDouble: false);
    }

    private static KernelTime ForceTime(DeviceSession session, DeviceMotion motion) => Times(session, () =>
    {
        for (var k = 0; k < Steps; k++)
        {
            motion.ComputeForces();
        }
    })["pair_forces"];

    /// <summary>The second of two times: the first finds kernels and memory.</summary>
    private static IReadOnlyDictionary<string, KernelTime> Times(DeviceSession session, Action work)
    {
        session.Cancellation.ThrowIfCancellationRequested();
        _ = session.Device.Time(work);
        return session.Device.Time(work);
    }

    private static JsonObject Line(DeviceSession session, string kernel, string system, int items, KernelTime time, int passes, double flop, double bytes, bool inDouble)
    {
        var rate = (double)items * passes / time.Seconds;
        var (byFlop, byBytes) = ((inDouble ? session.Bounds.FlopRateDouble : session.Bounds.FlopRate) / flop, session.Bounds.ByteRate / bytes);
        var roofline = Math.Min(byFlop, byBytes);
        return DeviceExperiments.Line(session.Device, "kernels", new()
        {
            ["kernel"] = kernel,
            ["system"] = system,
            ["items"] = items,
            ["launches"] = time.Launches,
            ["microsecondsPerPass"] = 1e6 * time.Seconds / passes,
            ["flopPerItem"] = flop > 0 ? flop : null,
            ["bytesPerItem"] = bytes > 0 ? bytes : null,
            ["bound"] = double.IsInfinity(roofline) ? "none" : byFlop < byBytes ? "arithmetic" : "memory",
            ["roofline"] = double.IsInfinity(roofline) ? null : roofline,
            ["itemsPerSecond"] = rate,
            ["fraction"] = double.IsInfinity(roofline) ? null : rate / roofline,
            ["registers"] = time.Resources?.Registers,
            ["localBytes"] = time.Resources?.LocalBytes,
            ["groupsAtOnce"] = time.Resources?.GroupsAtOnce,
        });
    }
}
