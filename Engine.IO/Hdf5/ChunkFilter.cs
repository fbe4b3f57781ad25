using System.Buffers.Binary;
using System.IO.Compression;

namespace Engine.IO.Hdf5;

/// <summary>The two chunk filters that this program writes, done here so that no chunk passes through the library's cache.</summary>
internal static class ChunkFilter
{
    public const int ChecksumBytes = 4;

    /// <summary>The zlib stream of <paramref name="data"/> followed by its checksum: what the deflate and fletcher32 filters make in this order.</summary>
    public static byte[] DeflateAndSum(ReadOnlySpan<byte> data)
    {
        using var memory = new MemoryStream();
        using (var zlib = new ZLibStream(memory, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(data);
        }
        memory.SetLength(memory.Length + ChecksumBytes);
        var bytes = memory.ToArray();
        AppendSum(bytes);
        return bytes;
    }

    /// <summary>Writes the checksum of all but the last four bytes into those.</summary>
    public static void AppendSum(Span<byte> chunk) =>
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[^ChecksumBytes..], Fletcher32.Compute(chunk[..^ChecksumBytes]));

    public static bool SumIsRight(ReadOnlySpan<byte> chunk) =>
        chunk.Length >= ChecksumBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(chunk[^ChecksumBytes..]) == Fletcher32.Compute(chunk[..^ChecksumBytes]);

    /// <summary>Expands a zlib stream into exactly <paramref name="expected"/> bytes, null where it is broken or of another length.</summary>
    public static byte[]? Inflate(byte[] stream, int length, int expected)
    {
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(stream, 0, length), CompressionMode.Decompress);
            var data = new byte[expected];
            var read = zlib.ReadAtLeast(data, expected, throwOnEndOfStream: false);
            return read == expected && zlib.ReadByte() < 0 ? data : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
