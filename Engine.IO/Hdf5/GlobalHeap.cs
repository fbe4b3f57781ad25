using System.Buffers.Binary;

namespace Engine.IO.Hdf5;

/// <summary>
/// Checks the collections of the global heap (HDF5 File Format Specification 3.0, III.E), where strings of variable length lie, as far as they
/// are in the first mebibyte of a file: that of the attributes written at its creation.
/// </summary>
internal static class GlobalHeap
{
    private const int Searched = 1 << 20;
    private const int HeaderBytes = 16;
    private const int SmallestCollection = 4096;

    /// <summary>Describes the first damaged collection, null where all are sound.</summary>
    public static string? FindDamage(string path)
    {
        using var handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(handle);
        var start = new byte[Math.Min(Searched, length)];
        var read = RandomAccess.Read(handle, start, 0);
        for (var at = 0; ;)
        {
            var found = start.AsSpan(at, read - at).IndexOf("GCOL\u0001"u8);
            if (found < 0)
            {
                return null;
            }
            at += found;
            var header = new byte[HeaderBytes];
            RandomAccess.Read(handle, header, at);
            var size = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(8));
            if (size < SmallestCollection || size > (ulong)(length - at))
            {
                return $"the strings in its global heap at byte {at} are damaged";
            }
            var collection = new byte[size];
            RandomAccess.Read(handle, collection, at);
            if (!IsSound(collection))
            {
                return $"the strings in its global heap at byte {at} are damaged";
            }
            at += HeaderBytes;
        }
    }

    private static bool IsSound(ReadOnlySpan<byte> collection)
    {
        var at = HeaderBytes;
        var seen = new HashSet<ushort>();
        while (collection.Length - at >= HeaderBytes)
        {
            var index = BinaryPrimitives.ReadUInt16LittleEndian(collection[at..]);
            var size = BinaryPrimitives.ReadUInt64LittleEndian(collection[(at + 8)..]);
            var left = (ulong)(collection.Length - at);
            if (index == 0)
            {
                // The free space counts its own header and reaches to the end.
                return size == left;
            }
            if (!seen.Add(index) || size > left - HeaderBytes)
            {
                return false;
            }
            at += HeaderBytes + (int)((size + 7) & ~7UL);
        }
        return at <= collection.Length;
    }
}
