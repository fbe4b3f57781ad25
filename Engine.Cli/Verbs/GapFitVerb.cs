using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Core.Gap;
using Engine.Core.Gap.Fit;
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

    [Option("set", Separator = RunVerb.SettingSeparator, MetaValue = "PATH=VALUE", HelpText = "Change one value of the settings; may be repeated.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("sparse-from", MetaValue = "FILE", HelpText = "Take the sparse points from this potential (.xml) instead of choosing them.")]
    public string? SparseFrom { get; set; }

    public override int Execute(VerbContext context)
    {
        if (!GapFile.IsXml(Out))
        {
            throw new InputException($"--out is {Out}, expected a file that ends in .xml");
        }
        IEnumerable<string> overrides = Seed is { } seed ? Set.Append(string.Create(CultureInfo.InvariantCulture, $"seed={seed}")) : Set;
        var settings = GapFitSettings.ReadFile(Settings, overrides);
        var frames = StructureFile.ReadFrames(Train, new()
        {
            Units = UnitSystem.Metal,
            EnergyKey = settings.EnergyKey,
            ForceKey = settings.ForceKey,
            Notice = notice => context.Log($"note: {notice}"),
        }).ToArray();
        using var workers = new Workers(ThreadCount);
        var clock = Stopwatch.GetTimestamp();
        var provenance = new JsonObject
        {
            ["engine"] = Shell.Version,
            ["trainingFile"] = Path.GetFileName(Train),
            ["trainingHash"] = TrajectoryId.Bytes(Train),
        };
        var result = GapFit.Run(frames, settings, workers, context.Log, provenance, SparseFrom is null ? null : GapFile.Read(SparseFrom).Sets, context.Cancellation);
        GapFileWriter.Write(Out, result.Model);
        var seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        if (Json)
        {
            var line = (JsonObject)result.Record.DeepClone();
            line["potential"] = result.Model.Label;
            line["out"] = Out;
            line["seconds"] = seconds;
            JsonOutput.Write(context, line);
            return ExitCode.Done;
        }
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Out}: potential {result.Model.Label}, fitted in {seconds:0.0} s; sum of the magnitudes of all weights {(double)result.Record["sumOfMagnitudes"]!:G3}"));
        context.Output.WriteLine($"test it: ./engine gap test {Out} TEST.extxyz; use it: \"potential\": \"{Out}\" in a run, or --potential {Out}");
        return ExitCode.Done;
    }
}
