using Engine.Kernels.Errors;

namespace Engine.Core.Files;

/// <summary>Files that are whole at any moment: a new one is written beside the old one and takes its place when it is complete.</summary>
public static class WholeFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes everything to the path that it is given.</param>
    /// <param name="remedy">What can be done where it fails.</param>
    /// <exception cref="RunFailedException">The disk is full or the folder gone; an older file is untouched.</exception>
    public static void Write(string path, Action<string> write, string remedy = "free some space or choose another place")
    {
        try
        {
            Replace(path, write);
        }
        catch (Exception error) when (IsRefusal(error))
        {
            throw Refused(path, error, remedy);
        }
    }

    /// <summary>Writes a text.</summary>
    /// <exception cref="RunFailedException">As for <see cref="Write"/>.</exception>
    public static void WriteText(string path, string text) => Write(path, file => File.WriteAllText(file, text));

    /// <summary>The same with the errors of the runtime as they are.</summary>
    public static void Replace(string path, Action<string> write)
    {
        var temporary = path + ".tmp";
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    /// <summary>Refuses a place that cannot be written to before work is done for it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">Name of the option that names it, for the message.</param>
    /// <param name="inputs">What the same command reads, which must not be lost.</param>
    /// <exception cref="InputException">It is one of the inputs, its folder is missing or refuses a file, or it is a folder itself.</exception>
    public static void Require(string path, string option, params ReadOnlySpan<string> inputs)
    {
        RequireOther(path, option, inputs);
        if (Directory.Exists(path) || Path.GetFileName(path).Length == 0)
        {
            throw new InputException($"{option} is '{path}', which names no file; expected the name of one");
        }
        var temporary = path + ".tmp";
        try
        {
            File.WriteAllBytes(temporary, []);
            File.Delete(temporary);
        }
        catch (Exception error) when (IsRefusal(error))
        {
            throw new InputException($"{option} is {path}, which cannot be written ({Reason(error)}); expected a place in a folder that exists and may be written to", error);
        }
    }

    /// <summary>Refuses to write over what is read.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="option">Name of the option that names it, for the message.</param>
    /// <param name="inputs">What the same command reads.</param>
    /// <exception cref="InputException">It is one of them, also by way of a link.</exception>
    public static void RequireOther(string path, string option, params ReadOnlySpan<string> inputs)
    {
        foreach (var input in inputs)
        {
            if (Target(input) == Target(path))
            {
                throw new InputException($"{option} is {path}, which is read by the same command; expected another file, so that it is not lost");
            }
        }

        static string Target(string file) => Path.GetFullPath(File.Exists(file) ? File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file : file);
    }

    /// <summary>Makes a folder, and refuses one that cannot be written to before work is done for it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="option">Name of the option that names it, for the message.</param>
    /// <exception cref="InputException">It cannot be made, or refuses a file.</exception>
    public static void RequireFolder(string path, string option)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (IsRefusal(error))
        {
            throw new InputException($"{option} is {path}, which cannot be made ({error.OneLine()}); expected a folder, or a place for one that may be written to", error);
        }
        Require(Path.Combine(path, "test"), option);
    }

    /// <summary>Removes a file that may be there.</summary>
    /// <exception cref="RunFailedException">It cannot be removed.</exception>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (IsRefusal(error))
        {
            throw new RunFailedException($"{path} cannot be removed ({Reason(error)}); remove it or give its folder the rights to, then go on with --resume", error);
        }
    }

    /// <summary>Whether a file cannot be written; the runtime calls one beyond the size limit of the process an argument out of range.</summary>
    public static bool IsRefusal(Exception error) => error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    /// <summary>What is told of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">Why.</param>
    /// <param name="remedy">What can be done.</param>
    public static RunFailedException Refused(string path, Exception error, string remedy) => new($"{path} cannot be written ({Reason(error)}); {remedy}", error);

    /// <summary>The runtime names the file beside it.</summary>
    private static string Reason(Exception error) => error is DirectoryNotFoundException ? "its folder does not exist" : error.OneLine();

    /// <summary>Why it is discarded matters more than that it cannot be.</summary>
    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (IsRefusal(error))
        {
        }
    }
}
