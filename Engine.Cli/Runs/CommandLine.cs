namespace Engine.Cli.Runs;

/// <summary>Command lines as a user can paste them into a shell.</summary>
internal static class CommandLine
{
    /// <summary>The command with these arguments.</summary>
    public static string Of(IReadOnlyList<string> arguments) => string.Join(' ', arguments.Select(Quote).Prepend("./engine"));

    /// <summary>The command that goes on with a run: the same one, with --resume.</summary>
    public static string ToResume(IReadOnlyList<string> arguments, string folder)
    {
        List<string> command = [.. arguments.Where(a => a is not ("--resume" or "--overwrite"))];
        if (!command.Exists(a => a == "--out" || a.StartsWith("--out=", StringComparison.Ordinal)))
        {
            command.AddRange(["--out", folder]);
        }
        return Of([.. command, "--resume"]);
    }

    private static string Quote(string argument) => argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+@%".Contains(c, StringComparison.Ordinal))
        ? argument
        : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
