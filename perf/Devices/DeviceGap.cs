using System.Text.Json.Nodes;
using Engine.Core.Builders;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Threading;

namespace Engine.Perf.Devices;

/// <summary>Forces of a GAP on a device, beside what its arithmetic allows and the processor's own.</summary>
internal static class DeviceGap
{
    private const int Cells = 8;

    /// <summary>Names, and how often the cell of 6144 atoms is repeated.</summary>
    public static IReadOnlyList<(string Name, (int X, int Y, int Z) Replicate)> Cases { get; } = [("gap-hfo2", (1, 1, 1)), ("gap-hfo2-large", (4, 2, 2))];

    public static JsonObject Run(DeviceSession session, string name)
    {
        var (device, bounds, rounds) = (session.Device, session.Bounds, session.Rounds);
        var (_, replicate) = Cases.Single(c => c.Name == name);
        var unit = GapBench.HafniaCell(session.IsCuda ? Cells : 3);
        var start = session.IsCuda ? Supercell.Build(unit, replicate.X, replicate.Y, replicate.Z) : unit;
        var gap = GapBench.HafniaModel(start);
        var model = PotentialModel.Build(PotentialFile.Of(gap), start.SpeciesTable, UnitSystem.Metal);
        using var workers = new Workers();
        using var motion = session.Motion(start, model);
        motion.Prepare();
        var evaluations = session.IsCuda ? 20 : 1;
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
            ["forceError"] = ForceCheck.Of(DeviceSession.Frame(motion, start, model), model, workers).Error,
            ["bytesPerAtom"] = (double)device.BytesAllocated / start.Count,
        };
    }
}
