using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Engine.Kernels.Threading;

/// <summary>
/// A fixed team of threads for loops of a few microseconds to milliseconds. Each thread takes its own stretch of the tasks, the same in every loop, so that it finds in
/// its cache what it left there, and then what the others have left of theirs (but see <see cref="Stream(int, Action{int})"/>). Nothing a task computes may depend on which thread runs it or in which order: each task
/// writes its own output, and sums are taken over tasks in task order afterwards.
/// The caller takes part, and does the work of a thread that has not come when its own is done; a team of one runs everything inline. Not re-entrant.
/// </summary>
public sealed class Workers : IDisposable
{
    /// <summary>Elements between two counters, so that no two share a line of the cache.</summary>
    private const int Padding = 32;

    /// <summary>Tasks of <see cref="Stream(int, Action{int})"/> whose data the caches of the processors hold.</summary>
    private const int FewTasks = 64;

    private const int Awaited = 0;
    private const int Present = 1;
    private const int Absent = 2;

    private readonly Thread[] threads;
    private readonly int[] nextTasks;

    /// <summary>Of each member in this loop: <see cref="Awaited"/>, <see cref="Present"/> or <see cref="Absent"/>.</summary>
    private readonly int[] presence;

    private readonly object gate = new();
    private Action<int> body = static _ => { };
    private int taskCount;

    /// <summary>Stretches of tasks that a thread looks at, its own first.</summary>
    private int reach;

    private int running;
    private int generation;
    private int sleeping;
    private int callerSleeps;
    private volatile bool stopping;
    private ExceptionDispatchInfo? failure;

    /// <param name="count">Threads including the caller; 0 = one for each processor.</param>
    public Workers(int count = 0)
    {
        Count = count > 0 ? count : Environment.ProcessorCount;
        threads = new Thread[Count - 1];
        nextTasks = new int[Count * Padding];
        presence = new int[Count * Padding];
        Array.Fill(presence, Absent);
        for (var i = 0; i < threads.Length; i++)
        {
            var member = i + 1;
            threads[i] = new Thread(() => Work(member)) { IsBackground = true, Name = $"engine worker {i + 1}" };
            threads[i].Start();
        }
    }

    /// <summary>A team of one: the caller.</summary>
    public static Workers Single { get; } = new(1);

    public int Count { get; }

    /// <summary>Runs <paramref name="action"/> for every task 0 … <paramref name="tasks"/> − 1 and returns when all are done.</summary>
    public void Run(int tasks, Action<int> action) => Run(tasks, action, keepToOwn: false);

    /// <summary>
    /// As <see cref="Run(int, Action{int})"/>, for passes over memory in tasks of about a microsecond. Where the tasks are few, no thread takes any of another that has come: what it would gain by that it would lose
    /// where the next pass finds the data in the other's cache.
    /// </summary>
    public void Stream(int tasks, Action<int> action) => Run(tasks, action, keepToOwn: tasks < FewTasks);

    private void Run(int tasks, Action<int> action, bool keepToOwn)
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
        reach = keepToOwn ? 1 : Count;
        for (var member = 0; member < Count; member++)
        {
            nextTasks[member * Padding] = FirstTask(member);
        }
        Volatile.Write(ref running, threads.Length);
        for (var member = 1; member < Count; member++)
        {
            Volatile.Write(ref presence[member * Padding], Awaited);
        }
        Wake();
        Drain(0, reach);
        DoWithoutTheAbsent();
        var patience = new Patience();
        while (Volatile.Read(ref running) != 0 && patience.Lasts())
        {
        }
        if (Volatile.Read(ref running) != 0)
        {
            SleepUntilDone();
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

    /// <summary>As <see cref="For"/>, see <see cref="Stream(int, Action{int})"/>.</summary>
    public void Stream(int count, int blockSize, Action<int, int> block) =>
        Stream((count + blockSize - 1) / blockSize, b => block(b * blockSize, Math.Min(count, (b + 1) * blockSize)));

    public void Dispose()
    {
        stopping = true;
        Wake();
        foreach (var thread in threads)
        {
            thread.Join();
        }
    }

    /// <summary>Lets the others see that there is something to do. Either they see the new generation before they sleep, or it is seen here that they do.</summary>
    private void Wake()
    {
        Interlocked.Increment(ref generation);
        if (Volatile.Read(ref sleeping) > 0)
        {
            lock (gate)
            {
                Monitor.PulseAll(gate);
            }
        }
    }

    private void Work(int member)
    {
        var seen = 0;
        while (true)
        {
            var patience = new Patience();
            while (Volatile.Read(ref generation) == seen && patience.Lasts())
            {
            }
            if (Volatile.Read(ref generation) == seen)
            {
                Sleep(seen);
            }
            seen = Volatile.Read(ref generation);
            if (stopping)
            {
                return;
            }
            if (Interlocked.CompareExchange(ref presence[member * Padding], Present, Awaited) != Awaited)
            {
                continue;
            }
            Drain(member, reach);
            if (Interlocked.Decrement(ref running) == 0 && Volatile.Read(ref callerSleeps) != 0)
            {
                lock (gate)
                {
                    Monitor.PulseAll(gate);
                }
            }
        }
    }

    private void Sleep(int seen)
    {
        lock (gate)
        {
            Interlocked.Increment(ref sleeping);
            while (Volatile.Read(ref generation) == seen)
            {
                Monitor.Wait(gate);
            }
            Interlocked.Decrement(ref sleeping);
        }
    }

    /// <summary>
    /// A thread that has not come by now is asleep, or another program has its processor: it need not come any more. Otherwise every loop would wait for it.
    /// </summary>
    private void DoWithoutTheAbsent()
    {
        for (var member = 1; member < Count; member++)
        {
            if (Interlocked.CompareExchange(ref presence[member * Padding], Absent, Awaited) == Awaited)
            {
                Drain(member, 1);
                Interlocked.Decrement(ref running);
            }
        }
    }

    private void SleepUntilDone()
    {
        lock (gate)
        {
            Interlocked.Exchange(ref callerSleeps, 1);
            while (Volatile.Read(ref running) != 0)
            {
                Monitor.Wait(gate);
            }
            Volatile.Write(ref callerSleeps, 0);
        }
    }

    private int FirstTask(int member) => (int)((long)taskCount * member / Count);

    /// <summary>Runs the tasks of a member, and then what others have left, so many stretches in all.</summary>
    private void Drain(int member, int stretches)
    {
        try
        {
            for (var k = 0; k < stretches; k++)
            {
                var owner = (member + k) % Count;
                var end = FirstTask(owner + 1);
                for (int task; (task = Interlocked.Increment(ref nextTasks[owner * Padding]) - 1) < end;)
                {
                    body(task);
                }
            }
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
        }
    }

    /// <summary>
    /// How long who waits looks again and again before it sleeps: longer than the serial gap between two loops of a step, and not much longer than it takes to be woken. Where other programs want the
    /// processors, a thread that looks in vain keeps the one it waits for from running.
    /// </summary>
    private struct Patience
    {
        /// <summary>Pauses of the processor between two looks: a loop of a few microseconds must not wait for those who look seldom.</summary>
        private const int PausesPerLook = 2;

        private const int LooksPerClock = 16;

        private static readonly long Limit = (long)(200e-6 * Stopwatch.Frequency);

        private int looks;
        private long start;

        /// <summary>Waits for a moment; false when it is time to sleep.</summary>
        public bool Lasts()
        {
            Thread.SpinWait(PausesPerLook);
            if (++looks % LooksPerClock != 0)
            {
                return true;
            }
            var now = Stopwatch.GetTimestamp();
            start = start == 0 ? now : start;
            return now - start < Limit;
        }
    }
}
