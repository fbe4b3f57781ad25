using Engine.Cli;

namespace Engine.Tests.Cli;

/// <summary>Runs the program in this process and keeps what it wrote.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public static CliRun Of(params string[] args) => Of(CancellationToken.None, args);

    public static CliRun Of(CancellationToken cancellation, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = Shell.Execute(args, new VerbContext(output, error, IsTerminal: false, cancellation));
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>The lines on standard error.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
