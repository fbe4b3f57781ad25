using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Cli.Runs;
using Engine.Core.Analysis;
using Engine.Core.Gap.Active;
using Engine.Core.Json;
using Engine.IO.H5md;
using Engine.Kernels.Errors;

namespace Engine.Cli.Verbs;

[Example("./engine gap study examples/hfo2-active-learning.json", "a potential for HfO2, and what it makes of 6144 atoms beside the reference")]
[Verb("gap study", HelpText = "Run a trajectory, learn a potential from it, run a large system with it and with the reference, and compare.")]
internal sealed class GapStudyVerb : Verb
{
    [Value(0, MetaName = "FILE", Required = true, HelpText = "The study (JSON): trajectory, active, production.")]
    public string File { get; set; } = "";

    [Option("out", MetaValue = "FOLDER", HelpText = "Where everything goes, instead of the folder that the file names.")]
    public string? Out { get; set; }

    /// <summary>Parts that are done are not done again: the same command goes on after a stop.</summary>
    public override int Execute(VerbContext context)
    {
        var study = StrictJson.ReadFile<StudyInput>(File);
        var source = Path.GetDirectoryName(Path.GetFullPath(File))!;
        var folder = Out ?? study.Folder;
        string Source(string path) => Path.Combine(source, path);
        string Part(string name) => Path.Combine(folder, name);
        RequireInputs(study, source);
        using var opened = RunFolder.OpenMarked(folder, "trajectory");
        var potential = Path.GetFullPath(Path.Combine(Part("active"), "gap.xml"));
        PartProgress.Show(context with { Output = TextWriter.Null }, 4, (parts, quiet) =>
        {
            parts.Begin("trajectory");
            Run(Source(study.Trajectory), Part("trajectory"), [], quiet);
            parts.Begin("learning");
            Learn(Source(study.Active), Part("trajectory"), Part("active"), quiet);
            parts.Begin("reference");
            Run(Source(study.Production), Part("reference"), [], quiet);
            parts.Begin("potential");
            Run(Source(study.Production), Part("gap"), [$"potential={JsonValue.Create(potential).ToJsonString()}"], quiet);
            return parts;
        });
        var report = Part("report.html");
        var learning = JsonNode.Parse(System.IO.File.ReadAllText(ActiveFolder.RecordIn(Part("active"))))!;
        string[] unmet = [.. learning["warnings"]!.AsArray().Select(line => (string)line!)];
        Report(study, folder, learning, unmet, report);
        if (Json)
        {
            JsonOutput.Write(context, new JsonObject { ["potential"] = potential, ["report"] = report });
        }
        else
        {
            context.Output.WriteLine($"{potential}: the potential{(unmet.Length == 0 ? "" : ", not converged")}\n{report}: what it makes of the large system, beside the reference");
        }
        return unmet.Length == 0 ? ExitCode.Done : ExitCode.CheckFailed;
    }

    /// <summary>What is missing shows before the first hour, not after it.</summary>
    private static void RequireInputs(StudyInput study, string folder)
    {
        foreach (var (key, path) in new[] { ("trajectory", study.Trajectory), ("active", study.Active), ("production", study.Production) })
        {
            if (!System.IO.File.Exists(Path.Combine(folder, path)))
            {
                throw new InputException($"{key} of the study is {path}, which is not in {folder}; expected the path of a file from there");
            }
        }
        ActiveSettings.ReadFile(Path.Combine(folder, study.Active));
    }

    private void Learn(string settings, string trajectory, string folder, VerbContext context)
    {
        if (System.IO.File.Exists(ActiveFolder.RecordIn(folder)))
        {
            RequireSame(folder, RunManifest.Read(RunFolder.At(folder).Manifest), settings);
            context.Log($"{folder} is done");
            return;
        }
        context.Log($"learning a potential, into {folder}");
        new GapActiveVerb { Trajectory = trajectory, Settings = settings, Out = folder, Overwrite = true, Threads = Threads, Seed = Seed }.Execute(context);
    }

    /// <summary>Runs, goes on with, or leaves alone what is done.</summary>
    private void Run(string input, string folder, string[] overrides, VerbContext context)
    {
        var manifest = Directory.Exists(folder) ? RunManifest.Read(RunFolder.At(folder).Manifest) : null;
        var state = (string?)manifest?["state"];
        if (state == "done")
        {
            RequireSame(folder, manifest, input);
            context.Log($"{folder} is done");
            return;
        }
        var resume = state is not null && System.IO.File.Exists(RunFolder.At(folder).Checkpoint);
        context.Log($"{(resume ? "going on with" : "running")} {Path.GetFileName(input)}, into {folder}");
        var verb = new RunVerb { InputFile = input, Out = folder, Set = overrides, Resume = resume, Overwrite = state is not null && !resume, Threads = Threads, Seed = Seed, Device = "cpu" };
        if (verb.Execute(context) != ExitCode.Done)
        {
            throw new OperationCanceledException();
        }
    }

    /// <summary>What is done counts as long as all that it was computed from is what it was.</summary>
    private static void RequireSame(string folder, JsonObject? manifest, string input)
    {
        var hashes = (manifest?["files"] as JsonObject ?? []).ToDictionary(file => file.Key, file => (string?)file.Value);
        var changed = hashes.ContainsValue(TrajectoryId.Bytes(input))
            ? hashes.FirstOrDefault(file => System.IO.File.Exists(file.Key) && TrajectoryId.Bytes(file.Key) != file.Value).Key
            : input;
        if (changed is not null)
        {
            throw new InputException($"{folder} is done, but {changed} has changed since; expected what it was computed from; undo the change, delete {folder} to compute it again, or choose another folder with --out");
        }
    }

    private static void Report(StudyInput study, string folder, JsonNode learning, string[] unmet, string path)
    {
        var (reference, gap) = (Results(Path.Combine(folder, "reference")), Results(Path.Combine(folder, "gap")));
        AnalysisResult[] both = [.. gap.Join(reference, r => r.Title, r => r.Title, Beside)];
        if (both.Length == 0)
        {
            throw new InputException($"{study.Production} measures nothing, expected a section \"analysis\"; add one");
        }
        ReportWriter.Write(
            new()
            {
                Title = study.Title.Length > 0 ? study.Title : "A potential beside its reference",
                Summary = $"Potential {(string?)learning["potential"]}, learnt from {(int)learning["train"]!} frames.",
                Warnings = unmet,
                Results = both,
                Parameters = learning["settings"]!.DeepClone(),
                Provenance = [new("engine", Shell.Version), new("potential", (string?)learning["potential"] ?? ""), new("trajectory", (string?)learning["trajectoryHash"] ?? "")],
            },
            path);
    }

    private static AnalysisResult[] Results(string folder) => !System.IO.File.Exists(RunFolder.At(folder).Analysis) ? [] :
    [
        .. JsonNode.Parse(System.IO.File.ReadAllText(RunFolder.At(folder).Analysis))!.AsArray().Select(node =>
        {
            ((JsonObject)node!).Remove("stage");
            return AnalysisResult.FromJson(node.ToJsonString());
        }),
    ];

    /// <summary>Curves and numbers of both runs, told apart by their names.</summary>
    private static AnalysisResult Beside(AnalysisResult gap, AnalysisResult reference) => gap with
    {
        Plots =
        [
            .. gap.Plots.Select((plot, k) => plot with
            {
                Curves =
                [
                    .. plot.Curves.Select(c => c with { Name = $"{c.Name} GAP" }),
                    .. k < reference.Plots.Count ? reference.Plots[k].Curves.Select(c => c with { Name = $"{c.Name} reference" }) : [],
                ],
            }),
        ],
        Scalars = [.. gap.Scalars.Select(s => s with { Name = $"{s.Name}, GAP" }), .. reference.Scalars.Select(s => s with { Name = $"{s.Name}, reference" })],
    };
}
