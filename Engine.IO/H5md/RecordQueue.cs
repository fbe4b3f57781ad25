namespace Engine.IO.H5md;

/// <summary>
/// Carries records from the simulation thread to the writing thread through a fixed set of blocks. The producer fills the current block in
/// place; when none is free it waits.
/// </summary>
internal sealed class RecordQueue
{
    private readonly object gate = new();
    private readonly Queue<Block> full = new();
    private readonly Stack<Block> free = new();
    private Block current;
    private Exception? failure;
    private bool flushing;
    private bool closing;

    public RecordQueue(int blockBytes, int blocks)
    {
        for (var i = 1; i < blocks; i++)
        {
            free.Push(new Block(blockBytes));
        }
        current = new Block(blockBytes);
    }

    /// <summary>Takes the lock and room for a record; <see cref="Commit"/> must follow.</summary>
    public Span<byte> Reserve(int bytes)
    {
        Monitor.Enter(gate);
        try
        {
            while (true)
            {
                if (failure is not null)
                {
                    throw failure;
                }
                ObjectDisposedException.ThrowIf(closing, typeof(H5mdWriter));
                if (current.Bytes.Length - current.Used >= bytes)
                {
                    current.Used += bytes;
                    return current.Bytes.AsSpan(current.Used - bytes, bytes);
                }
                if (free.TryPop(out var next))
                {
                    full.Enqueue(current);
                    current = next;
                    Monitor.PulseAll(gate);
                }
                else
                {
                    Monitor.Wait(gate);
                }
            }
        }
        catch
        {
            Monitor.Exit(gate);
            throw;
        }
    }

    public void Commit() => Monitor.Exit(gate);

    /// <summary>Returns once everything appended so far is flushed, or throws what went wrong.</summary>
    public void Flush()
    {
        lock (gate)
        {
            flushing = true;
            Monitor.PulseAll(gate);
            while (flushing && failure is null)
            {
                Monitor.Wait(gate);
            }
            if (failure is not null)
            {
                throw failure;
            }
        }
    }

    public void Close()
    {
        lock (gate)
        {
            closing = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>
    /// The next block for the writing thread: a full one, or after <paramref name="timeout"/>, a flush or the end, whatever there is. Null when
    /// there is nothing.
    /// </summary>
    /// <param name="timeout">How long to wait for a full block.</param>
    /// <param name="finished">Nothing more will come.</param>
    /// <param name="flush">A caller waits for a flush and everything before it has been taken.</param>
    public Block? Take(TimeSpan timeout, out bool finished, out bool flush)
    {
        lock (gate)
        {
            if (full.Count == 0 && !flushing && !closing && timeout > TimeSpan.Zero)
            {
                Monitor.Wait(gate, timeout);
            }
            finished = flush = false;
            if (full.TryDequeue(out var block))
            {
                return block;
            }
            if (current.Used > 0 && free.TryPop(out var next))
            {
                block = current;
                current = next;
                return block;
            }
            finished = closing;
            flush = flushing;
            return null;
        }
    }

    public void Return(Block block)
    {
        lock (gate)
        {
            block.Used = 0;
            free.Push(block);
            Monitor.PulseAll(gate);
        }
    }

    public void Flushed()
    {
        lock (gate)
        {
            flushing = false;
            Monitor.PulseAll(gate);
        }
    }

    public void ThrowIfFailed()
    {
        lock (gate)
        {
            if (failure is not null)
            {
                throw failure;
            }
        }
    }

    public void Fail(Exception error)
    {
        lock (gate)
        {
            failure = error;
            Monitor.PulseAll(gate);
        }
    }

    public sealed class Block(int capacity)
    {
        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(capacity);

        public int Used { get; set; }
    }
}
