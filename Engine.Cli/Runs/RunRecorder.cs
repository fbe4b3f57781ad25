using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Cli.Display;
using Engine.Core.Analysis;
using Engine.Core.Dynamics;
using Engine.Core.Files;
using Engine.Core.Input;
using Engine.Core.Json;
using Engine.Core.Particles;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.IO.Checkpoints;
using Engine.IO.H5md;
using Engine.Kernels.Errors;

namespace Engine.Cli.Runs;

/// <summary>Writes down what a simulation shows: trajectory, thermodynamic table, measurements, checkpoints, progress.</summary>
internal sealed class RunRecorder : ISimulationObserver, IDisposable
{
    /// <summary>What measurements have gathered is part of the checkpoint of a run that is stopped, and up to this of those on the way [bytes]: more would cost a run more than its trajectory.</summary>
    private const long MostGatheredOnTheWay = 64 << 20;

    /// <summary>What is known of stages takes less [bytes].</summary>
    private const int OwnRoom = 1 << 20;

    private readonly RunInput input;
    private readonly UnitSystem units;
    private readonly RunFolder folder;
    private readonly int atoms;
    private readonly Action<RunState> report;
    private readonly H5mdWriter trajectory;
    private readonly AnalysisThread analysisThread = new();
    private readonly List<(int Stage, long Steps, AnalysisResult Result)> results = [];
    private readonly SimulationState? resumed;
    private readonly Configuration start;
    private readonly StateStream? saved;
    private readonly string analysisHash;
    private readonly int measuredStage = -1;
    private StageAnalysis? analysis;
    private byte[] gatheredAtEnd = [];
    private FireProgress minimised;
    private RunState state;
    private long stepsBeforeStage;
    private long stageStart;
    private long stageClock = Stopwatch.GetTimestamp();

    /// <param name="input">The resolved input.</param>
    /// <param name="units">Its units.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="start">A frame that shows the particles.</param>
    /// <param name="resumed">The checkpoint that the run goes on from, null for a new run.</param>
    /// <param name="report">Told where the run is, at every step.</param>
    public RunRecorder(RunInput input, UnitSystem units, RunFolder folder, Configuration start, SimulationState? resumed, Action<RunState> report)
    {
        this.input = input;
        this.units = units;
        this.folder = folder;
        this.report = report;
        this.resumed = resumed;
        this.start = start;
        analysisHash = input.Analysis is null ? "" : ContentHash.Of(input.Analysis);
        atoms = start.Count;
        state = new("start", 0, input.Stages.Length, 0, TotalSteps(input), atoms, double.NaN, double.NaN, double.NaN);
        if (resumed is not null)
        {
            if (File.Exists(folder.Analysis))
            {
                // Those of a stage that is longer now are not of what it will be.
                results.AddRange(ReadResults(folder.Analysis).Where(
                    r => r.Stage < input.Stages.Length && IsMeasured(r.Stage) && !(r.Stage == resumed.Stage && r.Steps != Length(input.Stages[r.Stage]))));
            }
            MemoryMarshal.TryGetArray(resumed.Recording, out var bytes);
            saved = new(new MemoryStream(bytes.Array ?? [], bytes.Offset, bytes.Count), reads: true);
            Exchange(saved);
            measuredStage = saved.Value(0);
        }
        var frames = input.Output.Trajectory;
        trajectory = resumed is not null
            ? Continue(folder.Trajectory, resumed.Step, frames?.Every, input.Output.Thermo.Every)
            : H5mdWriter.Create(folder.Trajectory, start, new()
            {
                Units = units,
                Precision = frames?.Precision == StoredPrecision.Double ? TrajectoryPrecision.Double : TrajectoryPrecision.Single,
                Velocities = frames?.Velocities == true,
                Forces = frames?.Forces == true,
                Images = frames?.Images == true,
                Masses = true,
                Observables = [ThermoTable.Stream(units)],
            });
        if (resumed is not null && File.Exists(folder.Analysis))
        {
            WriteResults();
        }
    }

    /// <summary>What was measured in the stages that are done.</summary>
    public IReadOnlyList<AnalysisResult> Results => [.. results.Select(r => r.Result)];

    /// <summary>The last row of the thermodynamic table, or null.</summary>
    public ThermoSample? Last { get; private set; }

    /// <summary>Facts of the stages that are done, by stage index.</summary>
    public Dictionary<int, StageRecord> Stages { get; } = [];

    /// <summary>Steps of all stages; a minimisation counts its upper limit.</summary>
    public static long TotalSteps(RunInput input) => input.Stages.Sum(Length);

    public void StageStarted(int index, StageInput stage, long step)
    {
        var done = index == resumed?.Stage ? resumed.StageStep : 0;
        stepsBeforeStage = input.Stages.Take(index).Sum(Length);
        stageStart = step - done;
        stageClock = Stopwatch.GetTimestamp();
        state = state with { Stage = NameOf(index), StageNumber = index + 1, Step = stepsBeforeStage + done };
        report(state);
        analysis = null;
        if (input.Analysis is { } wanted && IsToBeMeasured(index))
        {
            var goesOn = index == resumed?.Stage && index == measuredStage && saved!.Text("") == analysisHash;
            var note = done == 0 || goesOn ? null
                : $"measured from step {step} on, where the run was resumed: with another analysis, or after more had been gathered than its checkpoint has room for";
            analysis = new StageAnalysis(NameOf(index), wanted, units, note);
            if (goesOn)
            {
                analysis.Exchange(saved!, start);
                saved!.RequireEnd();
            }
        }
    }

    public FrameContents WantedFrame(long step)
    {
        var contents = FrameContents.None;
        if (TrajectoryDue(step))
        {
            contents |= FrameContents.Positions;
            contents |= input.Output.Trajectory!.Velocities ? FrameContents.Velocities : FrameContents.None;
            contents |= input.Output.Trajectory!.Forces ? FrameContents.Forces : FrameContents.None;
        }
        return contents | (analysis?.Wants(step) ?? FrameContents.None);
    }

    public PairRange CountedPairs => analysis?.CountedPairs ?? default;

    public void FrameTaken(Configuration frame)
    {
        if (TrajectoryDue(frame.Step) && frame.Step > trajectory.LastFrame)
        {
            trajectory.Append(frame);
        }
        if (analysis is not null && analysis.Wants(frame.Step) != FrameContents.None)
        {
            analysisThread.Add(analysis, frame);
        }
    }

    public void Sampled(in ThermoSample sample)
    {
        Last = sample;
        // A run that was stopped before its first step shows that step again.
        if (sample.Step > trajectory.LastSample(0))
        {
            ThermoTable.Append(trajectory, in sample);
        }
        state = state with { Temperature = sample.Temperature, Pressure = sample.Pressure, Density = sample.Density };
    }

    public void Stepped(long step, double temperatureTarget)
    {
        state = state with { Step = stepsBeforeStage + step - stageStart };
        report(state);
    }

    public void Minimised(FireProgress progress)
    {
        minimised = progress;
        state = state with { Step = stepsBeforeStage + progress.Steps };
        report(state);
    }

    public void StageFinished(int index, StageInput stage, in ThermoSample sample)
    {
        Last = sample;
        var whole = index != resumed?.Stage || resumed.StageStep == 0;
        Stages[index] = new(
            sample.Step - stageStart, whole ? Stopwatch.GetElapsedTime(stageClock).TotalSeconds : null, sample.PotentialEnergy, sample.Density,
            stage.Minimise is null ? null : minimised);
        if (analysis is null)
        {
            return;
        }
        analysisThread.Drain();
        if (index == input.Stages.Length - 1)
        {
            // For a run that is made longer: before results are drawn from it.
            using var gathered = new MemoryStream();
            Gather(gathered, index, MostGatheredOnTheWay);
            gatheredAtEnd = gathered.ToArray();
        }
        results.RemoveAll(r => r.Stage == index);
        results.AddRange(analysis.Results().Select(result => (index, Length(stage), result)));
        analysis = null;
        WriteResults();
    }

    public void CheckpointTaken(SimulationState checkpoint, bool isLast)
    {
        trajectory.Flush();
        analysisThread.Drain();
        using var recording = new MemoryStream();
        Exchange(new StateStream(recording, reads: false));
        if (gatheredAtEnd.Length > 0)
        {
            recording.Write(gatheredAtEnd);
        }
        else
        {
            Gather(recording, checkpoint.Stage, isLast ? CheckpointFile.RoomFor(checkpoint) - OwnRoom : MostGatheredOnTheWay);
        }
        CheckpointFile.Write(folder.Checkpoint, checkpoint with { Recording = recording.GetBuffer().AsMemory(0, (int)recording.Length) });
    }

    /// <summary>Writes what was measured of the stage under way and how, or that there is nothing of that or too much [bytes].</summary>
    private void Gather(MemoryStream gathered, int stage, long most)
    {
        var size = new StateStream(Stream.Null, reads: false);
        analysis?.Exchange(size, start);
        var measured = size.Bytes <= most ? analysis : null;
        if (measured is not null)
        {
            gathered.Capacity = checked((int)(gathered.Length + size.Bytes + OwnRoom));
        }
        var writer = new StateStream(gathered, reads: false);
        writer.Value(measured is null ? -1 : stage);
        writer.Text(measured is null ? "" : analysisHash);
        measured?.Exchange(writer, start);
    }

    public void Dispose()
    {
        analysisThread.Dispose();
        trajectory.Dispose();
    }

    /// <summary>Whether a stage is one to measure in; all are that where nothing is asked for.</summary>
    public bool IsMeasured(int stage) => input.Analysis switch
    {
        null => true,
        { Stages: { } names } => names.Contains(input.Stages[stage].Name),
        _ => stage == Array.FindLastIndex(input.Stages, s => s.Minimise is null),
    };

    public string NameOf(int stage) => input.Stages[stage].Name is { Length: > 0 } name ? name : $"stage {stage + 1}";

    /// <summary>What is known of stages that are done. Not how long they took: equal runs have equal checkpoints.</summary>
    private void Exchange(StateStream state)
    {
        List<KeyValuePair<int, StageRecord>> done = [.. Stages.OrderBy(s => s.Key)];
        state.List(done, default, one =>
        {
            var (steps, energy, density) = (state.Value(one.Value.Steps), state.Value(one.Value.PotentialEnergy), state.Value(one.Value.Density));
            FireProgress? minimised = one.Value.Minimised;
            if (state.Value(minimised is not null))
            {
                var (iterations, converged, force, deviation, pressure) = minimised ?? default;
                minimised = new(state.Value(iterations), state.Value(converged), state.Value(force), state.Value(deviation), state.Value(pressure));
            }
            return new(state.Value(one.Key), new(steps, null, energy, density, minimised));
        });
        // A stage that a run was made longer in is not done any more.
        foreach (var (index, record) in done.Where(d => d.Key < (resumed?.Stage ?? 0)))
        {
            Stages.TryAdd(index, record);
        }
    }

    /// <summary>The trajectory up to a checkpoint, with everything in it that the run had shown by then.</summary>
    /// <exception cref="InputException">It is damaged, or ends before the checkpoint.</exception>
    internal static H5mdWriter Continue(string path, long step, int? frameInterval, int rowInterval)
    {
        var trajectory = H5mdWriter.OpenAppend(path, step);
        var frame = frameInterval is { } interval ? step - step % interval : trajectory.LastFrame;
        var row = step - step % rowInterval;
        // A run that was stopped before its first step has shown that step or not.
        if (step == 0 || (trajectory.LastFrame == frame && trajectory.LastSample(0) == row))
        {
            return trajectory;
        }
        var (what, found, expected) = trajectory.LastFrame != frame
            ? ("frame", trajectory.LastFrame, frame)
            : ("row of observables", trajectory.LastSample(0), row);
        trajectory.Dispose();
        throw new InputException(
            $"{path} lacks what came before the checkpoint of step {step}: its last {what} is {(found < 0 ? "missing" : $"of step {found}")}, expected step {expected}; start anew with --overwrite");
    }

    private void WriteResults()
    {
        if (results.Count == 0)
        {
            WholeFile.Delete(folder.Analysis);
            return;
        }
        WholeFile.WriteText(folder.Analysis, JsonOutput.Format(new JsonArray([.. results.Select(r => ToJson(r.Stage, r.Steps, r.Result))])));
    }

    private static JsonNode ToJson(int stage, long steps, AnalysisResult result)
    {
        var node = JsonNode.Parse(result.ToJson())!;
        (node["stage"], node["stageSteps"]) = (stage, steps);
        return node;
    }

    /// <summary>What was measured of stages that were gone through whole; one that is gone through again from a checkpoint is not measured again, unless it is longer now.</summary>
    /// <exception cref="InputException">They cannot be read.</exception>
    private static IEnumerable<(int Stage, long Steps, AnalysisResult Result)> ReadResults(string path)
    {
        try
        {
            return
            [
                .. JsonNode.Parse(File.ReadAllText(path))!.AsArray().Select(node =>
                    ((int?)node!["stage"] ?? throw new JsonException("a result names no stage"), (long?)node["stageSteps"] ?? -1, AnalysisResult.FromJson(node.ToJsonString()))),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new InputException($"{path} cannot be read ({error.Message.ReplaceLineEndings(" ")}); delete it to go on without what was measured so far", error);
        }
    }

    private static long Length(StageInput stage) => stage.Minimise?.MaximumSteps ?? stage.Steps!.Value;

    private bool TrajectoryDue(long step) => input.Output.Trajectory is { } frames && step % frames.Every == 0;

    /// <summary>A stage that was measured whole before the run went back to a checkpoint inside it has its results already.</summary>
    private bool IsToBeMeasured(int index) => input.Stages[index].Minimise is null && !results.Exists(r => r.Stage == index) && IsMeasured(index);
}
