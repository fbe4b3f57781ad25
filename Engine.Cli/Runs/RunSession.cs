using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Core.Json;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;

namespace Engine.Cli.Runs;

/// <summary>Everything around a simulation or a training: folder, provenance, progress, summary. However it ends, run.json says so.</summary>
internal sealed class RunSession(VerbContext context, bool json)
{
    /// <summary>A simulation.</summary>
    /// <param name="setup">What the input names.</param>
    /// <param name="inputFile">Where the input came from.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="folder">Run folder.</param>
    /// <param name="existing">What to do where the folder holds a run.</param>
    /// <param name="threads">Threads to compute with.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="prepare">Builds the simulation; every mistake in the input must show here, before the folder is made.</param>
    /// <returns>The exit code.</returns>
    public int Execute(
        RunSetup setup, string inputFile, IReadOnlyList<string> arguments, string folder, ExistingRun existing, int threads, DeviceDescription device,
        Func<IPreparedRun> prepare)
    {
        using var prepared = prepare();
        return Execute(new(setup.Input.Title, StrictJson.ToNode(setup.Input), ContentHash.Of(setup.Input), inputFile, setup.Input.Folder, setup.Files), arguments, folder, existing, threads, device, prepared);
    }

    /// <summary>Anything that is prepared.</summary>
    /// <inheritdoc cref="Execute(RunSetup, string, IReadOnlyList{string}, string, ExistingRun, int, DeviceDescription, Func{IPreparedRun})"/>
    public int Execute(
        RunIdentity input, IReadOnlyList<string> arguments, string folder, ExistingRun existing, int threads, DeviceDescription device, IPreparedRun prepared)
    {
        if (existing != ExistingRun.Resume)
        {
            Start(prepared);
        }
        using var files = RunFolder.Open(folder, existing);
        var earlier = files.Resumes ? RunManifest.Read(files.Manifest) : null;
        if (files.Resumes)
        {
            Restore(prepared, files, earlier);
            // One that was killed between its last checkpoint and its report has that to do.
            if (prepared.IsFinished && (string?)earlier?["state"] == "done")
            {
                return LeaveAlone(files, earlier!);
            }
        }
        if (existing == ExistingRun.Resume)
        {
            Start(prepared);
        }
        var manifest = new RunManifest(
            files.Manifest, input.Document, input.Hash, input.File, input.Folder, input.Files, arguments, threads, device,
            prepared.Methods, earlier, prepared.Libraries);
        manifest.Begin();
        context.Log(string.Create(
            CultureInfo.InvariantCulture,
            $"{(input.Title.Length > 0 ? input.Title + ": " : "")}{prepared.Size}, {prepared.TotalSteps} steps, {NumberText.Count(threads, "thread")}, on {device.Address} ({device.Name}), into {files.Path}"));
        RunOutcome outcome;
        try
        {
            outcome = RunProgress.Show(context, progress => prepared.Run(files, s => progress.Report(s), context.Cancellation));
        }
        catch (OperationCanceledException)
        {
            manifest.TryEnd("interrupted");
            throw;
        }
        catch (Exception error)
        {
            manifest.TryEnd("failed", error is EngineException ? error.Message : $"internal error: {error.Message}");
            throw;
        }
        var results = outcome.ToJson(prepared.Atoms, manifest.EarlierSeconds);
        foreach (var output in outcome.Outputs)
        {
            manifest.AddOutput(output.Path, output.ContentId);
        }
        manifest.SetResults(results);
        manifest.End(outcome.Completed ? "done" : "interrupted");
        Summarise(files, outcome, prepared.Atoms, results);
        foreach (var warning in outcome.AllWarnings)
        {
            context.Log($"warning: {warning}");
        }
        if (!outcome.Completed)
        {
            context.Log($"stopped; everything so far is in {files.Path}, go on with: {(context.Parts is null ? CommandLine.ToResume(arguments, files.Path) : CommandLine.Of(arguments))}");
            return ExitCode.Interrupted;
        }
        return ExitCode.Done;
    }

    private void Start(IPreparedRun prepared)
    {
        foreach (var line in prepared.Estimate())
        {
            context.Log(line);
        }
        prepared.Start();
    }

    /// <summary>A run that is done stays as it is; a machine is told its results again.</summary>
    private int LeaveAlone(RunFolder files, JsonObject manifest)
    {
        context.Log($"the run in {files.Path} is done, there is nothing to resume; its results are in {files.Manifest}, --overwrite runs it again");
        if (json)
        {
            WriteJson(files, manifest["results"], RunManifest.OutputsIn(manifest, files.Path));
        }
        return ExitCode.Done;
    }

    /// <summary>Goes on from the checkpoint; where the input is another one, says how the run was started.</summary>
    private static void Restore(IPreparedRun prepared, RunFolder files, JsonObject? earlier)
    {
        try
        {
            prepared.Restore(files);
        }
        catch (InputException error) when (earlier?["arguments"] is JsonArray arguments)
        {
            throw new InputException($"{error.Message}; it was started by: {CommandLine.Of([.. arguments.Select(a => (string)a!)])}", error);
        }
    }

    private void WriteJson(RunFolder files, JsonNode? results, IEnumerable<RunOutput> outputs) => JsonOutput.Write(context, new JsonObject
    {
        ["folder"] = files.Path,
        ["manifest"] = files.Manifest,
        ["results"] = results?.DeepClone(),
        ["outputs"] = new JsonArray([.. outputs.Select(o => new JsonObject { ["path"] = o.Path, ["contentId"] = o.ContentId })]),
    });

    private void WriteStages(IReadOnlyList<StageResult> stages)
    {
        string[] columns = [.. stages.SelectMany(s => s.Means).Select(m => m.Name).Distinct()];
        var table = new TextTable(["mean of stage", .. columns]);
        foreach (var stage in stages)
        {
            table.Add([stage.Name, .. columns.Select(c => stage.Means.FirstOrDefault(m => m.Name == c)?.Text ?? "-")]);
        }
        table.Write(context.Output);
    }

    private void Summarise(RunFolder files, RunOutcome outcome, int atoms, JsonObject results)
    {
        if (json)
        {
            WriteJson(files, results, outcome.Outputs);
            return;
        }
        var table = new TextTable("result", "value");
        table.Add("steps", outcome.StepsText);
        table.Add("wall time", RunProgress.Elapsed(outcome.Seconds));
        table.Add("rate", $"{RunProgress.Rate(outcome.StepsPerSecond)} steps/s{(atoms > 0 ? $", {RunProgress.Rate(outcome.StepsPerSecond * atoms)} atom-steps/s" : "")}");
        foreach (var (name, value) in outcome.Results)
        {
            table.Add(name, value.ToString("G7", CultureInfo.InvariantCulture));
        }
        foreach (var output in outcome.Outputs)
        {
            table.Add(output.Path, output.ContentId is null ? "" : $"content {output.ContentId}");
        }
        table.Add(files.Manifest, "every parameter, version and content id");
        table.Write(context.Output);
        StageResult[] stages = [.. outcome.Stages.Where(s => s.Means.Count > 0)];
        if (stages.Length > 0)
        {
            context.Output.WriteLine();
            WriteStages(stages);
        }
    }
}
