using Engine.Cli.Runs;
using Engine.IO.H5md;
using Engine.Kernels.Devices;
using Engine.Tests.Core.Potentials;
using Engine.Tests.IO.H5md;

namespace Engine.Tests.Cli.Runs;

/// <summary>Whole runs in this process, in a folder of their own, without the shell around them.</summary>
internal sealed class SmallRun : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string input;
    private int runs;

    public SmallRun(string json)
    {
        input = folder.File("in.json");
        System.IO.File.WriteAllText(input, json);
    }

    /// <summary>A potential file of the examples, as a JSON string.</summary>
    public static string Example(string potential) => $"\"{Path.Combine(Cells.Root, "examples", "potentials", potential + ".json")}\"";

    public string InputFile => input;

    public void Dispose() => folder.Dispose();

    public string File(string name) => folder.File(name);

    /// <summary>Runs to the end; where stops are given, the run is cancelled after so many reports of progress each, and resumed with one thread more or less.</summary>
    public RunTrace Complete(int threads = 1, Func<int>? stops = null, string? device = null, params string[] overrides)
    {
        var path = folder.File($"run{runs++}");
        var existing = ExistingRun.Refuse;
        for (var part = 0; ; part++)
        {
            using var stop = new CancellationTokenSource();
            // Later parts get longer, because a minimisation that is stopped begins again.
            var left = stops is null ? int.MaxValue : stops() * (1 + part / 4);
            using var run = new PreparedSimulation(
                RunSetup.Read(input, overrides), stops is null ? threads : 1 + part % 3, device is null ? null : Device.Open(device));
            using var files = RunFolder.Open(path, existing);
            if (files.Resumes)
            {
                run.Restore(files);
            }
            var outcome = run.Run(
                files,
                _ =>
                {
                    if (--left == 0)
                    {
                        stop.Cancel();
                    }
                },
                stop.Token);
            if (outcome.Completed)
            {
                var trajectory = System.IO.File.Exists(files.Trajectory) ? TrajectoryId.Logical(files.Trajectory) : "";
                return new(path, part, trajectory, System.IO.File.ReadAllBytes(files.Checkpoint), outcome.Results,
                    System.IO.File.Exists(files.Analysis) ? System.IO.File.ReadAllText(files.Analysis) : "");
            }
            existing = ExistingRun.Resume;
        }
    }
}

/// <summary>What a completed run left.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Stops">How often it was stopped.</param>
/// <param name="TrajectoryId">Identity of the trajectory's content.</param>
/// <param name="Checkpoint">Bytes of the last checkpoint: the whole state.</param>
/// <param name="Results">Numbers of the summary.</param>
/// <param name="Analysis">What was measured.</param>
internal sealed record RunTrace(string Folder, int Stops, string TrajectoryId, byte[] Checkpoint, IReadOnlyDictionary<string, double> Results, string Analysis);
