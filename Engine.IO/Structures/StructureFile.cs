using Engine.Core.Files;
using Engine.Core.Particles;
using Engine.Kernels.Errors;

namespace Engine.IO.Structures;

/// <summary>
/// Structure files: extended XYZ (.extxyz, .xyz; any number of frames) and LAMMPS data (.data, .lmp, .lammps, or named data.*; one frame).
/// Numbers are taken as they are, in the units of the run. General cells are rotated into the lower-triangular form of
/// <see cref="Engine.Kernels.Geometry.Box"/>, vectors with them; the notice of the options tells so.
/// </summary>
public static class StructureFile
{
    /// <summary>One frame: counted from 0, negative from the end (−1 is the last).</summary>
    /// <exception cref="InputException">The file cannot be read, is malformed (file and line are named), or has no such frame.</exception>
    public static Configuration Read(string path, StructureReadOptions? options = null, int frame = -1) => Read(path, options, frame, out _);

    /// <summary>The same, and how many frames there are; null where reading ended with the frame asked for.</summary>
    /// <exception cref="InputException">As for the other.</exception>
    public static Configuration Read(string path, StructureReadOptions? options, int frame, out int? frames)
    {
        frames = null;
        var last = new Queue<Configuration>();
        var count = 0;
        foreach (var configuration in ReadFrames(path, options))
        {
            if (count++ == frame)
            {
                return configuration;
            }
            last.Enqueue(configuration);
            // Of the frames before the wanted one only those that may still be the -n-th from the end are kept.
            if (frame >= 0 || last.Count > -(long)frame)
            {
                last.Dequeue();
            }
        }
        frames = count;
        return frame < 0 && count > 0 && -(long)frame <= count
            ? last.Peek()
            : throw new InputException($"{path} has no frame {frame}; expected one from {-count} to {count - 1}");
    }

    /// <summary>The frames one after the other, read as they are asked for.</summary>
    /// <exception cref="InputException">As for <see cref="Read(string, StructureReadOptions, int)"/>, when the faulty frame is reached.</exception>
    public static IEnumerable<Configuration> ReadFrames(string path, StructureReadOptions? options = null)
    {
        using var reader = Open(path);
        var lines = new LineSource(reader, path);
        if (IsLammps(path))
        {
            yield return LammpsDataReader.Read(lines, options ?? new StructureReadOptions());
            yield break;
        }
        foreach (var configuration in ExtendedXyzReader.Read(lines, options ?? new StructureReadOptions()))
        {
            yield return configuration;
        }
    }

    /// <summary>Writes one frame; numbers in the shortest form that reads back the same.</summary>
    /// <exception cref="InputException">The file cannot be written, or the format cannot hold the frame.</exception>
    public static void Write(string path, Configuration configuration) => Write(path, [configuration]);

    /// <summary>Writes frames; LAMMPS data holds exactly one.</summary>
    /// <exception cref="InputException">As for one frame.</exception>
    public static void Write(string path, IEnumerable<Configuration> configurations)
    {
        var lammps = IsLammps(path);
        try
        {
            WholeFile.Replace(path, temporary => WriteTo(temporary, lammps, path, configurations));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"cannot write {path}: {exception.OneLine()}; check the path", exception);
        }
    }

    private static void WriteTo(string temporary, bool lammps, string path, IEnumerable<Configuration> configurations)
    {
        using var writer = new StreamWriter(temporary);
        writer.NewLine = "\n";
        var count = 0;
        foreach (var configuration in configurations)
        {
            if (!lammps)
            {
                ExtendedXyzWriter.Write(writer, configuration);
            }
            else if (count == 0)
            {
                LammpsDataWriter.Write(writer, configuration);
            }
            else
            {
                throw new InputException($"{path} is a LAMMPS data file and holds one frame; write several frames as .extxyz");
            }
            count++;
        }
    }

    private static bool IsLammps(string path)
    {
        var name = Path.GetFileName(path).ToLowerInvariant();
        return Path.GetExtension(name) switch
        {
            ".extxyz" or ".xyz" => false,
            ".data" or ".lmp" or ".lammps" => true,
            _ when name.StartsWith("data.", StringComparison.Ordinal) => true,
            _ => throw new InputException($"{path}: unknown kind of structure file; expected .extxyz, .xyz (extended XYZ), .data, .lmp, data.* (LAMMPS data) or .h5 (trajectories, where one is read)"),
        };
    }

    private static StreamReader Open(string path)
    {
        // A wrong ending is a better message than a missing file.
        _ = IsLammps(path);
        try
        {
            return new StreamReader(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"cannot read {path}: {exception.OneLine()}; check the path", exception);
        }
    }
}
