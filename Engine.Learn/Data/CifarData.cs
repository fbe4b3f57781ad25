using System.Formats.Tar;
using System.Text;
using Engine.Kernels.Errors;
using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>Coloured images of 32 × 32 in the binary version of CIFAR: the folder of its .bin files, or its .tar.gz. A. Krizhevsky, Learning multiple layers of features from tiny images (2009).</summary>
public abstract record CifarData : ImageData
{
    private const int Side = 32;
    private const int Channels = 3;
    private const int Pixels = Channels * Side * Side;

    /// <summary>Files to learn and files to test.</summary>
    private protected abstract (string[] Training, string[] Test) Names { get; }

    /// <summary>A file with the names of the classes, a line each; where it is absent they are called by their numbers.</summary>
    private protected abstract string ClassFile { get; }

    private protected abstract int Classes { get; }

    /// <summary>Bytes of an image before its pixels, and which of them is the label.</summary>
    private protected abstract (int Bytes, int Label) Prefix { get; }

    internal override DataParts Read(DataFiles files, InputDefinition input, DataEncoding? learnt = null)
    {
        var open = Opener(files);
        var names = open(ClassFile, false) is { } text ? Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : NumberNames(Classes);
        if (names.Length != Classes)
        {
            throw new InputException($"{files.Resolve(Path)}, {ClassFile}: {names.Length} names of classes, expected {Classes}");
        }
        return new(
            ReadPart(open, files.Resolve(Path), Names.Training, "learn", TrainingCount, 1, names),
            TestCount == 0 ? null : ReadPart(open, files.Resolve(Path), Names.Test, "test", TestCount, 0, names));
    }

    private ImagePool ReadPart(Func<string, bool, byte[]?> open, string source, string[] parts, string what, int? asked, int least, string[] names)
    {
        var size = Prefix.Bytes + Pixels;
        var (read, present) = (new List<(string Name, byte[] Bytes)>(), 0);
        foreach (var part in parts)
        {
            // Too few to be asked for are refused by the number of all.
            if (asked >= least && present >= asked)
            {
                break;
            }
            var bytes = open(part, true)!;
            if (bytes.Length == 0 || bytes.Length % size != 0)
            {
                throw new InputException($"{source}, {part}: {bytes.Length} bytes, expected a multiple of {size}, of one image; fetch the file again");
            }
            read.Add((part, bytes));
            present += bytes.Length / size;
        }
        var count = Chosen(what, asked, least, present);
        var (pixels, classes, k) = (new byte[count * Pixels], new int[count], 0);
        foreach (var (part, bytes) in read)
        {
            for (var start = 0; start < bytes.Length; start += size, k++)
            {
                var label = bytes[start + Prefix.Label];
                if (label >= Classes)
                {
                    throw new InputException($"{source}, {part}: the label of image {start / size} is {label}, expected 0 to {Classes - 1}");
                }
                if (k < count)
                {
                    classes[k] = label;
                    bytes.AsSpan(start + Prefix.Bytes, Pixels).CopyTo(pixels.AsSpan(k * Pixels));
                }
            }
        }
        return new(pixels, Channels, Side, Side, PoolTargets.Of(classes, names));
    }

    /// <summary>What gives the bytes of a file by its name, from a folder or an archive; null where it is absent and need not be there.</summary>
    private Func<string, bool, byte[]?> Opener(DataFiles files)
    {
        if (Directory.Exists(files.Resolve(Path)))
        {
            return (name, needed) =>
            {
                var path = System.IO.Path.Combine(Path, name);
                return needed || File.Exists(files.Resolve(path)) ? files.Read(path) : null;
            };
        }
        var entries = ReadArchive(files.Read(Path), files.Resolve(Path));
        return (name, needed) => entries.TryGetValue(name, out var bytes) || !needed
            ? bytes
            : throw new InputException($"{files.Resolve(Path)} has no {name}; expected the archive of the binary version of CIFAR; found {string.Join(", ", entries.Keys.Take(8))}");
    }

    private static Dictionary<string, byte[]> ReadArchive(byte[] archive, string path)
    {
        var entries = new Dictionary<string, byte[]>();
        try
        {
            using var reader = new TarReader(new MemoryStream(archive));
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is not { } stream)
                {
                    continue;
                }
                var bytes = new byte[entry.Length];
                stream.ReadExactly(bytes);
                entries[System.IO.Path.GetFileName(entry.Name)] = bytes;
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw new InputException($"{path}: the archive is damaged or no tar: {exception.OneLine()}; fetch it again", exception);
        }
        return entries;
    }
}
