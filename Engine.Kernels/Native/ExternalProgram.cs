using System.Diagnostics;

namespace Engine.Kernels.Native;

/// <summary>Other programs: peers of benchmarks, oracles.</summary>
public static class ExternalProgram
{
    /// <summary>Full path of the first of these programs that is on PATH; null where none is.</summary>
    public static string? Find(params string[] names) =>
        (from name in names
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         let path = Path.Combine(folder, name)
         where File.Exists(path)
         select path).FirstOrDefault();

    /// <summary>Runs a program to its end and returns its status and everything it printed.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="folder">Where it starts; null: here.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <param name="oneThread">Whether it is told to use one thread, where it would use all.</param>
    public static (int ExitCode, string Output) Run(string program, IEnumerable<string> arguments, string? folder, CancellationToken cancellation = default, bool oneThread = false)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        if (oneThread)
        {
            start.Environment["OMP_NUM_THREADS"] = "1";
        }
        using var process = Process.Start(start)!;
        using var stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    /// <summary>The last line of an output that is not empty.</summary>
    public static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [.., var last] ? last : "(no output)";
}
