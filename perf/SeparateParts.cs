using Engine.Core.Particles;
using Engine.Core.Simulations;
using Engine.Kernels.Threading;

namespace Engine.Perf;

/// <summary>
/// Threads that each have a system of their own, of an equal share of the particles, and wait for the others after every step. Nothing is shared between them, so that what they lose
/// against one thread is not lost to sharing a system.
/// </summary>
/// <param name="workload">What is shared out.</param>
/// <param name="version">Of this engine.</param>
internal sealed class SeparateParts(MdWorkload workload, string version) : IBenchCase
{
    public string Name => "engine, systems of a share each that meet every step";

    public string Version => version;

    public IReadOnlyDictionary<string, double> Facts { get; } = new Dictionary<string, double>();

    /// <summary>Whether a workload can be shared out among so many threads.</summary>
    public static bool CanShare(MdWorkload workload, int threads) => workload.Replicate.Z % threads == 0 || workload.Cells % threads == 0;

    public StepTime Run(int threads, CancellationToken cancellation)
    {
        var (clocks, failures) = (new StageClock[threads], new Exception?[threads]);
        var (start, meeting) = (MdSetup.Share(workload, threads), new Meeting(threads));
        Thread[] team = [.. Enumerable.Range(0, threads).Select(k => new Thread(() =>
        {
            try
            {
                clocks[k] = One(start, meeting, cancellation);
            }
            catch (Exception error)
            {
                failures[k] = error;
                meeting.End();
            }
        }))];
        Array.ForEach(team, t => t.Start());
        Array.ForEach(team, t => t.Join());
        return failures.FirstOrDefault(f => f is not null) is { } failure
            ? throw failure
            : new(clocks.Max(c => c.Elapsed.Wall) / workload.Steps, clocks.Max(c => c.Elapsed.Cpu) / workload.Steps);
    }

    private StageClock One(Configuration start, Meeting meeting, CancellationToken cancellation)
    {
        using var workers = new Workers(1);
        var input = MdSetup.Input(workload.Model, workload.Precision, workload.WarmSteps, workload.Steps);
        using var simulation = new Simulation(input, start, MdSetup.Potential(workload.Model, start.SpeciesTable), workers);
        var clock = new StageClock { Stepping = meeting.Wait };
        return simulation.Run(clock, cancellation) ? clock : throw new OperationCanceledException(cancellation);
    }

    /// <summary>Threads that wait for each other without going to sleep, which <see cref="Barrier"/> would let them do for longer than a step takes; once one has failed, nobody waits any more.</summary>
    private sealed class Meeting(int threads)
    {
        private int arrived;
        private bool isOver;
        private long round;

        public void Wait()
        {
            var now = Volatile.Read(ref round);
            if (Interlocked.Increment(ref arrived) == threads)
            {
                Volatile.Write(ref arrived, 0);
                Volatile.Write(ref round, now + 1);
                return;
            }
            while (Volatile.Read(ref round) == now && !Volatile.Read(ref isOver))
            {
                Thread.SpinWait(1);
            }
        }

        public void End() => Volatile.Write(ref isOver, true);
    }
}
