using System.Text.Json.Nodes;
using Engine.Core.Builders;
using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Devices;
using Engine.Kernels.Threading;

namespace Engine.Perf.Devices;

/// <summary>Forces of a GAP on a device, beside what its arithmetic allows and the processor's own.</summary>
internal static class DeviceGap
{
    private const int Cells = 8;

    /// <summary>Names, and how often the cell of 6144 atoms is repeated.</summary>
    public static IReadOnlyList<(string Name, (int X, int Y, int Z) Replicate)> Cases { get; } = [("gap-hfo2", (1, 1, 1)), ("gap-hfo2-large", (4, 2, 2))];

    public static JsonObject Run(Device device, DeviceBounds bounds, string name, int rounds)
    {
        var isCuda = device.Description.Kind == DeviceKind.Cuda;
        var (_, replicate) = Cases.Single(c => c.Name == name);
        // A device of OpenCL may be the processor, which is a hundred times slower.
        var unit = GapBench.HafniaCell(isCuda ? Cells : 3);
        var start = isCuda ? Supercell.Build(unit, replicate.X, replicate.Y, replicate.Z) : unit;
        var gap = GapBench.HafniaModel(start);
        var model = PotentialModel.Build(PotentialFile.Of(gap), start.SpeciesTable, UnitSystem.Metal);
        var system = ParticleSystem.FromConfiguration(start, UnitSystem.Metal);
        using var motion = new DeviceMotion(device, model, DeviceUpload.CountSpecies(system), replicas: 1, system.Box, tilted: false, seed: 1);
        var upload = new DeviceUpload(system.Count);
        upload.Add(system, [.. Enumerable.Range(0, system.Count)], DeviceUpload.CellFor([system], former: null, motion.Reach));
        upload.To(motion);
        motion.Prepare();
        var evaluations = isCuda ? 20 : 1;
        var times = Enumerable.Range(0, rounds).Select(_ => DeviceClock.Once(device, () =>
        {
            for (var k = 0; k < evaluations; k++)
            {
                motion.ComputeForces();
            }
        }) / evaluations).Order().ToArray();
        var seconds = times[rounds / 2];
        // Two products with the sparse points: the rest is counted as nothing.
        var flop = 4.0 * gap.Sets[0].Count * gap.Sets[0].Dimensions;
        return new()
        {
            ["case"] = name,
            ["device"] = device.Description.Name,
            ["driver"] = device.Description.Driver,
            ["atoms"] = start.Count,
            ["atomStepsPerSecond"] = start.Count / seconds,
            ["microsecondsPerStep"] = 1e6 * seconds,
            ["spread"] = (times[^1] - times[0]) / seconds,
            ["flopPerAtomStep"] = flop,
            ["bound"] = "arithmetic in double",
            ["roofline"] = bounds.FlopRateDouble / flop,
            ["fraction"] = start.Count / seconds / (bounds.FlopRateDouble / flop),
            ["forceError"] = ForceError(motion, start, model),
            ["bytesPerAtom"] = (double)device.BytesAllocated / start.Count,
        };
    }

    /// <summary>Root-mean-square error of the forces over the root-mean-square force of the processor.</summary>
    private static double ForceError(DeviceMotion motion, Configuration start, PotentialModel model)
    {
        using var workers = new Workers();
        var expected = SinglePoint.Evaluate(start, model, workers).Forces;
        var (found, who) = (motion.Particles.Forces.ToArray(), motion.Particles.Images.ToArray());
        var error = 0.0;
        for (var k = 0; k < found.Length; k++)
        {
            var e = expected.AsSpan(3 * who[k].W, 3);
            error += Math.Pow(found[k].X - e[0], 2) + Math.Pow(found[k].Y - e[1], 2) + Math.Pow(found[k].Z - e[2], 2);
        }
        return Math.Sqrt(error / expected.Sum(f => f * f));
    }
}
