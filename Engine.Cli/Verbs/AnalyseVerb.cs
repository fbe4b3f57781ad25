using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Cli.Runs;
using Engine.Core.Analysis;
using Engine.Core.Input;
using Engine.Core.Json;
using Engine.Core.Units;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Cli.Verbs;

[Example("./engine analyse runs/hfo2-melt-quench --frames 200:", "what the run's input asks for, from frame 200 on")]
[Example("./engine analyse frames.extxyz --units metal --settings analysis.json --out report", "a file, with the analysis section of a run input")]
[Verb("analyse", HelpText = "Radial distribution, bond angles, structure factor, diffusion of a trajectory; writes analysis.json and report.html.")]
internal sealed class AnalyseVerb : Verb
{
    [Value(0, MetaName = "FOLDER|FILE", Required = true, HelpText = "Run folder, trajectory (.h5) or structure file (.extxyz).")]
    public string Target { get; set; } = "";

    [Option("settings", MetaValue = "FILE", HelpText = "What to measure: the analysis section of a run input (default: that of the run, else everything).")]
    public string? Settings { get; set; }

    [Option("frames", MetaValue = "FIRST:LAST[:STRIDE]", HelpText = "Frames to use, LAST not included (default: all).")]
    public string? Frames { get; set; }

    [Option("units", MetaValue = "NAME", HelpText = "Units of a file that does not name them: lj, metal, micro, si (default: metal).")]
    public string? Units { get; set; }

    [Option("out", MetaValue = "FOLDER", HelpText = "Where to write (default: beside the trajectory).")]
    public string? Out { get; set; }

    public override int Execute(VerbContext context)
    {
        var range = Frames is null ? FrameRange.All : FrameRange.Parse(Frames);
        var file = FrameSource.TrajectoryOf(Target);
        var run = Directory.Exists(Target) ? RunManifest.Read(RunFolder.At(Target).Manifest) : null;
        var units = UnitsOf(file, run);
        var folder = Out ?? Path.GetDirectoryName(Path.GetFullPath(file))!;
        var settings = SettingsOf(run, units);
        using var workers = new Workers(ThreadCount);
        long count = 0;
        var set = settings is null ? null : Measurements.Create(settings, units);
        foreach (var frame in FrameSource.Read(file, range, new StructureReadOptions { Units = units, Notice = context.Log }))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            set ??= Measurements.Create(Measurements.Default(frame.Velocities is not null), units);
            set.Add(frame, workers);
            count++;
        }
        if (set is null || count == 0)
        {
            throw new InputException($"{file} has no frame in the range {Frames ?? "0:"}; expected at least one");
        }
        var results = set.Results(workers);
        Write(folder, file, count, run, results);
        Show(context, folder, count, results);
        return ExitCode.Done;
    }

    private UnitSystem UnitsOf(string file, JsonObject? run)
    {
        if (Units is not null)
        {
            return UnitSystem.Named(Units);
        }
        if (run?["input"] is JsonObject input && (string?)input["units"] is { } name)
        {
            return UnitSystem.Named(name, (string?)input["constants"]);
        }
        return FrameSource.UnitsOf(file) ?? UnitSystem.Metal;
    }

    /// <summary>Null: decided by the first frame.</summary>
    private AnalysisInput? SettingsOf(JsonObject? run, UnitSystem units)
    {
        if (Settings is not null)
        {
            return StrictJson.ReadFile<AnalysisInput>(Settings, units);
        }
        return run?["input"]?["analysis"] is JsonObject analysis ? StrictJson.Read<AnalysisInput>(analysis, "run.json", units) : null;
    }

    private static void Write(string folder, string file, long count, JsonObject? run, IReadOnlyList<AnalysisResult> results)
    {
        try
        {
            Directory.CreateDirectory(folder);
            TextOutput.Write(Path.Combine(folder, "analysis.json"), JsonOutput.Format(ToJson(results)));
            ReportWriter.Write(
                new ReportModel
                {
                    Title = (string?)run?["input"]?["title"] is { Length: > 0 } title ? title : Path.GetFileName(file),
                    Summary = string.Create(CultureInfo.InvariantCulture, $"Analysis of {count} frames of {Path.GetFileName(file)}."),
                    Results = results,
                    Parameters = run?["input"]?.DeepClone(),
                    Provenance = [new("engine", Shell.Version), new("trajectory", Path.GetFullPath(file))],
                },
                Path.Combine(folder, "report.html"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"the analysis cannot be written to {folder}: {error.Message} Choose another with --out FOLDER", error);
        }
    }

    private void Show(VerbContext context, string folder, long count, IReadOnlyList<AnalysisResult> results)
    {
        if (Json)
        {
            JsonOutput.Write(context, new JsonObject { ["folder"] = folder, ["frames"] = count, ["results"] = ToJson(results) });
            return;
        }
        var table = new TextTable("analysis", "quantity", "value", "error", "unit");
        foreach (var result in results)
        {
            foreach (var s in result.Scalars)
            {
                table.Add(result.Title, s.Name, Text(s.Value), s.Error is { } error ? Text(error) : "", s.Unit);
            }
        }
        table.Write(context.Output);
        foreach (var note in results.Where(r => r.Scalars.Count == 0 && r.Plots.Count == 0).SelectMany(r => r.Notes.Select(n => $"{r.Title}: {n}")))
        {
            context.Log(note);
        }
        context.Output.WriteLine($"{count} frame{(count == 1 ? "" : "s")}; {Path.Combine(folder, "report.html")} and analysis.json hold the curves");
    }

    private static JsonArray ToJson(IReadOnlyList<AnalysisResult> results) => new([.. results.Select(r => JsonNode.Parse(r.ToJson()))]);

    private static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
