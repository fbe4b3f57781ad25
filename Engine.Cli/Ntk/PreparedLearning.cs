using System.Diagnostics;
using System.Globalization;
using Engine.Cli.Display;
using Engine.Cli.Runs;
using Engine.IO.H5md;
using Engine.Kernels.Errors;
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
    /// <param name="cancellation">Ctrl-C, also in the middle of a kernel.</param>
    public PreparedLearning(LearningInput input, int threads, CancellationToken cancellation)
    {
        workers = new(threads);
        try
        {
            learning = new(input, workers, cancellation);
        }
        catch
        {
            workers.Dispose();
            throw;
        }
    }

    public LearningInput Input => learning.Input;

    public int Atoms => 0;

    public string Size => string.Create(
        CultureInfo.InvariantCulture,
        $"{learning.Network.ParameterCount} parameters, {learning.Samples} {(Input.Agent is null ? "samples" : "states")}{(learning.TestSamples > 0 ? $" and {learning.TestSamples} to test" : "")}");

    public long TotalSteps => learning.Trainer.ExpectedSteps;

    /// <summary>What it will take, a line each.</summary>
    public IEnumerable<string> Estimate() => learning.Estimate();

    public void Restore(RunFolder folder)
    {
        learning.Trainer.Restore(folder.Checkpoint);
        stepsBefore = learning.Trainer.Step;
    }

    public RunOutcome Run(RunFolder folder, Action<RunState> report, CancellationToken cancellation)
    {
        var clock = Stopwatch.GetTimestamp();
        var trainer = learning.Trainer;
        var texts = new Dictionary<string, string> { ["title"] = Input.Title, ["input"] = Core.Json.ContentHash.Of(Input) };
        if (folder.Resumes)
        {
            learning.Recording.Continue(folder.Recording, texts, stepsBefore);
        }
        else
        {
            learning.Recording.Create(folder.Recording, texts);
        }
        var saved = trainer.Epoch;
        var completed = true;
        try
        {
            trainer.Run(learning.Recording.Recorders, AfterStep, cancellation);
        }
        catch (OperationCanceledException) when (!learning.Recording.IsCut)
        {
            completed = false;
        }
        trainer.Save(folder.Checkpoint);
        ModelFile.Write(folder.Model, learning.Network);
        learning.Recording.Dispose();
        var outcome = new RunOutcome(completed, trainer.Step - stepsBefore, Stopwatch.GetElapsedTime(clock).TotalSeconds, new Dictionary<string, double> { ["loss of the last batch"] = trainer.Loss },
        [
            new(folder.Recording, TrajectoryId.Logical(folder.Recording)),
            new(folder.Model, TrajectoryId.Logical(folder.Model)),
            new(folder.Checkpoint, null),
        ])
        {
            StepsBefore = stepsBefore,
        };
        LearningReport.Write(Input, folder, outcome, Size, learning.ClassNames, workers.Count);
        return outcome with { Outputs = [.. outcome.Outputs, new(folder.Report, null)] };

        void AfterStep()
        {
            report(new("", (int)trainer.Epoch, (int)trainer.ExpectedEpochs, trainer.Step, trainer.ExpectedSteps, 0, double.NaN, double.NaN, double.NaN)
            {
                Part = Input.Agent is null ? "epoch" : "round",
                Loss = trainer.Loss,
            });
            if (trainer.Epoch - saved >= Input.Output.CheckpointEvery)
            {
                saved = trainer.Epoch;
                trainer.Save(folder.Checkpoint);
            }
        }
    }

    public void Dispose()
    {
        learning.Dispose();
        workers.Dispose();
    }
}
