using Engine.Kernels.Errors;

namespace Engine.Cli.Display;

/// <summary>Text files that are whole at any moment: the old one stays until the new one is complete.</summary>
internal static class TextOutput
{
    /// <exception cref="RunFailedException">The disk is full or the folder gone; an older file is untouched.</exception>
    public static void Write(string path, string text)
    {
        var temporary = path + ".tmp";
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, path, overwrite: true);
        }
        // The runtime calls a file beyond the size limit of the process an argument out of range.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw new RunFailedException($"{path} cannot be written ({error.Message}); free some space or choose another folder with --out", error);
        }
    }
}
