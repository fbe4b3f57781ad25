using System.Runtime.InteropServices;

namespace Engine.Cli;

/// <summary>The program <c>engine</c>: connects the process to <see cref="Shell"/>.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        using var stop = new CancellationTokenSource();
        // The first signal asks the work to end at its next step; a second one finds no handler willing and ends the process.
        void Stop(PosixSignalContext signal)
        {
            if (!stop.IsCancellationRequested)
            {
                signal.Cancel = true;
                stop.Cancel();
            }
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return Shell.Execute(args, new VerbContext(Console.Out, Console.Error, !Console.IsErrorRedirected, stop.Token));
    }
}
