using System.Security.Cryptography;
using System.Text;

namespace Engine.Kernels.Devices;

/// <summary>
/// Compiled kernels on disk, under a hash of everything that affects them: format version, compiler, target, options and text. A file is the SHA-256 of the image and
/// the image; it is written beside its place and moved there, so that readers see all of it or nothing. A cache that cannot be used is no error.
/// </summary>
/// <remarks>In $ENGINE_CACHE/kernels, else $XDG_CACHE_HOME/engine/kernels, else ~/.cache/engine/kernels.</remarks>
public static class ImageCache
{
    private const string FormatVersion = "1";

    /// <summary>The folder, which may not exist.</summary>
    public static string Folder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("ENGINE_CACHE") is { Length: > 0 } own)
            {
                return Path.Combine(own, "kernels");
            }
            var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
                ? cache
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache");
            return Path.Combine(root, "engine", "kernels");
        }
    }

    /// <summary>The name under which an image is kept.</summary>
    public static string Key(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, FormatVersion);
        foreach (var part in parts)
        {
            Append(hash, part);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The image, or null where there is none or it is damaged.</summary>
    public static byte[]? Find(string key)
    {
        try
        {
            var path = Path.Combine(Folder, key);
            if (!File.Exists(path))
            {
                return null;
            }
            var bytes = File.ReadAllBytes(path);
            return bytes.Length > SHA256.HashSizeInBytes
                && SHA256.HashData(bytes.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(0, SHA256.HashSizeInBytes))
                ? bytes[SHA256.HashSizeInBytes..]
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static void Keep(string key, ReadOnlySpan<byte> image)
    {
        try
        {
            Directory.CreateDirectory(Folder);
            var temporary = Path.Combine(Folder, $"{key}.{Environment.ProcessId}.{Guid.NewGuid():N}");
            using (var file = File.Create(temporary))
            {
                file.Write(SHA256.HashData(image));
                file.Write(image);
            }
            File.Move(temporary, Path.Combine(Folder, key), overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start compiles again.
        }
    }

    /// <summary>Length first, so that no two lists of parts read the same.</summary>
    private static void Append(IncrementalHash hash, string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }
}
