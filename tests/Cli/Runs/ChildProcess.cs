using System.Diagnostics;
using System.Reflection;
using Engine.Cli;
using Engine.Cli.Runs;

namespace Engine.Tests.Cli.Runs;

/// <summary>The program as a process of its own.</summary>
internal static class ChildProcess
{
    public static Process Start(string[] arguments)
    {
        var command = Command(typeof(Shell).Assembly, arguments);
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
    }

    /// <summary>
    /// Starts the program, and disturbs it once its checkpoint was replaced three times. On a busy machine it may have reached its end before: then all over again, a few times.
    /// </summary>
    /// <returns>Its exit code, which is not 0, and what it wrote to standard error.</returns>
    public static (int ExitCode, string Error) Disturb(RunFolder folder, string[] arguments, Action<Process> disturb)
    {
        for (var tries = 0; tries < 10; tries++)
        {
            using var child = Start(arguments);
            if (WaitForCheckpoints(folder, child, 3))
            {
                disturb(child);
            }
            var error = child.StandardError.ReadToEnd();
            child.WaitForExit();
            if (child.ExitCode != 0)
            {
                return (child.ExitCode, error);
            }
            Directory.Delete(folder.Path, recursive: true);
        }
        throw new InvalidOperationException($"{string.Join(' ', arguments)}: was over before it could be disturbed, ten times");
    }

    /// <summary>What starts a program by the dotnet that runs the tests.</summary>
    public static string[] Command(Assembly program, string[] arguments) =>
        [Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", program.Location, .. arguments];

    /// <summary>Waits until the checkpoint was replaced so often; false when the child ended before.</summary>
    public static bool WaitForCheckpoints(RunFolder folder, Process child, int count)
    {
        var last = Stamp();
        for (var seen = 0; seen < count;)
        {
            if (child.HasExited)
            {
                return false;
            }
            Thread.Sleep(1);
            var now = Stamp();
            if (now != last)
            {
                last = now;
                seen++;
            }
        }
        return true;

        long Stamp()
        {
            try
            {
                return File.GetLastWriteTimeUtc(folder.Checkpoint).Ticks;
            }
            catch (IOException)
            {
                return 0;
            }
        }
    }
}
