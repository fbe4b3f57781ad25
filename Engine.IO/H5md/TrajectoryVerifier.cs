using Engine.IO.Hdf5;
using Engine.Kernels.Errors;

namespace Engine.IO.H5md;

/// <summary>Checks a trajectory chunk by chunk against its checksums, and its structure against the rules of H5MD.</summary>
public static class TrajectoryVerifier
{
    /// <summary>What is said of a file from which nothing can be recovered.</summary>
    public const string Unreadable = "it cannot be opened as an HDF5 file";

    private const int MaximumDepth = 32;

    /// <summary>Everything wrong with the file; empty for a sound one. Only reads.</summary>
    /// <exception cref="InputException">There is no such file.</exception>
    public static IReadOnlyList<TrajectoryDamage> Verify(string path)
    {
        using (Hdf5Library.Enter())
        {
            if (!File.Exists(path))
            {
                throw new InputException($"trajectory {path} does not exist; check the path");
            }
            var damage = new List<TrajectoryDamage>();
            Hdf5File file;
            try
            {
                file = Hdf5File.OpenRead(path, salvage: true);
            }
            catch (InputException)
            {
                return [new("/", -1, -1, Unreadable)];
            }
            using (file)
            {
                if (Hdf5File.ExpectedLength(path) is { } expected && file.Length < expected)
                {
                    damage.Add(new("/", -1, -1, $"the file is cut short: {file.Length} of {expected} bytes"));
                }
                else if (file.Unsealed)
                {
                    damage.Add(new("/", -1, -1, "the file was not closed: its run was killed or is still writing"));
                }
                if (file.HeapDamage is { } heap)
                {
                    damage.Add(new("/", -1, -1, heap));
                }
                new Walk(file, damage).Visit("/", 0);
            }
            return damage;
        }
    }

    private sealed class Walk(Hdf5File file, List<TrajectoryDamage> damage)
    {
        private readonly HashSet<ulong> seen = [];
        private readonly bool ours = file.Exists(H5mdSchema.Group);

        public void Visit(string path, int depth)
        {
            if (depth > MaximumDepth)
            {
                damage.Add(new(path, -1, -1, $"groups are nested deeper than {MaximumDepth}"));
                return;
            }
            try
            {
                using var target = file.Open(path);
                foreach (var name in Hdf5Attributes.Names(target.Id))
                {
                    if (file.HeapDamage is null && Hdf5Attributes.ReadStrings(target.Id, name) is null)
                    {
                        Hdf5Attributes.ReadNumbers(target.Id, name);
                    }
                }
                switch (H5I.get_type(target.Id))
                {
                    case H5I.GROUP:
                        var links = Hdf5File.Links(target.Id);
                        foreach (var name in links)
                        {
                            Visit((path == "/" ? "" : path) + "/" + name, depth + 1);
                        }
                        if (links.Contains("step") && links.Contains("value"))
                        {
                            CheckElement(path);
                        }
                        break;
                    case H5I.DATASET:
                        using (var dataset = file.Dataset(path))
                        {
                            CheckChunks(dataset);
                        }
                        break;
                }
            }
            catch (Exception error) when (error is Hdf5Exception or OverflowException)
            {
                damage.Add(new(path, -1, -1, $"its metadata cannot be read: {error.Message}"));
            }
        }

        private void CheckChunks(Hdf5Dataset dataset)
        {
            if (dataset.Chunk is not { Length: > 0 } chunk || dataset.Rows == 0)
            {
                return;
            }
            var address = dataset.ChunkAddress(0);
            if (address != ulong.MaxValue && !seen.Add(address))
            {
                // Another link to a dataset that was visited already.
                return;
            }
            var offset = new ulong[chunk.Length];
            do
            {
                var first = (long)offset[0];
                var last = (long)Math.Min(dataset.Size[0], offset[0] + chunk[0]) - 1;
                var problem = "";
                if (dataset.ChunksAreOurs)
                {
                    if (dataset.TryReadChunk(offset, out _, out problem) || (!ours && problem == Hdf5Dataset.NeverWritten))
                    {
                        continue;
                    }
                }
                else if (TryRead(dataset, first, last, ref problem))
                {
                    continue;
                }
                damage.Add(new(dataset.Path, first, last, problem));
            }
            while (Advance(offset, dataset.Size, chunk, dataset.ChunksAreOurs ? chunk.Length : 1));
        }

        private static unsafe bool TryRead(Hdf5Dataset dataset, long first, long last, ref string problem)
        {
            try
            {
                using var type = Hdf5Handle.Of(H5D.get_type(dataset.Id), "H5Dget_type");
                if (!dataset.IsNumeric)
                {
                    return true;
                }
                var buffer = new byte[checked((last - first + 1) * dataset.RowBytes)];
                fixed (byte* p = buffer)
                {
                    dataset.ReadRows(first, last - first + 1, type.Id, p);
                }
                return true;
            }
            catch (Hdf5Exception error)
            {
                problem = error.Message;
                return false;
            }
        }

        /// <summary>Moves to the next chunk over the first <paramref name="axes"/> axes; false at the end.</summary>
        private static bool Advance(ulong[] offset, ulong[] size, ulong[] chunk, int axes)
        {
            for (var axis = axes - 1; axis >= 0; axis--)
            {
                offset[axis] += chunk[axis];
                if (offset[axis] < size[axis])
                {
                    return true;
                }
                offset[axis] = 0;
            }
            return false;
        }

        private void CheckElement(string path)
        {
            using var step = file.Dataset(path + "/step");
            using var value = file.Dataset(path + "/value");
            if (step.Size.Length != 1)
            {
                return;
            }
            Length(value);
            if (file.Exists(path + "/time"))
            {
                using var time = file.Dataset(path + "/time");
                if (time.Size.Length == 1)
                {
                    Length(time);
                    Scan(time, (row, now, before) =>
                        !double.IsFinite(now) ? "time is not finite" : row > 0 && now < before ? $"time {now} is before {before}" : null);
                }
            }
            Scan(step, (row, now, before) => row > 0 && !(now > before) ? $"step {now} does not follow {before}" : null);
            if (path.EndsWith("/box/edges", StringComparison.Ordinal))
            {
                CheckEdges(value);
            }

            void Length(Hdf5Dataset other)
            {
                if (!file.Unsealed && other.Rows != step.Rows)
                {
                    damage.Add(new(other.Path, Math.Min(step.Rows, other.Rows), Math.Max(step.Rows, other.Rows) - 1,
                        $"it has {other.Rows} rows where step has {step.Rows}"));
                }
            }
        }

        private void Scan(Hdf5Dataset dataset, Func<long, double, double, string?> rule)
        {
            double[] values;
            try
            {
                values = dataset.ReadDoubles(0, dataset.Rows);
            }
            catch (Hdf5Exception)
            {
                // The chunks that cannot be read have been named already.
                return;
            }
            for (var i = 0; i < values.Length; i++)
            {
                if (rule(i, values[i], i > 0 ? values[i - 1] : 0) is { } problem)
                {
                    damage.Add(new(dataset.Path, i, i, problem));
                    return;
                }
            }
        }

        private void CheckEdges(Hdf5Dataset edges)
        {
            double[] values;
            try
            {
                values = edges.ReadDoubles(0, edges.Rows);
            }
            catch (Hdf5Exception)
            {
                return;
            }
            for (var i = 0; i < values.Length; i++)
            {
                if (!double.IsFinite(values[i]))
                {
                    damage.Add(new(edges.Path, i / edges.RowElements, i / edges.RowElements, "a box edge is not finite"));
                    return;
                }
            }
        }
    }
}
