using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Cli.Runs;
using Engine.Core.Files;
using Engine.Core.Json;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Studies;

namespace Engine.Cli.Verbs;

[Example("./engine ntk study examples/ntk/mpg-width-scan.json --data auto-mpg.data", "kernels of networks of several widths while they learn; auto-mpg.data is in https://archive.ics.uci.edu/dataset/9/auto+mpg")]
[Example("./engine ntk study examples/ntk/mpg-rnd-study.json --data auto-mpg.data", "training data chosen by random network distillation, beside random choices")]
[Verb("ntk study", HelpText = "Train many networks and compare them: variants of a network, or sets of training data; means, paired differences, confidence intervals.")]
internal sealed class NtkStudyVerb : Verb
{
    [Value(0, MetaName = "FILE", Required = true, HelpText = "The study (JSON): data, studies, and what is expected of them.")]
    public string File { get; set; } = "";

    [Option("data", MetaValue = "PATH", HelpText = "File of the data, instead of the one that the study names.")]
    public string? Data { get; set; }

    [Option("out", MetaValue = "FOLDER", HelpText = "Where results.h5, study.json and report.html go, instead of the folder that the study names.")]
    public string? Out { get; set; }

    [Option("set", Separator = SettingSeparator, MetaValue = "PATH=VALUE", HelpText = "Change one value of the study; may be repeated.")]
    public IEnumerable<string> Set { get; set; } = [];

    /// <summary>Runs that are done are not done again: the same command goes on after a stop, and with more repeats it adds them.</summary>
    public override int Execute(VerbContext context)
    {
        var definition = Read();
        var folder = Out ?? definition.Folder;
        const string resultsName = "results.h5";
        var (results, summary, report) = (Path.Combine(folder, resultsName), Path.Combine(folder, "study.json"), Path.Combine(folder, "report.html"));
        WholeFile.RequireOther(summary, "--out", File);
        var isNew = !Directory.Exists(folder);
        WholeFile.RequireFolder(folder, "--out");
        using var opened = RunFolder.OpenMarked(folder, resultsName);
        using var runner = Open(definition, results, isNew ? folder : null);
        Compute(definition, runner, context);
        StudySummary[] summaries = [.. definition.Studies.Select(runner.Summarise)];
        ExpectationOutcome[] outcomes = [.. runner.Test(summaries)];
        var record = Record(definition, runner, summaries, outcomes);
        WholeFile.WriteText(summary, JsonOutput.Format(record));
        WriteReport(definition, runner, summaries, outcomes, report);
        if (Json)
        {
            JsonOutput.Write(context, record);
        }
        else
        {
            Show(summaries, outcomes, context.Output);
            context.Output.WriteLine($"{results}: all runs; report in {report}");
        }
        if (outcomes.All(o => o.Holds))
        {
            return ExitCode.Done;
        }
        if (Set.Any())
        {
            context.Log("what is expected was written for the study without --set; --set expect=[] leaves it out");
        }
        return ExitCode.CheckFailed;
    }

    private StudyDefinition Read()
    {
        var assignments = WithSeed(Set);
        if (Data is not null)
        {
            assignments = assignments.Append($"data.path={JsonValue.Create(Path.GetFullPath(Data)).ToJsonString()}");
        }
        return StrictJson.ReadFile<StudyDefinition>(File, overrides: assignments);
    }

    /// <param name="definition">The study.</param>
    /// <param name="results">Where runs are filed.</param>
    /// <param name="made">The folder that was made for it, which a study that is refused does not leave; null where it was there.</param>
    private StudyRunner Open(StudyDefinition definition, string results, string? made)
    {
        try
        {
            return new(definition, Path.GetDirectoryName(Path.GetFullPath(File))!, results);
        }
        catch (InputException) when (made is not null)
        {
            Directory.Delete(made, recursive: true);
            throw;
        }
    }

    private void Compute(StudyDefinition definition, StudyRunner runner, VerbContext context)
    {
        Study[] open = [.. definition.Studies.Where(s => runner.Missing(s) > 0)];
        if (open.Length == 0)
        {
            context.Log("all runs are done");
            return;
        }
        if (runner.Notice is { } notice)
        {
            context.Log(notice);
        }
        using var workers = new Workers(ThreadCount);
        PartProgress.Show(context, open.Length, (parts, shown) =>
        {
            foreach (var study in open)
            {
                var missing = runner.Missing(study);
                var threads = Math.Min(missing, ThreadCount);
                parts.Begin(study.Name);
                try
                {
                    var time = runner.EstimateSeconds(study, context.Cancellation) is { } seconds ? $", about {RunProgress.Duration(seconds / threads)}" : "";
                    shown.Log(string.Create(CultureInfo.InvariantCulture, $"{parts.Label}{missing} runs on {NumberText.Count(threads, "thread")}{time}"));
                    runner.Run(study, workers, Progress(parts, shown), context.Cancellation);
                }
                catch (OperationCanceledException)
                {
                    shown.Log($"{missing - runner.Missing(study)} of {missing} runs of {study.Name} are kept; the same command goes on");
                    throw;
                }
            }
            return parts;
        });
    }

    private static Action<double> Progress(PartProgress parts, VerbContext context)
    {
        var pace = new ProgressPace(context, parts.IsDrawn ? parts.Draw : null, isTold: true);
        return share =>
        {
            if (pace.IsDue)
            {
                var left = share > 0 ? $", {RunProgress.Duration(pace.Seconds * (1 - share) / share)} left" : "";
                pace.Show(share, string.Create(CultureInfo.InvariantCulture, $"{100 * share:F0} % done{left}"));
            }
        };
    }

    private static void Show(StudySummary[] summaries, ExpectationOutcome[] outcomes, TextWriter output)
    {
        foreach (var summary in summaries)
        {
            output.WriteLine($"{summary.Study}:");
            var table = new TextTable("quantity", "unit", "value", "standard error", "95 % interval", "runs", "positive in");
            foreach (var n in summary.Numbers)
            {
                table.Add(n.Name, n.Unit.Length > 0 ? n.Unit : "–", Text(n.Value), n.StandardError is { } error ? Text(error) : "–", double.IsFinite(n.Low) ? $"{Text(n.Low)} to {Text(n.High)}" : "–", $"{n.Count}", n.Positive is { } positive ? $"{positive}" : "–");
            }
            table.Write(output);
        }
        foreach (var outcome in outcomes)
        {
            output.WriteLine(Verdict(outcome));
        }
    }

    private static string Verdict(ExpectationOutcome outcome) => $"{(outcome.Holds ? "PASS" : "FAIL")}  {outcome.Text}";

    private static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static JsonObject Record(StudyDefinition definition, StudyRunner runner, StudySummary[] summaries, ExpectationOutcome[] outcomes) => new()
    {
        ["engine"] = Shell.Version,
        ["study"] = ContentHash.Of(definition),
        ["data"] = runner.DataId,
        ["studies"] = new JsonObject([.. summaries.Select(s => KeyValuePair.Create(s.Study, (JsonNode?)new JsonArray([.. s.Numbers.Select(ToJson)])))]),
        ["expect"] = new JsonArray([.. outcomes.Select(o => new JsonObject { ["text"] = o.Text, ["holds"] = o.Holds })]),
    };

    private static JsonObject ToJson(StudyNumber number)
    {
        var node = new JsonObject
        {
            ["name"] = number.Name,
            ["unit"] = number.Unit,
            ["value"] = JsonOutput.Number(number.Value),
            ["standardError"] = JsonOutput.Number(number.StandardError ?? double.NaN),
            ["low"] = JsonOutput.Number(number.Low),
            ["high"] = JsonOutput.Number(number.High),
            ["runs"] = number.Count,
        };
        if (number.Positive is { } positive)
        {
            node["positive"] = positive;
        }
        return node;
    }

    private static void WriteReport(StudyDefinition definition, StudyRunner runner, StudySummary[] summaries, ExpectationOutcome[] outcomes, string path) => ReportWriter.Write(
        new()
        {
            Title = definition.Title.Length > 0 ? definition.Title : "Study of networks",
            Summary = string.Create(CultureInfo.InvariantCulture, $"{definition.Studies.Count} {(definition.Studies.Count == 1 ? "study" : "studies")}{(outcomes.Length > 0 ? $"; {outcomes.Count(o => o.Holds)} of {outcomes.Length} expectations hold" : "")}."),
            Warnings = [.. outcomes.Where(o => !o.Holds).Select(Verdict)],
            Results =
            [
                .. summaries.Select(s => s.ToResult()),
                .. outcomes.Length == 0 ? Array.Empty<Core.Analysis.AnalysisResult>() : [new("expectations", "Expectations", [], [], [.. outcomes.Select(Verdict)])],
            ],
            Parameters = StrictJson.ToNode(definition),
            Provenance = [new("engine", Shell.Version), new("study", ContentHash.Of(definition)), new("data", runner.DataId)],
        },
        path);
}
