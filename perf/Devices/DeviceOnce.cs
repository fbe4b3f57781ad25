using System.Diagnostics;
using System.Text.Json.Nodes;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;

namespace Engine.Perf.Devices;

/// <summary>The kernels of runs and of tangent kernels, of few particles and samples, a few times: what a tool can watch that makes each access to memory a thousand times as long. Results are checked elsewhere.</summary>
internal static class DeviceOnce
{
    /// <summary>Two graphs.</summary>
    private const int Steps = 20;

    /// <summary>More than one group sorts.</summary>
    private const int CellsOfManyKernels = 17;

    public static IEnumerable<JsonObject> Run(DeviceSession session)
    {
        foreach (var (what, work) in Works(session))
        {
            session.Cancellation.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            work();
            session.Device.Synchronize();
            yield return DeviceExperiments.Line(session.Device, "once", new() { ["what"] = what, ["seconds"] = Stopwatch.GetElapsedTime(start).TotalSeconds });
        }
    }

    private static IEnumerable<(string What, Action Work)> Works(DeviceSession session)
    {
        foreach (var lanes in new[] { 1, 8 })
        {
            yield return ($"lj, {lanes} threads a particle", () => Dynamics(session, new("", MdModel.LennardJones, 6, (1, 1, 1), 0, 0), lanes, separateSteps: false));
        }
        yield return ("lj, two kernels a step", () => Dynamics(session, new("", MdModel.LennardJones, 6, (1, 1, 1), 0, 0), lanes: 0, separateSteps: true));
        yield return ("hfo2, tables", () => Dynamics(session, new("", MdModel.HafniaDampedShiftedForce, 6, (1, 1, 1), 0, 0), lanes: 0, separateSteps: false));
        var many = MdSetup.Start(new("", MdModel.WeeksChandlerAndersen, CellsOfManyKernels, (1, 1, 1), 0, 0));
        yield return ("wca, sorted by five kernels", () => Forces(session, many, MdSetup.Potential(MdModel.WeeksChandlerAndersen, many.SpeciesTable)));
        var melt = MdSetup.Start(new("", MdModel.HafniaMesh, 4, (1, 1, 1), 0, 0));
        yield return ("hfo2, kernels of tilted cells", () => Forces(session, melt, MdSetup.Potential(MdModel.HafniaDampedShiftedForce, melt.SpeciesTable), tilted: true));
        yield return ("hfo2, Ewald sum", () => Forces(session, melt, MdSetup.Potential(MdModel.HafniaWaves, melt.SpeciesTable)));
        yield return ("hfo2, Ewald mesh", () => Forces(session, melt, MdSetup.Potential(MdModel.HafniaMesh, melt.SpeciesTable)));
        var crystal = GapBench.HafniaCell(3);
        yield return ("hfo2, GAP", () => Forces(
            session, crystal, PotentialModel.Build(PotentialFile.Of(GapBench.HafniaModel(crystal)), crystal.SpeciesTable, UnitSystem.Metal)));
        yield return ("tangent kernels, float", () => DeviceNtk.Few<float>(session.Device));
        yield return ("tangent kernels, double", () => DeviceNtk.Few<double>(session.Device));
    }

    private static void Dynamics(DeviceSession session, MdWorkload workload, int lanes, bool separateSteps)
    {
        using var motion = session.Motion(workload, lanes: lanes, separateSteps: separateSteps);
        var step = 0;
        foreach (var integrator in DeviceSession.Integrators)
        {
            step += motion.Advance(new(integrator, 1e-4, _ => 0.1), step, 0, Steps);
        }
        motion.BuildList(next: false);
        _ = motion.Sums();
        _ = motion.Kinetics.Tensors(motion.Lag);
        _ = motion.Kinetics.Drift();
        motion.Kinetics.Map(0, TriangularMap.Identity, Vector3d.Zero);
        _ = motion.CountPairs(2, 20);
    }

    private static void Forces(DeviceSession session, Configuration start, PotentialModel model, bool tilted = false)
    {
        using var motion = session.Motion(start, model, tilted);
        motion.Prepare();
        _ = motion.Sums();
    }
}
