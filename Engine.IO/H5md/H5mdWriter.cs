using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Engine.Core.Particles;
using Engine.IO.Hdf5;
using Engine.Kernels.Errors;

namespace Engine.IO.H5md;

/// <summary>
/// Writes a trajectory on a thread of its own. <see cref="Append"/> only copies the frame; it waits when the disk is four blocks behind.
/// The file can be read at any moment, by <see cref="H5mdReader"/> or h5py with swmr=True, also after this process was killed: at most the last
/// chunk of frames or the last <see cref="H5mdOptions.FlushInterval"/> is missing then. Equal calls make equal bytes.
/// One thread calls; it appends the observables of a step either always before or always after the frame of that step.
/// </summary>
public sealed class H5mdWriter : IDisposable
{
    private const int BlockBytes = 1 << 20;
    private const int Blocks = 4;

    private readonly H5mdSchema schema;
    private readonly H5mdSink sink;
    private readonly RecordQueue queue;
    private readonly Thread thread;
    private readonly TimeSpan flushInterval;
    private readonly StreamLayout[] layouts;
    private readonly byte[] speciesCodes;
    private readonly long[] lastSteps;
    private int[]? knownSpecies;
    private bool closed;
    private bool reported;

    private H5mdWriter(string path, H5mdSchema schema, byte[] speciesCodes, TimeSpan flushInterval, Action<H5mdSink, long[]>? fill)
    {
        Path = path;
        this.schema = schema;
        this.speciesCodes = speciesCodes;
        this.flushInterval = flushInterval;
        layouts = H5mdLayout.Streams(schema);
        lastSteps = new long[layouts.Length];
        Array.Fill(lastSteps, long.MinValue);
        try
        {
            sink = new H5mdSink(path, schema, speciesCodes, fill is null ? null : s => fill(s, lastSteps));
        }
        catch (Exception error) when (error is Hdf5Exception or IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"trajectory {path} cannot be created ({error.Message}); check that the folder exists, can be written and has space", error);
        }
        queue = new RecordQueue(Math.Max(BlockBytes, H5mdSink.HeaderBytes + layouts.Max(layout => layout.RecordBytes)), Blocks);
        thread = new Thread(Work) { IsBackground = true, Name = "trajectory writer" };
        thread.Start();
    }

    public string Path { get; }

    /// <summary>Step of the last frame, <see cref="long.MinValue"/> before the first; a file that goes on has some from the start.</summary>
    public long LastFrame => lastSteps[0];

    /// <summary>Step of the last sample of a stream of observables, <see cref="long.MinValue"/> before the first.</summary>
    public long LastSample(int stream) => lastSteps[stream + 1];

    /// <summary>How often the file was forced onto the disk; read between <see cref="Flush"/> and the next call.</summary>
    internal int Syncs => sink.Syncs;

    /// <summary>Called on the writing thread after each flush with the step of the last frame that is safe.</summary>
    internal Action<long>? Flushed { get; set; }

    /// <summary>Begins a trajectory, replacing an older file at <paramref name="path"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="frame">A frame that shows number, species, boundary and masses of the particles; it is not appended.</param>
    /// <param name="options">What to store.</param>
    /// <exception cref="MissingLibraryException">libhdf5 is absent.</exception>
    /// <exception cref="RunFailedException">The file cannot be created.</exception>
    public static H5mdWriter Create(string path, Configuration frame, H5mdOptions options)
    {
        if (frame.Count == 0)
        {
            throw new InputException($"trajectory {path} would hold no particles; expected at least one");
        }
        if (options.Observables.Any(stream => stream.Observables.Length == 0))
        {
            throw new InputException($"trajectory {path} was given an empty set of observables; leave it out");
        }
        var schema = H5mdSchema.Of(frame, options);
        var codes = Array.ConvertAll(frame.Species, s => schema.Species[s].Code);
        return new H5mdWriter(path, schema, codes, options.FlushInterval, null);
    }

    /// <summary>
    /// Continues a trajectory of this program: keeps the frames and observables up to and including <paramref name="afterStep"/> and drops later
    /// ones. The kept part is copied into a new file that replaces the old one when it is complete; the result is the file, to the byte, that an
    /// uninterrupted run would have written.
    /// </summary>
    /// <exception cref="InputException">The file is not such a trajectory, or frames up to that step are damaged.</exception>
    public static H5mdWriter OpenAppend(string path, long afterStep)
    {
        using var source = TrajectorySource.Open(path);
        return Refill(path, source, (sink, lastSteps) =>
        {
            var damage = source.Replay(afterStep, (stream, step, record) =>
            {
                sink.WriteRecord(stream, record);
                lastSteps[stream] = step;
                if (sink.ChunkCompleted)
                {
                    sink.Flush();
                }
            });
            if (damage.Count > 0)
            {
                throw new InputException($"{path} is damaged before step {afterStep} ({damage[0]}); save what is left with `./engine recover {path} --out NEW.h5` and restart from a checkpoint before the damage");
            }
        });
    }

    /// <summary>Begins a file with the layout of <paramref name="source"/> whose first records <paramref name="fill"/> writes.</summary>
    internal static H5mdWriter Refill(string path, TrajectorySource source, Action<H5mdSink, long[]> fill) =>
        new(path, source.Schema, source.SpeciesCodes, H5mdOptions.DefaultFlushInterval, fill);

    /// <summary>Appends a frame; its arrays may be reused at once.</summary>
    /// <exception cref="RunFailedException">An earlier frame could not be written, for instance because the disk is full.</exception>
    public void Append(Configuration frame)
    {
        Check(frame);
        var record = Reserve(0, frame.Step);
        try
        {
            Put(ref record, frame.Step);
            Put(ref record, frame.Time);
            var box = frame.Box;
            MemoryMarshal.Cast<double, byte>(
                [box.LengthX, 0, 0, box.TiltXY, box.LengthY, 0, box.TiltXZ, box.TiltYZ, box.LengthZ]).CopyTo(record);
            record = record[(9 * sizeof(double))..];
            if (schema.Origin)
            {
                Put(ref record, box.Origin.X);
                Put(ref record, box.Origin.Y);
                Put(ref record, box.Origin.Z);
            }
            PutReals(ref record, frame.Positions);
            if (schema.Images)
            {
                var bytes = record[..(frame.Positions.Length * sizeof(int))];
                if (frame.Images is { } images)
                {
                    MemoryMarshal.AsBytes(images.AsSpan()).CopyTo(bytes);
                }
                else
                {
                    bytes.Clear();
                }
                record = record[bytes.Length..];
            }
            if (schema.Velocities)
            {
                PutReals(ref record, frame.Velocities!);
            }
            if (schema.Forces)
            {
                PutReals(ref record, frame.Forces!);
            }
            if (schema.Charges)
            {
                MemoryMarshal.AsBytes(frame.Charges.AsSpan()).CopyTo(record);
            }
        }
        finally
        {
            queue.Commit();
        }
    }

    /// <summary>Appends a sample of the observables of a stream.</summary>
    /// <param name="stream">Index into <see cref="H5mdOptions.Observables"/>.</param>
    /// <param name="step">Step of the sample.</param>
    /// <param name="time">Its time [time].</param>
    /// <param name="values">The numbers of all observables of the stream one after the other, [<see cref="ObservableStream.Components"/>].</param>
    public void AppendObservables(int stream, long step, double time, ReadOnlySpan<double> values)
    {
        if (values.Length != schema.Observables[stream].Components)
        {
            throw new ArgumentException($"stream {stream} takes {schema.Observables[stream].Components} numbers, found {values.Length}", nameof(values));
        }
        var record = Reserve(stream + 1, step);
        try
        {
            Put(ref record, step);
            Put(ref record, time);
            MemoryMarshal.AsBytes(values).CopyTo(record);
        }
        finally
        {
            queue.Commit();
        }
    }

    /// <summary>Returns when the disk has everything appended so far. A checkpoint is valid only after this.</summary>
    public void Flush()
    {
        try
        {
            queue.Flush();
        }
        catch (RunFailedException)
        {
            reported = true;
            throw;
        }
    }

    /// <summary>Writes the rest and closes the file.</summary>
    /// <exception cref="RunFailedException">Something could not be written and no earlier call has said so.</exception>
    public void Dispose()
    {
        if (closed)
        {
            return;
        }
        closed = true;
        queue.Close();
        thread.Join();
        if (!reported)
        {
            queue.ThrowIfFailed();
        }
    }

    private static void Put<T>(ref Span<byte> record, T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(record, in value);
        record = record[Marshal.SizeOf<T>()..];
    }

    private void PutReals(ref Span<byte> record, double[] values)
    {
        if (schema.Double)
        {
            var bytes = MemoryMarshal.AsBytes(values.AsSpan());
            bytes.CopyTo(record);
            record = record[bytes.Length..];
            return;
        }
        var floats = MemoryMarshal.Cast<byte, float>(record[..(values.Length * sizeof(float))]);
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Narrow(new Vector<double>(values, i), new Vector<double>(values, i + Vector<double>.Count)).CopyTo(floats[i..]);
        }
        for (; i < values.Length; i++)
        {
            floats[i] = (float)values[i];
        }
        record = record[(values.Length * sizeof(float))..];
    }

    private Span<byte> Reserve(int stream, long step)
    {
        if (step <= lastSteps[stream])
        {
            throw new ArgumentException($"step {step} does not follow {lastSteps[stream]}; steps of a trajectory must increase", nameof(step));
        }
        Span<byte> record;
        try
        {
            record = queue.Reserve(H5mdSink.HeaderBytes + layouts[stream].RecordBytes);
        }
        catch (RunFailedException)
        {
            reported = true;
            throw;
        }
        lastSteps[stream] = step;
        BinaryPrimitives.WriteInt32LittleEndian(record, stream);
        return record[H5mdSink.HeaderBytes..];
    }

    private void Check(Configuration frame)
    {
        if (frame.Count != schema.ParticleCount)
        {
            throw new ArgumentException($"the trajectory holds {schema.ParticleCount} particles, the frame {frame.Count}", nameof(frame));
        }
        if ((schema.Velocities && frame.Velocities is null) || (schema.Forces && frame.Forces is null) || (schema.Charges && frame.Charges is null))
        {
            throw new ArgumentException("the frame lacks velocities, forces or charges that the trajectory stores", nameof(frame));
        }
        if (!ReferenceEquals(frame.Species, knownSpecies))
        {
            for (var i = 0; i < frame.Species.Length; i++)
            {
                if (schema.Species[frame.Species[i]].Code != speciesCodes[i])
                {
                    throw new ArgumentException($"particle {i} has changed its species, which a trajectory cannot show", nameof(frame));
                }
            }
            knownSpecies = frame.Species;
        }
    }

    private void Work()
    {
        try
        {
            var last = Stopwatch.GetTimestamp();
            while (true)
            {
                var block = queue.Take(flushInterval - Stopwatch.GetElapsedTime(last), out var finished, out var requested);
                if (block is not null)
                {
                    sink.Write(block.Bytes.AsSpan(0, block.Used), Flushed);
                    queue.Return(block);
                }
                if (finished)
                {
                    sink.Close();
                    Flushed?.Invoke(sink.SafeStep);
                    return;
                }
                if (requested || Stopwatch.GetElapsedTime(last) >= flushInterval)
                {
                    if (sink.Dirty)
                    {
                        sink.Flush();
                        Flushed?.Invoke(sink.SafeStep);
                    }
                    last = Stopwatch.GetTimestamp();
                }
                if (requested)
                {
                    // A checkpoint follows that will survive a power loss; so must what it counts on.
                    sink.Sync();
                    queue.Flushed();
                }
            }
        }
        catch (Exception error)
        {
            sink.Abandon();
            var safe = sink.SafeStep < 0 ? "no frame was saved" : $"frames up to step {sink.SafeStep} are safe";
            queue.Fail(new RunFailedException(
                $"trajectory {Path} could not be written ({error.Message.ReplaceLineEndings(" ")}); {safe}; free space on the disk and resume the run", error));
        }
    }
}
