using System.Collections.Concurrent;

namespace Engine.Learn.Ntk;

/// <summary>Memory for as many threads as work at once.</summary>
internal sealed class ScratchPool<T> : IDisposable
    where T : unmanaged
{
    private readonly ConcurrentBag<PairScratch<T>> free = [];

    /// <summary>Lends memory that nobody else has meanwhile.</summary>
    public void Use(Action<PairScratch<T>> work)
    {
        if (!free.TryTake(out var scratch))
        {
            scratch = new();
        }
        work(scratch);
        free.Add(scratch);
    }

    public void Dispose()
    {
        foreach (var scratch in free)
        {
            scratch.Dispose();
        }
    }
}
