using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Engine.Kernels.Errors;

namespace Engine.Kernels.Native;

/// <summary>Other programs: peers of benchmarks, oracles.</summary>
public static class ExternalProgram
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>How long the output of a program that has ended is waited for [ms].</summary>
    private const int LastWords = 2000;

    /// <summary>Full path of the first of these programs that is on PATH; null where none is.</summary>
    public static string? Find(params string[] names) =>
        (from name in names
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         let path = Path.Combine(folder, name)
         where File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != 0)
         select path).FirstOrDefault();

    /// <summary>Runs a program to its end and returns its status and everything it printed; what it has started and left behind is not waited for.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="folder">Where it starts; null: here.</param>
    /// <param name="cancellation">Kills it and what it started.</param>
    /// <param name="oneThread">Whether it is told to use one thread, where it would use all.</param>
    /// <param name="limit">Longest time that it may take; null for any.</param>
    /// <exception cref="RunFailedException">It cannot be started, or took longer than the limit.</exception>
    public static (int ExitCode, string Output) Run(
        string program, IEnumerable<string> arguments, string? folder, CancellationToken cancellation = default, bool oneThread = false, TimeSpan? limit = null)
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
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var process = Start(start);
        using var stop = patience.Token.Register(() => Kill(process));
        patience.CancelAfter(limit ?? Timeout.InfiniteTimeSpan);
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        var reading = new[] { Collect(process.StandardOutput, output), Collect(process.StandardError, errors) };
        try
        {
            process.WaitForExitAsync(patience.Token).GetAwaiter().GetResult();
            // What it has started may hold the output open after its end.
            Task.WaitAll(reading, LastWords, patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Told below: what was killed may also have ended in time for this wait.
        }
        cancellation.ThrowIfCancellationRequested();
        if (patience.IsCancellationRequested)
        {
            throw new RunFailedException(FormattableString.Invariant($"{Path.GetFileName(program)} did not end within {limit!.Value.TotalSeconds:0.###} s and was stopped"));
        }
        return (process.ExitCode, Text(output) + Text(errors));

        static string Text(StringBuilder text)
        {
            lock (text)
            {
                return text.ToString();
            }
        }
    }

    private static async Task Collect(StreamReader from, StringBuilder to)
    {
        var buffer = new char[4096];
        try
        {
            for (int count; (count = await from.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
            {
                lock (to)
                {
                    to.Append(buffer, 0, count);
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The program has ended, and nobody waits for more.
        }
    }

    /// <summary>The last line of an output that is not empty.</summary>
    public static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [.., var last] ? last : "(no output)";

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new RunFailedException($"{start.FileName} cannot be started ({error.OneLine()}); expected a program that this machine can run", error);
        }
    }

    /// <summary>It may have ended by itself.</summary>
    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
        }
    }
}
