namespace Engine.Kernels.Errors;

/// <summary>
/// An error that a user can act on. <see cref="Exception.Message"/> is one line: what, found, expected, remedy.
/// The program prints it and leaves with <see cref="ExitCode"/>.
/// </summary>
public abstract class EngineException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Exit code of the program: 2 bad input, 3 a library or device is missing, 4 the run itself failed.</summary>
    public abstract int ExitCode { get; }
}

/// <summary>The user's input is wrong (exit code 2).</summary>
public sealed class InputException(string message, Exception? inner = null) : EngineException(message, inner)
{
    /// <inheritdoc/>
    public override int ExitCode => 2;
}

/// <summary>A native library or a device that this command needs is absent (exit code 3).</summary>
public sealed class MissingLibraryException(string message, Exception? inner = null) : EngineException(message, inner)
{
    /// <inheritdoc/>
    public override int ExitCode => 3;
}

/// <summary>The run itself failed: NaN, divergence, collapse, full disk (exit code 4). What was written before stays readable.</summary>
public class RunFailedException(string message, Exception? inner = null) : EngineException(message, inner)
{
    /// <inheritdoc/>
    public override int ExitCode => 4;
}

/// <summary>No particles can move by these forces, because they are nearer than the potential allows or forces are no numbers: a failed run, or bad input before the first step.</summary>
public sealed class ForceException(string message) : RunFailedException(message);

/// <summary>Errors of the runtime inside a line of ours.</summary>
public static class ErrorText
{
    /// <summary>What an error says, without line breaks and without its full stop.</summary>
    public static string OneLine(this Exception error) => error.Message.ReplaceLineEndings(" ").TrimEnd('.');
}
