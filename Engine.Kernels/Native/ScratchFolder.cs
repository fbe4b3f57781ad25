using Engine.Kernels.Errors;

namespace Engine.Kernels.Native;

/// <summary>A folder of its own for the files of one call of another program, gone when it is disposed.</summary>
public sealed class ScratchFolder : IDisposable
{
    /// <param name="prefix">What its name begins with.</param>
    /// <exception cref="RunFailedException">The folder for temporary files is full or cannot be written to.</exception>
    public ScratchFolder(string prefix)
    {
        try
        {
            Path = Directory.CreateTempSubdirectory(prefix).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"no folder for temporary files can be made ({error.OneLine()}); expected one in {System.IO.Path.GetTempPath()}; set TMPDIR to a folder that may be written to", error);
        }
    }

    public string Path { get; }

    /// <summary>Full path of a file in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>What happened in it matters more than that it cannot be deleted.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
