using System.Globalization;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.IO.H5md;
using Engine.IO.Structures;
using Engine.Kernels.Errors;

namespace Engine.Cli.Runs;

/// <summary>Frames of a trajectory or structure file, whichever kind it is.</summary>
internal static class FrameSource
{
    public static bool IsTrajectory(string path) => Path.GetExtension(path).ToLowerInvariant() is ".h5" or ".h5md" or ".hdf5";

    /// <summary>The trajectory that a path means: itself, or the one in a run folder.</summary>
    /// <exception cref="InputException">There is no such file, or no trajectory in the folder.</exception>
    public static string TrajectoryOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? path : throw new InputException($"{path} does not exist; expected a run folder or a file");
        }
        var inside = RunFolder.At(path).Trajectory;
        return File.Exists(inside) ? inside : throw new InputException($"the folder {path} holds no {Path.GetFileName(inside)}; name the file");
    }

    /// <summary>One frame; <paramref name="frame"/> counts from 0, or from the end where negative.</summary>
    /// <param name="path">The file.</param>
    /// <param name="frame">Which.</param>
    /// <param name="options">For structure files.</param>
    /// <param name="frames">How many there are; null where reading ended with the frame asked for.</param>
    /// <exception cref="InputException">The file cannot be read or has no such frame.</exception>
    public static Configuration ReadOne(string path, int frame, StructureReadOptions options, out long? frames)
    {
        if (!IsTrajectory(path))
        {
            var configuration = StructureFile.Read(path, options, frame, out var count);
            frames = count;
            return configuration;
        }
        using var reader = H5mdReader.Open(path);
        frames = reader.FrameCount;
        if (reader.FrameCount == 0)
        {
            throw new InputException($"{path} has no frames; expected at least one, output.trajectory of a run's input asks for them");
        }
        var index = frame < 0 ? reader.FrameCount + frame : frame;
        return index >= 0 && index < reader.FrameCount
            ? reader.ReadFrame(index)
            : throw new InputException($"{path} has no frame {frame}; expected one from {-reader.FrameCount} to {reader.FrameCount - 1}");
    }

    /// <summary>Frames first, first + stride, … before <c>last</c>.</summary>
    public static IEnumerable<Configuration> Read(string path, FrameRange range, StructureReadOptions options)
    {
        if (IsTrajectory(path))
        {
            using var reader = H5mdReader.Open(path);
            foreach (var frame in reader.Frames(range.First, range.CountWithin(reader.FrameCount), range.Stride))
            {
                yield return frame;
            }
            yield break;
        }
        long index = 0;
        foreach (var frame in StructureFile.ReadFrames(path, options))
        {
            if (range.Contains(index++))
            {
                yield return frame;
            }
        }
    }

    /// <summary>The units a trajectory names; null for other files and files of other programs.</summary>
    public static UnitSystem? UnitsOf(string path)
    {
        if (!IsTrajectory(path))
        {
            return null;
        }
        using var reader = H5mdReader.Open(path);
        return reader.Units is { } name ? UnitSystem.Named(name, reader.Metadata.GetValueOrDefault("constants")) : null;
    }
}

/// <summary>Which frames: first:last:stride as in "100:", "::10", "0:500:5"; <see cref="Last"/> is not included.</summary>
internal readonly record struct FrameRange(long First, long Last, long Stride)
{
    public static FrameRange All { get; } = new(0, long.MaxValue, 1);

    /// <exception cref="InputException">Not of that form.</exception>
    public static FrameRange Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length is 2 or 3)
        {
            var range = new FrameRange(Part(0, 0), Part(1, long.MaxValue), Part(2, 1));
            if (range is { First: >= 0, Stride: >= 1 } && range.Last > range.First)
            {
                return range;
            }
        }
        throw new InputException($"--frames is '{text}', expected FIRST:LAST or FIRST:LAST:STRIDE such as 100: or 0:500:5 (LAST not included)");

        long Part(int i, long otherwise) => i >= parts.Length || parts[i].Length == 0 ? otherwise
            : long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1;
    }

    public bool Contains(long index) => index >= First && index < Last && (index - First) % Stride == 0;

    /// <summary>How many of <paramref name="frames"/> frames it takes.</summary>
    public long CountWithin(long frames) => Math.Max(0, (Math.Min(Last, frames) - First + Stride - 1) / Stride);
}
