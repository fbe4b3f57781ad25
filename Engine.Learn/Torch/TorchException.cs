using Engine.Kernels.Errors;

namespace Engine.Learn.Torch;

/// <summary>libtorch refused a call (exit code 4); the message is its own text on one line.</summary>
public sealed class TorchException : EngineException
{
    internal TorchException(string operation, string text)
        : base($"libtorch: {operation}: {Line(text)}")
    {
    }

    /// <inheritdoc/>
    public override int ExitCode => 4;

    private static string Line(string text) => string.Join(' ', text.Split((char[])['\n', '\r', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
}
