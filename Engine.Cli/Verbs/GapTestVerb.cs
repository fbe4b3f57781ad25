using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Forces;
using Engine.Core.Gap.Fit;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.IO.H5md;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Cli.Verbs;

[Example("./engine gap test si.xml test.extxyz --report errors.html", "errors by kind of configuration, with parity plots")]
[Verb("gap test", HelpText = "Errors of a potential on data with known energies, forces or virials.")]
internal sealed class GapTestVerb : Verb
{
    [Value(0, MetaName = "POTENTIAL", Required = true, HelpText = "Potential (.xml, or JSON).")]
    public string Potential { get; set; } = "";

    [Value(1, MetaName = "TEST", Required = true, HelpText = "Data (.extxyz).")]
    public string Test { get; set; } = "";

    [Option("energy-key", MetaValue = "NAME", HelpText = "Key of the energies in the data (default: one of the usual).")]
    public string? EnergyKey { get; set; }

    [Option("force-key", MetaValue = "NAME", HelpText = "Column of the forces in the data (default: one of the usual).")]
    public string? ForceKey { get; set; }

    [Option("group-key", MetaValue = "NAME", HelpText = "Key of the kind of configuration (default: config_type or group).")]
    public string? GroupKey { get; set; }

    [Option("report", MetaValue = "FILE", HelpText = "Write a page with parity plots (.html).")]
    public string? Report { get; set; }

    public override int Execute(VerbContext context)
    {
        if (Report is not null)
        {
            WholeFile.Require(Report, "--report", Potential, Test);
        }
        var potential = PotentialFile.Load(Potential);
        var units = UnitSystem.Named(potential.Units, "codata2022");
        var errors = new PotentialErrors(units.EnergyUnit, units.LengthUnit);
        using var workers = new Workers(ThreadCount);
        var evaluator = new FrameEvaluator(potential, units, workers);
        var keys = new LabelKeys();
        var options = new StructureReadOptions { Units = units, EnergyKey = EnergyKey, ForceKey = ForceKey, Keys = keys, Notice = notice => context.Log($"note: {notice}") };
        var frames = StructureFile.ReadFrames(Test, options).ToArray();
        var used = new LabelText(
            ("energy", keys.Energies, "--energy-key names another"), ("forces", keys.Forces, "--force-key names another"), ("virial", keys.Virials, "remove it to use the other"));
        foreach (var line in used.Lines())
        {
            context.Log(line);
        }
        GapFit.RequireGroups(frames, GroupKey, "--group-key", []);
        foreach (var frame in frames)
        {
            // What it does not know shows before the work.
            evaluator.Prepare(frame);
        }
        var count = errors.Measure(evaluator, frames, frame => GapFit.GroupOf(frame, GroupKey), context.Cancellation);
        var groups = errors.Groups();
        if (groups.All(g => g.EnergyMae is null && g.ForceMae is null && g.VirialMae is null))
        {
            throw new InputException($"{Test} has neither energies nor forces nor virials; expected one of them; name them by --energy-key and --force-key");
        }
        if (Report is not null)
        {
            Write(Report, potential, count, errors.Result());
        }
        if (Json)
        {
            JsonOutput.Write(context, new JsonObject
            {
                ["potential"] = potential.Name,
                ["frames"] = count,
                ["keys"] = used.ToJson(),
                ["groups"] = ToJson(groups),
                ["report"] = Report,
            });
            return ExitCode.Done;
        }
        Show(context, groups, units);
        return ExitCode.Done;
    }

    internal static JsonObject ToJson(IReadOnlyList<GroupErrors> groups) => new(groups.Select(g => KeyValuePair.Create(g.Name, (JsonNode?)ToJson(g))));

    internal static void Show(VerbContext context, IReadOnlyList<GroupErrors> groups, UnitSystem units)
    {
        var (e, f) = (units.EnergyUnit, $"{units.EnergyUnit}/{units.LengthUnit}");
        var table = new TextTable("group", "frames", $"energy MAE [{e}/atom]", "RMSE", $"force MAE [{f}]", "RMSE", $"virial MAE [{e}/atom]", "RMSE");
        foreach (var g in groups)
        {
            table.Add(
                g.Name, g.Frames.ToString(CultureInfo.InvariantCulture), Text(g.EnergyMae), Text(g.EnergyRmse), Text(g.ForceMae), Text(g.ForceRmse), Text(g.VirialMae),
                Text(g.VirialRmse));
        }
        table.Write(context.Output);
    }

    private void Write(string path, PotentialFile potential, int frames, AnalysisResult result) => ReportWriter.Write(
        new()
        {
            Title = $"Errors of {potential.Name}",
            Summary = $"{frames} frames of {Path.GetFileName(Test)}.",
            Results = [result],
            Provenance =
            [
                new("engine", Shell.Version),
                new($"SHA-256 of {Potential}", TrajectoryId.Bytes(Potential)),
                new($"SHA-256 of {Test}", TrajectoryId.Bytes(Test)),
            ],
        },
        path);

    private static JsonObject ToJson(GroupErrors g) => new()
    {
        ["frames"] = g.Frames,
        ["atoms"] = g.Atoms,
        ["energyMae"] = g.EnergyMae,
        ["energyRmse"] = g.EnergyRmse,
        ["forceMae"] = g.ForceMae,
        ["forceRmse"] = g.ForceRmse,
        ["virialMae"] = g.VirialMae,
        ["virialRmse"] = g.VirialRmse,
    };

    private static string Text(double? value) => value?.ToString("G4", CultureInfo.InvariantCulture) ?? "-";
}
