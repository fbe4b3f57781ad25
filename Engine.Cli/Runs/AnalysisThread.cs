using System.Threading.Channels;
using Engine.Core.Particles;

namespace Engine.Cli.Runs;

/// <summary>
/// Shows frames to what measures them, on a thread of its own and in order. A frame waits when four are queued, so a slow measurement slows the run
/// instead of filling the memory.
/// </summary>
internal sealed class AnalysisThread : IDisposable
{
    private readonly Channel<(StageAnalysis Analysis, Configuration Frame)> queue =
        Channel.CreateBounded<(StageAnalysis, Configuration)>(new BoundedChannelOptions(4) { SingleReader = true });

    private readonly Task worker;
    private int pending;

    public AnalysisThread() => worker = Task.Factory.StartNew(Work, TaskCreationOptions.LongRunning);

    /// <exception cref="Exception">What an earlier frame failed with.</exception>
    public void Add(StageAnalysis analysis, Configuration frame)
    {
        Interlocked.Increment(ref pending);
        while (!queue.Writer.TryWrite((analysis, frame)))
        {
            if (worker.IsCompleted)
            {
                worker.GetAwaiter().GetResult();
            }
            Thread.Sleep(1);
        }
    }

    /// <summary>Returns when all frames were measured.</summary>
    /// <exception cref="Exception">What a frame failed with.</exception>
    public void Drain()
    {
        while (Volatile.Read(ref pending) > 0)
        {
            if (worker.IsCompleted)
            {
                worker.GetAwaiter().GetResult();
            }
            Thread.Sleep(1);
        }
    }

    public void Dispose()
    {
        queue.Writer.TryComplete();
        ((IAsyncResult)worker).AsyncWaitHandle.WaitOne();
    }

    private void Work()
    {
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (queue.Reader.TryRead(out var item))
            {
                item.Analysis.Add(item.Frame);
                Interlocked.Decrement(ref pending);
            }
        }
    }
}
