using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Cli.Runs;
using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Gap.Active;
using Engine.Core.Gap.Fit;
using Engine.Core.Json;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.IO.H5md;
using Engine.IO.Structures;
using Engine.Kernels.Threading;

namespace Engine.Cli.Verbs;

[Example("./engine gap active runs/hfo2-96 --settings examples/gap/active.json --out active", "training data chosen from a trajectory, and the potential from it")]
[Verb("gap active", HelpText = "Choose training data from a trajectory without prior knowledge, find hyper-parameters, fit, explore and fit again.")]
internal sealed class GapActiveVerb : Verb
{
    private static readonly string[] Explanations =
    [
        "A width's error on its own test frames decides between its fits, and ends the search. Test sets of different widths differ: the width is chosen by the errors on the same frames.",
        "Errors below are those of the final potential. train: frames of the chosen width; exploration: what was labelled there and is fitted, too; test: the frames by which widths were compared; held out: the end of the trajectory.",
        "Test frames are of the same clusters as training frames: believe the error on the frames held out.",
    ];

    [Value(0, MetaName = "TRAJECTORY", Required = true, HelpText = "Run folder, trajectory (.h5) or structure file (.extxyz).")]
    public string Trajectory { get; set; } = "";

    [Option("settings", Required = true, MetaValue = "FILE", HelpText = "How to choose and fit (JSON).")]
    public string Settings { get; set; } = "";

    [Option("set", Separator = SettingSeparator, MetaValue = "PATH=VALUE", HelpText = "Change one value of the settings; may be repeated.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("frames", MetaValue = "FIRST:LAST[:STRIDE]", HelpText = "Frames to use, LAST not included (default: all).")]
    public string? Frames { get; set; }

    [Option("out", Default = "active", MetaValue = "FOLDER", HelpText = "Where to write gap.xml, train.extxyz, test.extxyz, run.json, report.html and active.json.")]
    public string Out { get; set; } = "active";

    [Option("overwrite", HelpText = "Discard what the folder holds, but for labels.extxyz, once there is a new result.")]
    public bool Overwrite { get; set; }

    /// <summary>What was labelled is not labelled again: the same command goes on after a stop.</summary>
    public override int Execute(VerbContext context)
    {
        var settings = ActiveSettings.ReadFile(Settings, WithSeed(Set));
        using var workers = new Workers(ThreadCount);
        var file = FrameSource.TrajectoryOf(Trajectory);
        var frames = FrameSource.Read(file, Frames is null ? FrameRange.All : FrameRange.Parse(Frames), new() { Units = UnitSystem.Metal, Notice = n => context.Log($"note: {n}") }).ToArray();
        WholeFile.RequireFolder(Out, "--out");
        var input = Identity(settings, file);
        using var folder = ActiveFolder.Open(Out, Overwrite, input, context.Arguments, ThreadCount);
        try
        {
            return Learn(frames, file, input.Files[file], settings, folder, workers, context);
        }
        catch (Exception error)
        {
            folder.Abandon(error);
            throw;
        }
    }

    /// <summary>What the result depends on.</summary>
    private RunIdentity Identity(ActiveSettings settings, string file)
    {
        var files = new[] { file, Settings, settings.OraclePotential, settings.OracleCp2k }.OfType<string>().Where(File.Exists).Distinct().ToDictionary(path => path, TrajectoryId.Bytes);
        var document = new JsonObject
        {
            ["settings"] = StrictJson.ToNode(settings),
            ["trajectory"] = files[file],
            ["frames"] = Frames,
            ["oracle"] = files.GetValueOrDefault(settings.OraclePotential ?? settings.OracleCp2k ?? ""),
        };
        return new(settings.Title, document, ContentHash.OfText(document.ToJsonString()), Settings, Path.GetDirectoryName(Path.GetFullPath(Settings))!, files);
    }

    private int Learn(Configuration[] frames, string file, string fileHash, ActiveSettings settings, ActiveFolder folder, Workers workers, VerbContext context)
    {
        var oracle = Oracle(settings, folder.Labels, workers, context);
        context.Log($"{frames.Length} frames of {file}; energies and forces {(oracle is null ? "from the file" : $"by the {oracle.Name}")}");
        var course = new List<string>();
        void Tell(string line)
        {
            course.Add(line);
            context.Log(line);
        }
        var result = ActiveLearning.Run(frames, settings, oracle, workers, Tell, context.Cancellation);
        folder.Begin();
        Save(folder, result.Fit, result.Train);
        StructureFile.Write(folder.Test, result.Test);
        List<Configuration> train = [.. result.Train];
        var loop = settings.Exploration is not { } exploration || oracle is null
            ? null
            : new ClosedLoop(exploration, settings.DistanceSoap, oracle, settings.Seed, workers, Tell, (fit, labelled) => Save(folder, fit, labelled))
                .Run(result.Train[^1], result.Fit, result.Settings, train, context.Cancellation);
        var fit = loop?.Fit ?? result.Fit;
        string[] unmet = [.. Unmet(settings, result, loop)];
        Configuration[] explored = [.. train.Skip(result.Train.Count)];
        var errors = Errors(fit.Model, result, explored, workers);
        var record = Record(settings, result, fit, explored.Length, loop, unmet, errors.Groups());
        (record["trajectory"], record["trajectoryHash"]) = (Path.GetFileName(file), fileHash);
        WriteReport(settings, result, fit, explored.Length, loop, course, unmet, errors, folder.Report);
        WholeFile.WriteText(folder.Record, JsonOutput.Format(record));
        folder.End();
        foreach (var line in unmet)
        {
            context.Log($"warning: {line}");
        }
        var code = unmet.Length == 0 ? ExitCode.Done : ExitCode.CheckFailed;
        if (Json)
        {
            JsonOutput.Write(context, record);
            return code;
        }
        GapTestVerb.Show(context, errors.Groups(), UnitSystem.Metal);
        context.Output.WriteLine(
            $"{folder.Potential}: potential {fit.Model.Label}, {ActiveLearning.Describe(result.Chosen)}, fitted to {Fitted(result, explored.Length)}{(unmet.Length == 0 ? "" : ", not converged")}; report in {folder.Report}");
        return code;
    }

    /// <summary>What ended without reaching its tolerance, with both figures and what to do.</summary>
    private static IEnumerable<string> Unmet(ActiveSettings settings, ActiveResult result, ClosedLoopResult? loop)
    {
        if (!result.Converged)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"search: the energy error of the last of {result.Trials.Count} widths is {1e3 * result.Trials[^1].Error:G4} meV/atom on its test frames, expected {1e3 * settings.Tolerance:G4} or less at the second width or a finer one; use a longer trajectory, more iterations or a larger tolerance");
        }
        if (loop is { Converged: false })
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"exploration: the largest deviation of an atom's energy in the last of {loop.Deviations.Count} runs is {loop.Deviations[^1]:G4} of delta{(loop.IsComplete ? "" : ", up to where the run exploded")}, expected a whole run with {settings.Exploration!.Tolerance:G4} or less; what was labelled after it is fitted, but was not explored with; use more exploration.rounds or a larger exploration.tolerance");
        }
    }

    /// <summary>Answers of other programs are dear, and kept in labels.extxyz.</summary>
    private static IOracle? Oracle(ActiveSettings settings, string labels, Workers workers, VerbContext context)
    {
        var limit = TimeSpan.FromSeconds(settings.OracleTimeLimit);
        switch (settings)
        {
            case { OraclePotential: { } potential }:
                return new PotentialOracle(new(PotentialFile.Load(potential), UnitSystem.Metal, workers));
            case { OracleCp2k: { } template }:
                var cp2k = new Cp2kOracle(template, limit);
                return Recorded(cp2k, cp2k.Template);
            case { OracleCommand: { } command }:
                return Recorded(new CommandOracle(command, limit), command);
            default:
                return null;
        }

        RecordedOracle Recorded(IOracle oracle, string dependsOn)
        {
            var recorded = new RecordedOracle(oracle, dependsOn, labels);
            if (recorded.Known > 0)
            {
                context.Log($"{labels} has {recorded.Known} of its answers, which are taken from there");
            }
            return recorded;
        }
    }

    /// <summary>What there is so far: exploring may take hours, and may be stopped.</summary>
    private static void Save(ActiveFolder folder, GapFitResult fit, IReadOnlyList<Configuration> train)
    {
        GapFileWriter.Write(folder.Potential, fit.Model);
        StructureFile.Write(folder.Train, train);
    }

    private static string Fitted(ActiveResult result, int explored) =>
        $"{result.Train.Count + explored} frames, {result.Train.Count} of width {result.Chosen.Width}{(explored > 0 ? $" and {explored} of the exploration" : "")}";

    private static PotentialErrors Errors(GapModel model, ActiveResult result, IReadOnlyList<Configuration> explored, Workers workers)
    {
        var errors = new PotentialErrors(UnitSystem.Metal.EnergyUnit, UnitSystem.Metal.LengthUnit);
        var evaluator = new FrameEvaluator(PotentialFile.Of(model), UnitSystem.Metal, workers);
        foreach (var (group, frames) in new[] { ("train", result.Train), ("test", result.Test), ("held out", result.HeldOut), ("exploration", explored) })
        {
            errors.Measure(evaluator, frames, _ => group);
        }
        return errors;
    }

    private static JsonObject Record(
        ActiveSettings settings, ActiveResult result, GapFitResult fit, int explored, ClosedLoopResult? loop, string[] unmet, IReadOnlyList<GroupErrors> errors) => new()
        {
            ["potential"] = fit.Model.Label,
            ["engine"] = Shell.Version,
            ["settings"] = StrictJson.ToNode(settings),
            ["fit"] = StrictJson.ToNode(result.Settings),
            ["converged"] = unmet.Length == 0,
            ["searchConverged"] = result.Converged,
            ["explorationConverged"] = loop?.Converged,
            ["warnings"] = new JsonArray([.. unmet.Select(line => JsonValue.Create(line))]),
            ["clusters"] = new JsonArray([.. result.ClusterSizes.Select(c => JsonValue.Create(c))]),
            ["noise"] = result.Noise,
            ["trials"] = new JsonArray([.. result.Trials.Select(t => StrictJson.ToNode(t))]),
            ["chosenWidth"] = result.Chosen.Width,
            ["train"] = result.Train.Count + explored,
            ["trainOfWidth"] = result.Train.Count,
            ["trainOfExploration"] = explored,
            ["test"] = result.Test.Count,
            ["heldOut"] = result.HeldOut.Count,
            ["explorationDeviations"] = new JsonArray([.. (loop?.Deviations ?? []).Select(d => JsonOutput.Number(d))]),
            ["errors"] = GapTestVerb.ToJson(errors),
        };

    private static KeyValuePair<string, string>[] Highlights(ActiveTrial chosen) =>
    [
        new("width chosen", chosen.Width.ToString(CultureInfo.InvariantCulture)),
        new("cutoff", string.Create(CultureInfo.InvariantCulture, $"{chosen.Cutoff:0.00} Å")),
        new("delta", string.Create(CultureInfo.InvariantCulture, $"{chosen.Delta} eV")),
        new("sparse points of each species", chosen.SparsePoints.ToString(CultureInfo.InvariantCulture)),
        new("order", string.Create(CultureInfo.InvariantCulture, $"n = l = {chosen.Order}")),
    ];

    private static void WriteReport(
        ActiveSettings settings, ActiveResult result, GapFitResult fit, int explored, ClosedLoopResult? loop, List<string> course, string[] unmet, PotentialErrors errors, string path)
    {
        ActiveTrial[] compared = [.. result.Trials.Where(t => t.ComparedError is not null)];
        List<AnalysisCurve> curves = [new("test frames of the width", [.. result.Trials.Select(t => (double)t.Train)], [.. result.Trials.Select(t => t.Error)])];
        if (compared.Length > 0)
        {
            curves.Add(new("the same frames for all", [.. compared.Select(t => (double)t.Train)], [.. compared.Select(t => t.ComparedError!.Value)]));
        }
        List<AnalysisPlot> plots =
        [
            new("Error on the test frames over the number of training frames", "training frames", "", "energy MAE", "eV/atom", curves)
            {
                LogarithmicY = true,
            },
        ];
        if (loop is { Deviations: { Count: > 0 } deviations })
        {
            plots.Add(new("Exploration: largest deviation of an atom's energy", "run", "", "deviation/delta", "", [new("largest", [.. deviations.Select((_, k) => k + 1.0)], [.. deviations])]));
        }
        ReportWriter.Write(
            new()
            {
                Title = settings.Title.Length > 0 ? settings.Title : "Active learning",
                Summary = $"{result.ClusterSizes.Count} clusters, {result.Trials.Count} widths; potential {fit.Model.Label}, fitted to {Fitted(result, explored)}.",
                Highlights = Highlights(result.Chosen),
                Warnings = unmet,
                Results =
                [
                    new("learning", "Active learning", plots, [], [.. course, .. Explanations]),
                    errors.Result(),
                ],
                Parameters = StrictJson.ToNode(settings),
                Provenance = [new("engine", Shell.Version), new("potential", fit.Model.Label)],
            },
            path);
    }
}
