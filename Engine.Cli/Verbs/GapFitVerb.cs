using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Gap.Fit;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.IO.H5md;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Cli.Verbs;

[Example("./engine gap fit train.extxyz --settings examples/gap/silicon.json --out si.xml", "a potential, in the files that QUIP reads")]
[Example("./engine gap fit train.extxyz --settings fit.json --set 'descriptors[0].sparsePoints=500' --sparse-from old.xml", "with the sparse points of an older one")]
[Verb("gap fit", HelpText = "Fit a Gaussian approximation potential to energies, forces and virials.")]
internal sealed class GapFitVerb : Verb
{
    [Value(0, MetaName = "TRAIN", Required = true, HelpText = "Training data (.extxyz).")]
    public string Train { get; set; } = "";

    [Option("settings", Required = true, MetaValue = "FILE", HelpText = "Descriptors and weights (JSON).")]
    public string Settings { get; set; } = "";

    [Option("out", Default = "gap.xml", MetaValue = "FILE", HelpText = "The potential (.xml); its sparse points are written beside it.")]
    public string Out { get; set; } = "gap.xml";

    [Option("set", Separator = SettingSeparator, MetaValue = "PATH=VALUE", HelpText = "Change one value of the settings; may be repeated.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("sparse-from", MetaValue = "FILE", HelpText = "Take the sparse points from this potential (.xml) instead of choosing them.")]
    public string? SparseFrom { get; set; }

    [Option("folds", MetaValue = "K", HelpText = "Cross-validate first: leave out every K-th frame in turn, and show the errors on what was left out.")]
    public int? Folds { get; set; }

    [Option("overwrite", HelpText = "Replace the potential that --out names.")]
    public bool Overwrite { get; set; }

    public override int Execute(VerbContext context)
    {
        if (Folds is < 2)
        {
            throw new InputException($"--folds is {Folds}, expected 2 or more");
        }
        if (!GapFile.IsXml(Out))
        {
            throw new InputException($"--out is {Out}, expected a file that ends in .xml");
        }
        WholeFile.Require(Out, "--out", [Train, Settings, .. SparseFrom is null ? [] : new[] { SparseFrom }]);
        if (File.Exists(Out) && !Overwrite)
        {
            throw new InputException($"--out is {Out}, which exists; expected a new file; give another name, or --overwrite to replace it");
        }
        var settings = GapFitSettings.ReadFile(Settings, WithSeed(Set));
        var keys = new LabelKeys();
        var frames = StructureFile.ReadFrames(Train, new()
        {
            Keys = keys,
            Units = UnitSystem.Metal,
            EnergyKey = settings.EnergyKey,
            ForceKey = settings.ForceKey,
            Notice = notice => context.Log($"note: {notice}"),
        }).ToArray();
        var used = new LabelText([
            ("energy", keys.Energies, "energyKey names another"),
            .. settings.Forces ? [("forces", keys.Forces, "forceKey names another")] : Array.Empty<(string, LabelUse, string)>(),
            .. settings.Virials ? [("virial", keys.Virials, "remove it to use the other")] : Array.Empty<(string, LabelUse, string)>(),
        ]);
        foreach (var line in used.Lines())
        {
            context.Log(line);
        }
        GapFit.RequireGroups(frames, settings.GroupKey, "groupKey", settings.GroupSigma.Keys);
        if (Folds > frames.Length)
        {
            throw new InputException($"--folds is {Folds}, but {Train} has {frames.Length} frames; expected no more folds than frames");
        }
        var sparsePoints = SparseFrom is null ? null : GapFile.Read(SparseFrom).Sets;
        using var workers = new Workers(ThreadCount);
        var validation = Folds is { } folds ? CrossValidate(frames, settings, folds, sparsePoints, workers, context) : null;
        var clock = Stopwatch.GetTimestamp();
        var provenance = new JsonObject
        {
            ["engine"] = Shell.Version,
            ["trainingFile"] = Path.GetFileName(Train),
            ["trainingHash"] = TrajectoryId.Bytes(Train),
            ["keys"] = used.ToJson(),
        };
        var result = GapFit.Run(frames, settings, workers, context.Log, provenance, sparsePoints, context.Cancellation);
        GapFileWriter.Write(Out, result.Model);
        var seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        var errors = new PotentialErrors(UnitSystem.Metal.EnergyUnit, UnitSystem.Metal.LengthUnit);
        try
        {
            errors.Measure(new(PotentialFile.Of(result.Model), UnitSystem.Metal, workers), frames, frame => GapFit.GroupOf(frame, settings.GroupKey), context.Cancellation);
        }
        catch (EngineException error)
        {
            // Frames that overlap were refused before the fit.
            throw new RunFailedException($"{Out} is written, but makes no sense of its own training data: {error.Message}; expected forces like those of the data; look at its energies and forces, and at sigma", error);
        }
        var training = errors.Groups();
        if (Json)
        {
            var line = (JsonObject)result.Record.DeepClone();
            line["potential"] = result.Model.Label;
            line["out"] = Out;
            line["seconds"] = seconds;
            line["trainingErrors"] = GapTestVerb.ToJson(training);
            line["crossValidation"] = validation is null ? null : GapTestVerb.ToJson(validation);
            JsonOutput.Write(context, line);
            return ExitCode.Done;
        }
        if (validation is not null)
        {
            context.Output.WriteLine($"errors on frames left out, {Folds} folds:");
            GapTestVerb.Show(context, validation, UnitSystem.Metal);
        }
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Out}: potential {result.Model.Label}, fitted in {seconds:0.0} s"));
        context.Output.WriteLine($"errors on the training data, root mean square: {Text(training[^1])}");
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sum of the magnitudes of all weights: {(double)result.Record["sumOfMagnitudes"]!:G3}; energies are what is left when terms of this size cancel: the larger, the worse conditioned the fit, and a larger jitter lowers it"));
        context.Output.WriteLine($"test it: ./engine gap test {Out} TEST.extxyz; use it: \"potential\": \"{Out}\" in a run, or --potential {Out}");
        return ExitCode.Done;
    }

    private static string Text(GroupErrors all)
    {
        const double milli = 1e3;
        var parts = new List<string>();
        Add("energy", milli * all.EnergyRmse, "meV/atom");
        Add("forces", all.ForceRmse, "eV/Å");
        Add("virial", milli * all.VirialRmse, "meV/atom");
        return string.Join(", ", parts);

        void Add(string what, double? value, string unit)
        {
            if (value is { } error)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{what} {error:G3} {unit}"));
            }
        }
    }

    private static IReadOnlyList<GroupErrors> CrossValidate(
        Configuration[] frames, GapFitSettings settings, int folds, IReadOnlyList<GapSparseSet>? sparsePoints, Workers workers, VerbContext context)
    {
        for (var fold = 0; fold < folds; fold++)
        {
            RequireSpecies(frames, folds, fold);
        }
        var errors = new PotentialErrors(UnitSystem.Metal.EnergyUnit, UnitSystem.Metal.LengthUnit);
        for (var fold = 0; fold < folds; fold++)
        {
            context.Log($"fold {fold + 1} of {folds}");
            var fitted = GapFit.Run([.. frames.Where((_, i) => i % folds != fold)], settings, workers, context.Log, sparsePoints: sparsePoints, cancellation: context.Cancellation);
            var evaluator = new FrameEvaluator(PotentialFile.Of(fitted.Model), UnitSystem.Metal, workers);
            errors.Measure(evaluator, frames.Where((_, i) => i % folds == fold), frame => GapFit.GroupOf(frame, settings.GroupKey), context.Cancellation);
        }
        return errors.Groups();
    }

    /// <summary>A potential cannot be tested on an element that it was not fitted to.</summary>
    private static void RequireSpecies(Configuration[] frames, int folds, int fold)
    {
        var known = frames.Where((_, i) => i % folds != fold).SelectMany(Symbols).ToHashSet();
        foreach (var frame in frames.Where((_, i) => i % folds == fold))
        {
            if (Symbols(frame).FirstOrDefault(symbol => !known.Contains(symbol)) is { } missing)
            {
                throw new InputException(
                    $"--folds is {folds}, but {missing} of {frame.Place} is in no frame of another fold; expected every element in several folds; use another number of folds, or none");
            }
        }

        static IEnumerable<string> Symbols(Configuration frame) => frame.Species.Distinct().Select(s => frame.SpeciesTable[s].Name);
    }
}
