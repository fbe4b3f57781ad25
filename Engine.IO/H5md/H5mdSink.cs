using System.Buffers.Binary;
using Engine.IO.Hdf5;

namespace Engine.IO.H5md;

/// <summary>The file under a writer; used by its thread alone.</summary>
internal sealed class H5mdSink
{
    /// <summary>Each record begins with the number of its stream.</summary>
    public const int HeaderBytes = 4;

    private readonly string path;
    private readonly StreamLayout[] layouts;
    private readonly ChunkedColumn[][] streams;
    private readonly ChunkedColumn constant;
    private readonly int largeColumn;
    private long file;

    /// <summary>Creates the file beside <paramref name="path"/> and moves it there once it can be read, so that the path never names a half-made file.</summary>
    /// <param name="path">Where the trajectory shall lie; an older file there is replaced.</param>
    /// <param name="schema">The layout.</param>
    /// <param name="speciesCodes">Species number of each particle.</param>
    /// <param name="fill">Writes the first records before the move.</param>
    public H5mdSink(string path, H5mdSchema schema, byte[] speciesCodes, Action<H5mdSink>? fill)
    {
        this.path = path;
        layouts = H5mdLayout.Streams(schema);
        var partial = path + ".partial";
        using (Hdf5Library.Enter())
        {
            file = H5mdLayout.CreateFile(partial, schema, speciesCodes);
            try
            {
                Hdf5Exception.Check(H5F.start_swmr_write(file), "H5Fstart_swmr_write");
                streams = [.. layouts.Select(layout => layout.Columns.Select(column => new ChunkedColumn(file, column)).ToArray())];
                constant = new ChunkedColumn(file, layouts[0].Constant!, speciesCodes);
                largeColumn = Array.FindIndex(layouts[0].Columns, column => column.Path == H5mdLayout.Position + "/value");
                fill?.Invoke(this);
                FlushLocked();
                File.Move(partial, path, overwrite: true);
            }
            catch
            {
                Abandon();
                File.Delete(partial);
                throw;
            }
        }
    }

    /// <summary>Step of the last frame that reached the file, −1 before the first.</summary>
    public long SafeStep { get; private set; } = -1;

    /// <summary>Step of the last frame handed over.</summary>
    public long LastStep { get; private set; } = -1;

    /// <summary>Set where frames have filled a chunk since the last flush.</summary>
    public bool ChunkCompleted { get; private set; }

    /// <summary>Something was appended since the last flush.</summary>
    public bool Dirty { get; private set; }

    /// <summary>How often the file was forced onto the disk.</summary>
    public int Syncs { get; private set; }

    /// <summary>Writes a block of records; flushes wherever a chunk of frames is full.</summary>
    public void Write(ReadOnlySpan<byte> block, Action<long>? flushed)
    {
        using (Hdf5Library.Enter())
        {
            while (block.Length > 0)
            {
                var stream = BinaryPrimitives.ReadInt32LittleEndian(block);
                var bytes = layouts[stream].RecordBytes;
                WriteRecord(stream, block.Slice(HeaderBytes, bytes));
                block = block[(HeaderBytes + bytes)..];
                if (ChunkCompleted)
                {
                    FlushLocked();
                    flushed?.Invoke(SafeStep);
                }
            }
        }
    }

    public void WriteRecord(int stream, ReadOnlySpan<byte> record)
    {
        if (stream == 0)
        {
            LastStep = BinaryPrimitives.ReadInt64LittleEndian(record);
            constant.Append([]);
        }
        var columns = streams[stream];
        for (var i = 0; i < columns.Length; i++)
        {
            var bytes = layouts[stream].Columns[i].RowBytes;
            columns[i].Append(record[..bytes]);
            record = record[bytes..];
        }
        Dirty = true;
        ChunkCompleted |= stream == 0 && columns[largeColumn].AtBoundary;
    }

    public void Flush()
    {
        using (Hdf5Library.Enter())
        {
            FlushLocked();
        }
    }

    /// <summary>Waits until the disk has what was flushed.</summary>
    public void Sync()
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
        Syncs++;
    }

    /// <summary>Flushes, closes and waits until the disk has the file.</summary>
    public void Close()
    {
        using (Hdf5Library.Enter())
        {
            FlushLocked();
            foreach (var column in streams.SelectMany(columns => columns).Append(constant))
            {
                column.Close();
            }
            Hdf5Exception.Check(H5F.close(file), "H5Fclose");
            file = 0;
        }
        Sync();
    }

    /// <summary>Lets go of the file after a failure; what was flushed before stays readable.</summary>
    public void Abandon()
    {
        using (Hdf5Library.Enter())
        {
            if (file > 0)
            {
                H5F.close(file);
                file = 0;
            }
        }
    }

    private void FlushLocked()
    {
        foreach (var columns in streams)
        {
            foreach (var column in columns)
            {
                column.Flush();
            }
        }
        constant.Flush();
        Hdf5Exception.Check(H5F.flush(file, H5F.SCOPE_LOCAL), "H5Fflush");
        SafeStep = LastStep;
        ChunkCompleted = false;
        Dirty = false;
    }
}
