using System.Diagnostics;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Cli.Runs;
using Engine.Core.Json;
using Engine.IO.H5md;
using Engine.IO.Hdf5;
using Engine.Kernels.Devices;
using Engine.Kernels.Threading;
using Engine.Learn.Recording;
using Engine.Learn.Training;

namespace Engine.Cli.Ntk;

/// <summary>A training with its recorders.</summary>
internal sealed class PreparedLearning : IPreparedRun
{
    private readonly Workers workers;
    private readonly Learning learning;
    private long stepsBefore;

    /// <param name="input">What learns.</param>
    /// <param name="threads">Threads of the processor.</param>
    /// <param name="open">Opens the device that computes kernels of so many samples; null is the processor.</param>
    /// <param name="cancellation">Ctrl-C, also in the middle of a kernel.</param>
    public PreparedLearning(LearningInput input, int threads, Func<int, Device?> open, CancellationToken cancellation)
    {
        workers = new(threads);
        try
        {
            learning = new(input, workers, samples => Device = open(samples), cancellation);
        }
        catch
        {
            Device?.Dispose();
            workers.Dispose();
            throw;
        }
    }

    public LearningInput Input => learning.Input;

    /// <summary>Names and shapes of what is learnt.</summary>
    public IEnumerable<(string Name, long[] Shape)> Parameters => learning.Network.Parameters.Select(p => (p.Name, p.Value.shape));

    /// <summary>Files of the data, and SHA-256 of each.</summary>
    public IReadOnlyList<(string Path, string Hash)> Files => learning.Files;

    /// <summary>Where kernels are computed; null for the processor.</summary>
    public Device? Device { get; private set; }

    public int Atoms => 0;

    public string Size =>
        $"{NumberText.Count(learning.Network.ParameterCount, "parameter")}, {NumberText.Count(learning.Samples, Input.Agent is null ? "sample" : "state")}{(learning.TestSamples > 0 ? FormattableString.Invariant($" and {learning.TestSamples} to test") : "")}";

    public long TotalSteps => learning.Trainer.ExpectedSteps;

    public bool IsFinished => learning.Trainer.Moment.IsLast;

    public IEnumerable<string> Estimate() => learning.Estimate();

    public void Restore(RunFolder folder)
    {
        learning.RequireSame(folder.Checkpoint, learning.Trainer.Restore(folder.Checkpoint));
        stepsBefore = learning.Trainer.Step;
    }

    public IEnumerable<string> Libraries => ["torch"];

    /// <summary>All that decides what is computed and recorded.</summary>
    private string Identity => ContentHash.Of(Input with { Title = "", Output = new() });

    public RunOutcome Run(RunFolder folder, Action<RunState> report, CancellationToken cancellation)
    {
        var clock = Stopwatch.GetTimestamp();
        var trainer = learning.Trainer;
        var kept = learning.Kept;
        var texts = new Dictionary<string, string> { ["input"] = Identity, ["title"] = Input.Title };
        var saved = (trainer.Epoch, trainer.Step);
        var completed = true;
        try
        {
            if (folder.Resumes)
            {
                learning.Recording.Continue(folder.Recording, texts, trainer.Moment);
            }
            else
            {
                learning.Recording.Create(folder.Recording, texts);
                // One that is stopped before its first step goes on from there.
                Save();
            }
            trainer.Run(learning.Recording.Recorders, AfterStep, cancellation);
        }
        catch (OperationCanceledException)
        {
            completed = false;
        }
        if (trainer.CanBeSaved)
        {
            Save();
        }
        ModelFile.Write(folder.Model, learning.Network, learning.Encoding);
        learning.Recording.Dispose();
        using var file = ArrayReader.Open(folder.Recording);
        var curves = new LearningCurves(file, trainer.Step, learning.ClassNames);
        var outcome = new RunOutcome(
            completed, trainer.Step - stepsBefore, Stopwatch.GetElapsedTime(clock).TotalSeconds, new Dictionary<string, double>([.. trainer.Facts, .. curves.Telling().Select(t => KeyValuePair.Create(t.Name, t.Last))]),
            [new(folder.Recording, TrajectoryId.Logical(folder.Recording)), new(folder.Model, TrajectoryId.Logical(folder.Model)), new(folder.Checkpoint, null)])
        {
            StepsBefore = stepsBefore,
            OtherWarnings =
            [
                .. trainer.Shortfall is { } shortfall ? [shortfall] : Array.Empty<string>(),
                .. saved.Step < trainer.Step ? [$"stopped within a round, at step {trainer.Step}: --resume goes on from step {saved.Step}, where the last checkpoint was written (output.checkpointEvery)"] : Array.Empty<string>(),
            ],
        };
        LearningReport.Write(Input, folder, outcome, Size, curves, workers.Count);
        return outcome with { Outputs = [.. outcome.Outputs, new(folder.Report, null)] };

        void AfterStep()
        {
            report(new("", (int)trainer.Epoch, (int)trainer.ExpectedEpochs, trainer.Step, trainer.ExpectedSteps, 0, double.NaN, double.NaN, double.NaN)
            {
                Part = Input.Agent is null ? "epoch" : "round",
                Loss = trainer.Loss,
            });
            if (trainer.Epoch - saved.Epoch >= Input.Output.CheckpointEvery)
            {
                Save();
            }
        }

        void Save()
        {
            trainer.Save(folder.Checkpoint, kept);
            saved = (trainer.Epoch, trainer.Step);
        }
    }

    public void Dispose()
    {
        learning.Dispose();
        Device?.Dispose();
        workers.Dispose();
    }
}
