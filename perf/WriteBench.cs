using Engine.Core.Simulations;
using Engine.IO.H5md;
using Engine.Kernels.Threading;

namespace Engine.Perf;

/// <summary>What a trajectory of every tenth step of a 6144-atom HfO₂ melt costs: snapshot, energy at that step, compression and disk.</summary>
public static class WriteBench
{
    private const int Every = 10;

    private static readonly MdWorkload Workload = new("hfo2-6144-write", MdModel.HafniaDampedShiftedForce, 8, (1, 1, 1), 200, 3000);

    /// <summary>Runs with and without a trajectory, turn by turn.</summary>
    /// <exception cref="Kernels.Errors.MissingLibraryException">There is no HDF5 library.</exception>
    public static WriteResult Run(int threads, int rounds, Action<string> progress, CancellationToken cancellation)
    {
        List<StepTime> plain = [], writing = [];
        long bytes = 0;
        var folder = Directory.CreateTempSubdirectory("engine-bench-");
        try
        {
            for (var round = 1; round <= rounds; round++)
            {
                progress($"{Workload.Name}, {threads} thread{(threads == 1 ? "" : "s")}, round {round} of {rounds}");
                plain.Add(Once(threads, null, cancellation));
                var file = Path.Combine(folder.FullName, $"{round}.h5");
                writing.Add(Once(threads, file, cancellation));
                bytes = new FileInfo(file).Length;
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        return new(Workload.Name, Workload.Atoms, threads, Every, plain, writing, bytes);
    }

    private static StepTime Once(int threads, string? file, CancellationToken cancellation)
    {
        using var workers = new Workers(threads);
        var start = MdSetup.Start(Workload);
        var input = MdSetup.Input(Workload.Model, Workload.Precision, Workload.WarmSteps, Workload.Steps);
        using var simulation = new Simulation(input, start, MdSetup.Potential(Workload.Model, start.SpeciesTable), workers);
        using var writer = file is null ? null : H5mdWriter.Create(file, start, new() { Units = MdSetup.Units(Workload.Model) });
        var clock = new StageClock
        {
            FrameInterval = writer is null ? 0 : Every,
            Frame = frame => writer?.Append(frame),
            Finishing = () => writer?.Flush(),
        };
        if (!simulation.Run(clock, cancellation))
        {
            throw new OperationCanceledException(cancellation);
        }
        return new(clock.Elapsed.Wall / Workload.Steps, clock.Elapsed.Cpu / Workload.Steps);
    }
}
