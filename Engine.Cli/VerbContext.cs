using Engine.Cli.Display;

namespace Engine.Cli;

/// <summary>Where a verb writes and what may stop it.</summary>
/// <param name="Output">Results: text for people, or one JSON object.</param>
/// <param name="Error">Progress, warnings and the one line of an error.</param>
/// <param name="IsTerminal">Whether <paramref name="Error"/> can redraw a line.</param>
/// <param name="Cancellation">Set by Ctrl-C.</param>
internal sealed record VerbContext(TextWriter Output, TextWriter Error, bool IsTerminal, CancellationToken Cancellation)
{
    /// <summary>The command line, for provenance.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The bar that this work is a part of; null where it has one of its own.</summary>
    public PartProgress? Parts { get; init; }

    /// <summary>One line on <see cref="Error"/>, marked as coming from this program.</summary>
    public void Log(string line) => Error.WriteLine($"engine: {line}");
}
