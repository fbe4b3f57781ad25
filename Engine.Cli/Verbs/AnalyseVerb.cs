using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Cli.Runs;
using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Input;
using Engine.Core.Json;
using Engine.Core.Observables;
using Engine.Core.Units;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Cli.Verbs;

[Example("./engine analyse runs/hfo2-melt-quench --frames 200:", "what the run's input asks for, from frame 200 on")]
[Example("./engine analyse frames.extxyz --units metal --settings analysis.json --out report", "a file, with the analysis section of a run input")]
[Example("./engine analyse runs/hfo2-melt-quench --stages all --svg figures --json", "every stage on its own, figures as files")]
[Verb("analyse", HelpText = "Radial distribution, bond angles, structure factor, diffusion of a trajectory, stage by stage; writes analysis.json and report.html.")]
internal sealed class AnalyseVerb : Verb
{
    [Value(0, MetaName = "FOLDER|FILE", Required = true, HelpText = "Run folder, trajectory (.h5) or structure file (.extxyz).")]
    public string Target { get; set; } = "";

    [Option("settings", MetaValue = "FILE", HelpText = "What to measure: the analysis section of a run input (default: that of the run, else everything).")]
    public string? Settings { get; set; }

    [Option("frames", MetaValue = "FIRST:LAST[:STRIDE]", HelpText = "Frames to use, LAST not included (default: all).")]
    public string? Frames { get; set; }

    [Option("stages", MetaValue = "NAME,NAME|all", HelpText = "Stages to measure, each on its own (default: those of the analysis section, else the last; of a file without run.json, all).")]
    public string? Stages { get; set; }

    [Option("svg", MetaValue = "FOLDER", HelpText = "Write every plot as an SVG file into this folder.")]
    public string? Svg { get; set; }

    [Option("units", MetaValue = "NAME", HelpText = "Units of a file that does not name them: lj, metal, micro, si (default: metal).")]
    public string? Units { get; set; }

    [Option("out", MetaValue = "FOLDER", HelpText = "Where to write (default: a folder \"analysis\" beside the trajectory).")]
    public string? Out { get; set; }

    public override int Execute(VerbContext context)
    {
        var range = Frames is null ? FrameRange.All : FrameRange.Parse(Frames);
        var file = FrameSource.TrajectoryOf(Target);
        var run = Directory.Exists(Target) ? RunManifest.Read(RunFolder.At(Target).Manifest) : null;
        var units = UnitsOf(file, run);
        var folder = Out ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, "analysis");
        var settings = SettingsOf(run, units);
        var map = StageMap.Of(run, file);
        var wanted = Wanted(map, settings, run);
        using var workers = new Workers(ThreadCount);
        long count = 0;
        // Key "": frames of a file that knows no stages.
        var sets = new Dictionary<string, ObservableSet>();
        var framesOf = new Dictionary<string, long>();
        foreach (var frame in FrameSource.Read(file, range, new StructureReadOptions { Units = units, Notice = notice => context.Log($"warning: {notice}") }))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var stage = map is null ? "" : map.At(frame.Step);
            if (stage is null)
            {
                continue;
            }
            framesOf[stage] = framesOf.GetValueOrDefault(stage) + 1;
            if (!wanted.Contains(stage))
            {
                continue;
            }
            if (!sets.TryGetValue(stage, out var set))
            {
                sets[stage] = set = Measurements.Create(settings ?? Measurements.Default(frame.Velocities is not null), units, leaveOutWhatFails: true);
            }
            set.Add(frame, workers);
            count++;
        }
        if (count == 0)
        {
            throw new InputException(NoFrames(file, map, wanted, framesOf));
        }
        List<AnalysisResult> results = [];
        foreach (var stage in wanted.Where(sets.ContainsKey))
        {
            results.AddRange(sets[stage].Results(workers).Select(r => stage.Length == 0 ? r : r with { Title = $"{stage}: {r.Title}" }));
        }
        RequireAny(results);
        Write(folder, file, count, run, results);
        Warn(context, results);
        var figures = Svg is null ? [] : WriteFigures(Svg, results);
        Show(context, folder, count, results, figures);
        return ExitCode.Done;
    }

    /// <summary>Why there is nothing to measure, and what there is instead.</summary>
    private string NoFrames(string file, StageMap? map, IReadOnlyList<string> wanted, Dictionary<string, long> framesOf)
    {
        var all = Frames is null ? "" : $" in the range {Frames}";
        if (map is null || framesOf.Count == 0)
        {
            return $"{file} has no frame{all}; expected at least one, output.trajectory of a run's input asks for them";
        }
        var present = map.Names.Where(framesOf.ContainsKey).ToList();
        var counts = present.Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} ({framesOf[name]})"));
        return $"{file} has no frame of {string.Join(", ", wanted)}{all}; frames are there of {string.Join(", ", counts)}: --stages {QuotedForShell(present[^1])} measures those";
    }

    private static string QuotedForShell(string name) => name.All(char.IsLetterOrDigit) ? name : $"'{name}'";

    /// <summary>The shape of the cell is in every frame; it alone is not what was asked for.</summary>
    /// <exception cref="InputException">Nothing could be measured; the first reason.</exception>
    private static void RequireAny(IReadOnlyList<AnalysisResult> results)
    {
        var asked = results.Where(r => r.Name != CellShape.ResultName).ToList();
        if (asked.Count > 0 && asked.TrueForAll(IsEmpty))
        {
            throw new InputException($"nothing could be measured; {asked[0].Title}: {string.Join(" ", asked[0].Notes)}");
        }
    }

    /// <summary>Names what is left out.</summary>
    private static void Warn(VerbContext context, IReadOnlyList<AnalysisResult> results)
    {
        foreach (var result in results)
        {
            foreach (var note in result.Notes.Where(n => IsEmpty(result) || n.StartsWith(ObservableSet.LeftOut, StringComparison.Ordinal)))
            {
                context.Log($"warning: {result.Title}: {note}");
            }
        }
    }

    private static bool IsEmpty(AnalysisResult result) => result.Scalars.Count == 0 && result.Plots.Count == 0;

    /// <summary>Names of the stages to measure, in the order of the run.</summary>
    private IReadOnlyList<string> Wanted(StageMap? map, AnalysisInput? settings, JsonObject? run)
    {
        if (map is null)
        {
            return Stages is null ? [""] : throw new InputException($"{Target} knows no stages, but --stages asks for {Stages}; leave it out");
        }
        var asked = Stages is null ? settings?.Stages : Stages == "all" ? [.. map.Names] : Stages.Split(',', StringSplitOptions.TrimEntries);
        if (asked?.FirstOrDefault(name => !map.Names.Contains(name)) is { } unknown)
        {
            throw new InputException($"{Target} has no stage '{unknown}', expected one of {string.Join(", ", map.Names)}; --stages chooses");
        }
        return asked is not null ? [.. map.Names.Where(asked.Contains)] : run is null ? map.Names : [map.Names[^1]];
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
            WholeFile.WriteText(Path.Combine(folder, "analysis.json"), JsonOutput.Format(ToJson(results)));
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

    /// <summary>One file for each plot, named after its title.</summary>
    private static List<string> WriteFigures(string folder, IReadOnlyList<AnalysisResult> results)
    {
        var files = new List<string>();
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var result in results)
            {
                var prefix = result.Title.Contains(": ", StringComparison.Ordinal) ? result.Title[..(result.Title.IndexOf(": ", StringComparison.Ordinal) + 2)] : "";
                foreach (var plot in result.Plots)
                {
                    var path = Path.Combine(folder, FileName($"{prefix}{result.Name}-{plot.Title}") + ".svg");
                    File.WriteAllText(path, SvgPlot.Draw(plot with { Title = prefix + plot.Title }, file: true));
                    files.Add(path);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"the figures cannot be written to {folder}: {error.Message} Choose another with --svg FOLDER", error);
        }
        return files;
    }

    /// <summary>Letters and digits, everything else a dash.</summary>
    private static string FileName(string title) => string.Join(
        '-', new string([.. title.Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private void Show(VerbContext context, string folder, long count, IReadOnlyList<AnalysisResult> results, IReadOnlyList<string> figures)
    {
        if (Json)
        {
            JsonOutput.Write(context, new JsonObject { ["folder"] = folder, ["frames"] = count, ["figures"] = new JsonArray([.. figures.Select(f => JsonValue.Create(f))]), ["results"] = ToJson(results) });
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
        context.Output.WriteLine($"{NumberText.Count(count, "frame")}; {Path.Combine(folder, "report.html")} and analysis.json hold the curves");
    }

    private static JsonArray ToJson(IReadOnlyList<AnalysisResult> results) => new([.. results.Select(r => JsonNode.Parse(r.ToJson()))]);

    private static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
