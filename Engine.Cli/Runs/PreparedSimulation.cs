using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Display;
using Engine.Core.Files;
using Engine.Core.Input;
using Engine.Core.Json;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.IO.Checkpoints;
using Engine.IO.H5md;
using Engine.IO.Structures;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Cli.Runs;

/// <summary>A <see cref="Simulation"/> with everything that records it.</summary>
internal sealed class PreparedSimulation : IPreparedRun
{
    private readonly RunSetup setup;
    private readonly int threads;
    private readonly Workers workers;
    private readonly Device? device;
    private readonly Simulation simulation;
    private SimulationState? resumed;
    private RunFolder? extended;

    /// <param name="setup">What to run.</param>
    /// <param name="threads">Threads of the processor.</param>
    /// <param name="device">Where particles are moved, disposed of with this; null for the processor.</param>
    public PreparedSimulation(RunSetup setup, int threads, Device? device = null)
    {
        this.setup = setup;
        this.threads = threads;
        this.device = device;
        workers = new Workers(threads);
        try
        {
            simulation = new Simulation(setup.Input, setup.Start, setup.Model, workers, device);
        }
        catch
        {
            workers.Dispose();
            device?.Dispose();
            throw;
        }
    }

    public int Atoms => setup.Start.Count;

    public IReadOnlyDictionary<string, string> Methods => setup.Methods;

    public long TotalSteps => RunRecorder.TotalSteps(setup.Input);

    public bool IsFinished => simulation.Stage == setup.Input.Stages.Length;

    public void Restore(RunFolder folder)
    {
        resumed = CheckpointFile.Read(folder.Checkpoint);
        if (setup.Input.IdentityHash() is var identity && identity != resumed.InputHash && InputOf(folder) is { } before && before.IdentityHash() == resumed.InputHash)
        {
            var cut = setup.Input.CutTo(before);
            resumed = cut?.IdentityHash() == resumed.InputHash ? Extended(resumed, before) with { InputHash = identity } : throw OfAnother(folder, before, cut ?? setup.Input);
            extended = folder;
        }
        simulation.Restore(resumed);
    }

    public void Start()
    {
        try
        {
            simulation.Start();
            if (extended is { } folder)
            {
                // Before run.json says that the run is longer, so that one that is killed soon is resumed as that; and not where it cannot go on.
                RunRecorder.Continue(folder.Trajectory, resumed!.Step, setup.Input.Output.Trajectory?.Every, setup.Input.Output.Thermo.Every).Dispose();
                CheckpointFile.Write(folder.Checkpoint, resumed);
            }
        }
        catch (ForceException error) when (resumed is null)
        {
            throw new InputException(setup.Input.System.File is { } file ? $"{file}: {error.Message}" : error.Message, error);
        }
    }

    public RunOutcome Run(RunFolder folder, Action<RunState> report, CancellationToken cancellation)
    {
        var clock = Stopwatch.GetTimestamp();
        var recorder = new RunRecorder(setup.Input, simulation.Units, folder, setup.Start, resumed, report);
        bool completed;
        using (recorder)
        {
            // Those of a shorter run, of one that went on from there and was killed, or of one that failed.
            WholeFile.Delete(folder.FinalFrame);
            WholeFile.Delete(folder.CrashFrame);
            try
            {
                completed = simulation.Run(recorder, cancellation);
            }
            catch (RunFailedException error)
            {
                var isKept = WriteCrashFrame(folder);
                CloseQuietly(recorder);
                if (isKept)
                {
                    throw new RunFailedException($"{error.Message}; the last configuration is in {folder.CrashFrame}", error);
                }
                throw;
            }
        }
        var seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds - (simulation.ForceCheck?.Seconds ?? 0);
        var series = ThermoTable.Read(folder.Trajectory, simulation.Units, Atoms);
        if (completed)
        {
            StructureFile.Write(folder.FinalFrame, simulation.Snapshot());
        }
        var outcome = Outcome(folder, completed, simulation.Step - (resumed?.Step ?? 0), seconds, recorder) with { Stages = StageResult.Of(setup.Input, recorder, series) };
        RunReport.Write(setup, folder, outcome, recorder, series, threads, device?.Description ?? CpuDevice.Describe());
        return outcome with { Outputs = [.. outcome.Outputs, new RunOutput(folder.Report, null)] };
    }

    public void Dispose()
    {
        simulation.Dispose();
        device?.Dispose();
        workers.Dispose();
    }

    private RunOutcome Outcome(RunFolder folder, bool completed, long steps, double seconds, RunRecorder recorder)
    {
        var units = simulation.Units;
        var results = new Dictionary<string, double>();
        if (recorder.Last is { } last)
        {
            results[$"final temperature [{units.TemperatureUnit}]"] = last.Temperature;
            results[$"final potential energy per particle [{units.EnergyUnit}]"] = last.PotentialEnergy / Atoms;
            results[$"final total energy per particle [{units.EnergyUnit}]"] = last.TotalEnergy / Atoms;
            results[$"final pressure [{units.PressureUnit}]"] = last.Pressure;
            results[$"final density [{units.UnitOf(QuantityKind.Density)}]"] = last.Density;
        }
        results[resumed is null ? "neighbour lists built" : "neighbour lists built since the run was resumed"] = simulation.Rebuilds;
        if (simulation.ForceCheck is { } check)
        {
            results["error of the device's forces over their rms"] = check.Error;
            results["particles whose forces were compared with the processor's"] = check.Compared;
        }
        List<RunOutput> outputs = [new(folder.Trajectory, TrajectoryId.Logical(folder.Trajectory)), new(folder.Checkpoint, null)];
        outputs.AddRange(new[] { folder.FinalFrame, folder.Analysis }.Where(File.Exists).Select(file => new RunOutput(file, null)));
        return new RunOutcome(completed, steps, seconds, results, outputs) { StepsBefore = resumed?.Step ?? 0 };
    }

    /// <summary>What the run in a folder was begun with; null where that is not known.</summary>
    private static RunInput? InputOf(RunFolder folder) =>
        RunManifest.Read(folder.Manifest)?["input"] is JsonObject input ? StrictJson.Read<RunInput>(input.ToJsonString(), folder.Manifest) : null;

    /// <summary>The state of a shorter run, where it is done put back into the stage that is longer now.</summary>
    private SimulationState Extended(SimulationState state, RunInput shorter)
    {
        var last = shorter.Stages.Length - 1;
        if (state.Stage <= last || setup.Input.Stages[last].Steps == shorter.Stages[last].Steps)
        {
            return state;
        }
        var start = 0.0;
        foreach (var stage in shorter.Stages[..last])
        {
            start += (stage.Steps ?? 0) * (stage.TimeStep ?? 0);
        }
        return state with { Stage = last, StageStep = shorter.Stages[last].Steps!.Value, StageStartTime = start };
    }

    /// <param name="folder">Where it is.</param>
    /// <param name="before">What it was begun with.</param>
    /// <param name="now">What is asked for, but for what may be longer.</param>
    private static InputException OfAnother(RunFolder folder, RunInput before, RunInput now)
    {
        if (now.MinimisationTimeStep != before.MinimisationTimeStep && now.CutTo(before) is null && before.Stages.Any(s => s.Minimise is not null))
        {
            var unit = before.UnitSystem.TimeUnit;
            return new(string.Create(
                CultureInfo.InvariantCulture,
                $"the checkpoint in {folder.Path} is of a run whose minimisation took a time step of {before.MinimisationTimeStep:G6} {unit}, but now the first stage of dynamics has {now.MinimisationTimeStep:G6} {unit}, with which it would have ended elsewhere; expected the same; give that stage {before.MinimisationTimeStep:G6} {unit}, or start anew with --overwrite"));
        }
        var first = JsonDifference.Between(StrictJson.ToNode(before.Deciding()), StrictJson.ToNode(now.Deciding())).First();
        return new($"the checkpoint in {folder.Path} is of another run: {first}; expected the same input but for title, analysis and output.folder, more steps in a last stage without ramps, or further stages; undo the change, or start anew with --overwrite");
    }

    /// <summary>What cannot be written any more must not hide why the run failed; disposing once more does nothing.</summary>
    private static void CloseQuietly(RunRecorder recorder)
    {
        try
        {
            recorder.Dispose();
        }
        catch (RunFailedException)
        {
        }
    }

    /// <summary>The state in which a run failed is worth keeping, but not at the price of hiding why it failed: false where it cannot be written.</summary>
    private bool WriteCrashFrame(RunFolder folder)
    {
        try
        {
            var frame = simulation.Snapshot();
            // They are of the last evaluation that succeeded, if there was any.
            (frame.Energy, frame.Virial) = (null, null);
            StructureFile.Write(folder.CrashFrame, frame);
            return true;
        }
        catch (Exception error) when (error is EngineException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
