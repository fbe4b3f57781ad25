using System.Buffers.Binary;
using Engine.IO.Hdf5;
using Engine.Kernels.Errors;

namespace Engine.IO.H5md;

/// <summary>A trajectory of this program, read record by record as it was written, whatever state it is in.</summary>
internal sealed class TrajectorySource : IDisposable
{
    private readonly Hdf5File file;
    private readonly Cursor[] cursors;

    private TrajectorySource(Hdf5File file, bool omitDamaged)
    {
        this.file = file;
        using (var group = file.Open(H5mdSchema.Group))
        {
            Schema = H5mdSchema.Parse(Hdf5Attributes.ReadString(group.Id, H5mdSchema.Attribute) ?? "", file.Path);
        }
        SpeciesCodes = new byte[Schema.ParticleCount];
        using (var codes = file.Dataset(H5mdSchema.SpeciesDataset))
        {
            if (codes.Rows != Schema.ParticleCount || codes.RowElements != 1
                || !codes.TryReadChunk([0], out var data, out _) || data.Length != SpeciesCodes.Length)
            {
                throw new InputException($"the species of {file.Path} are damaged; it cannot be continued");
            }
            data.CopyTo(SpeciesCodes, 0);
        }
        if (omitDamaged)
        {
            using var survey = new Cursor(file, H5mdLayout.Streams(Schema)[0]);
            Omitted = survey.CostlyElements();
            foreach (var element in Omitted)
            {
                Schema = Schema.Without(element.Name);
            }
        }
        var layouts = H5mdLayout.Streams(Schema);
        cursors = new Cursor[layouts.Length];
        try
        {
            for (var i = 0; i < layouts.Length; i++)
            {
                cursors[i] = new Cursor(file, layouts[i]);
            }
        }
        catch
        {
            CloseCursors();
            throw;
        }
    }

    /// <summary>The layout of the records, which is that of the file without the omitted elements.</summary>
    public H5mdSchema Schema { get; }

    /// <summary>Elements that the records do not have because they would cost frames that are otherwise whole.</summary>
    public IReadOnlyList<OmittedElement> Omitted { get; } = [];

    public byte[] SpeciesCodes { get; }

    /// <param name="path">The trajectory.</param>
    /// <param name="omitDamaged">Rather have frames without an element that is damaged in some of them than fewer frames.</param>
    /// <exception cref="InputException">Not a trajectory of this program, or its metadata cannot be read.</exception>
    public static TrajectorySource Open(string path, bool omitDamaged = false)
    {
        using (Hdf5Library.Enter())
        {
            var file = Hdf5File.OpenRead(path, salvage: true);
            try
            {
                if (!file.Exists(H5mdSchema.Group))
                {
                    throw new InputException($"{path} was not written by this program or its metadata are damaged; only its own trajectories can be continued or recovered");
                }
                return new TrajectorySource(file, omitDamaged);
            }
            catch (Exception error) when (error is Hdf5Exception or OverflowException)
            {
                file.Dispose();
                throw new InputException($"the metadata of {path} cannot be read ({error.Message})", error);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    /// <summary>
    /// Hands over every undamaged record with a step up to <paramref name="lastStep"/> in the order of writing: by step, within a step in the
    /// order in which the streams were begun.
    /// </summary>
    /// <returns>What could not be read.</returns>
    public List<TrajectoryDamage> Replay(long lastStep, Action<int, long, byte[]> emit)
    {
        using (Hdf5Library.Enter())
        {
            var damage = new List<TrajectoryDamage>();
            var order = Enumerable.Range(0, cursors.Length).OrderBy(i => cursors[i].Address).ToArray();
            foreach (var cursor in cursors)
            {
                cursor.Next(damage);
            }
            while (true)
            {
                var first = -1;
                foreach (var i in order)
                {
                    if (!cursors[i].AtEnd && cursors[i].Step <= lastStep && (first < 0 || cursors[i].Step < cursors[first].Step))
                    {
                        first = i;
                    }
                }
                if (first < 0)
                {
                    return damage;
                }
                emit(first, cursors[first].Step, cursors[first].Record);
                cursors[first].Next(damage);
            }
        }
    }

    public void Dispose()
    {
        using (Hdf5Library.Enter())
        {
            CloseCursors();
            file.Dispose();
        }
    }

    private void CloseCursors()
    {
        foreach (var cursor in cursors)
        {
            cursor?.Dispose();
        }
    }

    /// <summary>Walks the rows of one stream.</summary>
    private sealed class Cursor : IDisposable
    {
        private readonly Column[] columns;
        private readonly List<Hdf5Dataset> datasets = [];
        private readonly byte[]?[] chunks;
        private readonly long[] end;
        private readonly long[] chunkNumbers;
        private readonly bool torn;
        private readonly bool unsealed;
        private readonly long rows;
        private long row = -1;
        private long lastStep = long.MinValue;

        public Cursor(Hdf5File file, StreamLayout layout)
        {
            columns = layout.Columns;
            Record = new byte[layout.RecordBytes];
            chunks = new byte[]?[columns.Length];
            chunkNumbers = new long[columns.Length];
            end = new long[columns.Length];
            torn = file.Unsealed && !file.Cut;
            unsealed = file.Unsealed;
            Array.Fill(chunkNumbers, -1);
            rows = long.MaxValue;
            try
            {
                foreach (var column in columns)
                {
                    var dataset = file.Dataset(column.Path);
                    datasets.Add(dataset);
                    if (dataset.RowBytes != column.RowBytes || dataset.Chunk is not [var chunkRows, ..] || chunkRows != (ulong)column.ChunkRows
                        || dataset.ChunkBytes != column.RowBytes * column.ChunkRows || !dataset.ChunksAreOurs)
                    {
                        throw new Hdf5Exception(column.Path, "the dataset does not have the layout that the file describes");
                    }
                    rows = Math.Min(rows, dataset.Rows);
                }
                Address = datasets[StreamLayout.Step].ChunkAddress(0);
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        /// <summary>Where the first chunk lies: streams begun earlier come first.</summary>
        public ulong Address { get; }

        public bool AtEnd => row >= rows;

        public long Step => BinaryPrimitives.ReadInt64LittleEndian(Record);

        public byte[] Record { get; }

        /// <summary>Moves to the next row that is whole.</summary>
        public void Next(List<TrajectoryDamage> damage)
        {
            while (++row < rows)
            {
                var whole = true;
                var at = 0;
                for (var i = 0; i < columns.Length; i++)
                {
                    whole &= Load(i, damage);
                    if (whole)
                    {
                        var offset = (int)(row % columns[i].ChunkRows) * columns[i].RowBytes;
                        chunks[i].AsSpan(offset, columns[i].RowBytes).CopyTo(Record.AsSpan(at));
                        at += columns[i].RowBytes;
                    }
                }
                if (!whole)
                {
                    continue;
                }
                if (Step > lastStep)
                {
                    lastStep = Step;
                    return;
                }
                damage.Add(new(columns[StreamLayout.Step].Path, row, row, $"step {Step} does not follow {lastStep}"));
            }
        }

        /// <summary>Reads all rows and names the elements whose damage costs frames in which all that a frame needs is sound.</summary>
        public List<OmittedElement> CostlyElements()
        {
            var names = Array.ConvertAll(columns, H5mdLayout.OptionalName);
            var ranges = Array.ConvertAll(columns, _ => new List<(long First, long Last)>());
            var damaged = new bool[columns.Length];
            var named = new List<TrajectoryDamage>();
            long complete = 0, lastSound = -1, lastSoundStep = long.MinValue;
            for (row = 0; row < rows; row++)
            {
                bool sound = true, whole = true;
                for (var i = 0; i < columns.Length; i++)
                {
                    damaged[i] = !Load(i, named);
                    whole &= !damaged[i];
                    sound &= !damaged[i] || names[i] is not null;
                }
                if (!sound)
                {
                    continue;
                }
                var steps = columns[StreamLayout.Step];
                var step = BinaryPrimitives.ReadInt64LittleEndian(
                    chunks[StreamLayout.Step].AsSpan((int)(row % steps.ChunkRows) * steps.RowBytes));
                if (step <= lastSoundStep)
                {
                    continue;
                }
                lastSoundStep = step;
                lastSound = row;
                complete += whole ? 1 : 0;
                for (var i = 0; i < columns.Length; i++)
                {
                    if (damaged[i])
                    {
                        Extend(ranges[i], row);
                    }
                }
            }
            var costly = new List<OmittedElement>();
            for (var i = 0; i < columns.Length; i++)
            {
                // An end that never reached the disk is no reason to take the element from all the frames before it.
                var endOnly = unsealed && complete > 0 && ranges[i] is [var first, ..]
                    && first.First >= lastSound / columns[i].ChunkRows * columns[i].ChunkRows;
                if (names[i] is { } name && ranges[i].Count > 0 && !endOnly)
                {
                    costly.Add(new(name, ranges[i]));
                }
            }
            return costly;

            static void Extend(List<(long First, long Last)> ranges, long row)
            {
                if (ranges is [.., var last] && last.Last == row - 1)
                {
                    ranges[^1] = (last.First, row);
                }
                else
                {
                    ranges.Add((row, row));
                }
            }
        }

        public void Dispose()
        {
            foreach (var dataset in datasets)
            {
                dataset.Dispose();
            }
        }

        private bool Load(int i, List<TrajectoryDamage> damage)
        {
            var size = columns[i].ChunkRows;
            var number = row / size;
            if (number != chunkNumbers[i])
            {
                chunkNumbers[i] = number;
                var offset = new ulong[datasets[i].Size.Length];
                offset[0] = (ulong)(number * size);
                var first = number * size;
                end[i] = first + size;
                if (!datasets[i].TryReadChunk(offset, out var data, out var problem))
                {
                    end[i] = first + (torn ? datasets[i].ReadTornChunk(offset, out data) : 0);
                    if (end[i] < Math.Min(rows, first + size))
                    {
                        damage.Add(new(columns[i].Path, end[i], Math.Min(rows, first + size) - 1, problem));
                    }
                }
                chunks[i] = data;
            }
            return row < end[i];
        }
    }
}
