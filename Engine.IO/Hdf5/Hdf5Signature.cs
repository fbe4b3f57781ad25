namespace Engine.IO.Hdf5;

/// <summary>What HDF5 files begin with.</summary>
public static class Hdf5Signature
{
    internal static ReadOnlySpan<byte> Bytes => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    /// <summary>Whether a file begins so; false where it cannot be read, which whoever reads it says.</summary>
    public static bool IsIn(string path)
    {
        try
        {
            Span<byte> start = stackalloc byte[8];
            using var file = File.OpenRead(path);
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(Bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
