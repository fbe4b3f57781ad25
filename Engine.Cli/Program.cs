using System.Runtime.InteropServices;

namespace Engine.Cli;

/// <summary>The program <c>engine</c>: connects the process to <see cref="Shell"/>.</summary>
internal static partial class Program
{
    private static int Main(string[] args)
    {
        using var stop = new CancellationTokenSource();
        var context = new VerbContext(Console.Out, Console.Error, !Console.IsErrorRedirected, stop.Token);
        var request = new StopRequest(TimeProvider.System, Stop, GiveUp);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive);
        return Shell.Execute(args, context);

        void Receive(PosixSignalContext signal)
        {
            signal.Cancel = true;
            request.Receive();
        }

        void Stop()
        {
            if (context.IsTerminal)
            {
                // The line that shows the progress is not ended.
                context.Error.WriteLine();
            }
            context.Log($"stopping{(args is ["run", ..] or ["ntk", "train", ..] ? ", writing the checkpoint" : "")} (Ctrl-C again after a second gives up)");
            stop.Cancel();
        }
    }

    /// <summary>Without the handlers of libraries, which may wait for what the process is busy with.</summary>
    private static void GiveUp()
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(ExitCode.Interrupted);
        }
        ExitAtOnce(ExitCode.Interrupted);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitAtOnce(int status);
}
