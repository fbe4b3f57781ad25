using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Engine.Kernels.Errors;

namespace Engine.Learn.Data;

/// <summary>Files that a definition names, read whole, with the hashes of what was read.</summary>
/// <param name="folder">Where relative paths start.</param>
internal sealed class DataFiles(string folder)
{
    private readonly List<(string Path, string Hash)> hashes = [];

    /// <summary>SHA-256 of each file as it is stored, in the order of reading.</summary>
    public IReadOnlyList<(string Path, string Hash)> Hashes => hashes;

    /// <summary>The path as it will be opened.</summary>
    public string Resolve(string path) => Path.Combine(folder, path);

    /// <summary>All bytes, unpacked where they are packed by gzip, whatever the name says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="source">Where it comes from, "NAME from URL"; null where nobody knows.</param>
    /// <exception cref="InputException">The file cannot be read, or is cut short.</exception>
    public byte[] Read(string path, string? source = null)
    {
        var resolved = Resolve(path);
        byte[] stored;
        try
        {
            stored = File.ReadAllBytes(resolved);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"data: cannot read {resolved}: {exception.OneLine()}; check the path{(System.IO.Path.IsPathRooted(path) ? "" : ", which starts at the folder of the definition")}{(File.Exists(path) && Path.GetFullPath(path) != Path.GetFullPath(resolved) ? $" (there is {Path.GetFullPath(path)}, too)" : "")}{(source is null ? "" : $", or fetch {source}")}", exception);
        }
        hashes.Add((System.IO.Path.GetFullPath(resolved), Convert.ToHexStringLower(SHA256.HashData(stored))));
        return stored is [0x1f, 0x8b, ..] ? Unpack(stored, resolved) : stored;
    }

    private static byte[] Unpack(byte[] stored, string path)
    {
        using var unpacked = new MemoryStream();
        try
        {
            using var stream = new GZipStream(new MemoryStream(stored), CompressionMode.Decompress);
            stream.CopyTo(unpacked);
        }
        catch (InvalidDataException exception)
        {
            throw new InputException($"{path}: the gzip stream is damaged after {unpacked.Length} bytes: {exception.OneLine()}; fetch the file again", exception);
        }
        // GZipStream takes a stream that ends too early for one that ends: its last four bytes are the length modulo 2³² (RFC 1952).
        return stored.Length >= 18 && BinaryPrimitives.ReadUInt32LittleEndian(stored.AsSpan(^4..)) == (uint)unpacked.Length
            ? unpacked.ToArray()
            : throw new InputException($"{path}: the gzip stream is cut short after {unpacked.Length} bytes, or joined from several; expected one that is whole; fetch the file again");
    }
}
