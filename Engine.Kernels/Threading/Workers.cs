using System.Runtime.ExceptionServices;

namespace Engine.Kernels.Threading;

/// <summary>
/// A fixed team of threads for loops of a few microseconds to milliseconds. Tasks are claimed dynamically, so nothing a task computes may depend
/// on which thread runs it or in which order: each task writes its own output, and sums are taken over tasks in task order afterwards.
/// The caller takes part; a team of one runs everything inline. Not re-entrant.
/// </summary>
public sealed class Workers : IDisposable
{
    /// <summary>Idle threads spin about this long before they sleep: longer than the serial gap between two loops of a step.</summary>
    private const int SpinsBeforeSleep = 2000;

    private readonly Thread[] threads;
    private readonly object gate = new();
    private Action<int> body = static _ => { };
    private int taskCount;
    private int nextTask;
    private int running;
    private int generation;
    private volatile bool stopping;
    private ExceptionDispatchInfo? failure;

    /// <param name="count">Threads including the caller; 0 = one for each processor.</param>
    public Workers(int count = 0)
    {
        Count = count > 0 ? count : Environment.ProcessorCount;
        threads = new Thread[Count - 1];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Work) { IsBackground = true, Name = $"engine worker {i + 1}" };
            threads[i].Start();
        }
    }

    /// <summary>A team of one: the caller.</summary>
    public static Workers Single { get; } = new(1);

    public int Count { get; }

    /// <summary>Runs <paramref name="action"/> for every task 0 … <paramref name="tasks"/> − 1 and returns when all are done.</summary>
    public void Run(int tasks, Action<int> action)
    {
        if (threads.Length == 0 || tasks <= 1)
        {
            for (var task = 0; task < tasks; task++)
            {
                action(task);
            }
            return;
        }
        body = action;
        taskCount = tasks;
        nextTask = 0;
        Volatile.Write(ref running, threads.Length);
        lock (gate)
        {
            generation++;
            Monitor.PulseAll(gate);
        }
        Drain();
        var spin = default(SpinWait);
        while (Volatile.Read(ref running) != 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
        var error = failure;
        failure = null;
        error?.Throw();
    }

    /// <summary>
    /// Splits [0, count) into blocks whose size does not depend on the number of threads, runs <paramref name="block"/>(start, end) for each and
    /// returns the sum of the results in block order: the same bits for any team.
    /// </summary>
    public double Sum(int count, int blockSize, Func<int, int, double> block)
    {
        var blocks = (count + blockSize - 1) / blockSize;
        var partial = new double[blocks];
        Run(blocks, b => partial[b] = block(b * blockSize, Math.Min(count, (b + 1) * blockSize)));
        var sum = 0.0;
        foreach (var p in partial)
        {
            sum += p;
        }
        return sum;
    }

    /// <summary>Runs <paramref name="block"/>(start, end) over [0, count) in blocks of <paramref name="blockSize"/>.</summary>
    public void For(int count, int blockSize, Action<int, int> block) =>
        Run((count + blockSize - 1) / blockSize, b => block(b * blockSize, Math.Min(count, (b + 1) * blockSize)));

    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            generation++;
            Monitor.PulseAll(gate);
        }
        foreach (var thread in threads)
        {
            thread.Join();
        }
    }

    private void Work()
    {
        var seen = 0;
        while (true)
        {
            for (var i = 0; i < SpinsBeforeSleep && Volatile.Read(ref generation) == seen; i++)
            {
                Thread.SpinWait(20);
            }
            lock (gate)
            {
                while (generation == seen)
                {
                    Monitor.Wait(gate);
                }
                seen = generation;
            }
            if (stopping)
            {
                return;
            }
            Drain();
            Interlocked.Decrement(ref running);
        }
    }

    private void Drain()
    {
        try
        {
            for (int task; (task = Interlocked.Increment(ref nextTask) - 1) < taskCount;)
            {
                body(task);
            }
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
        }
    }
}
