using CommandLine;
using Engine.Cli.Ntk;
using Engine.Cli.Runs;
using Engine.Core.Json;
using Engine.IO.H5md;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Learn.Recording;

namespace Engine.Cli.Verbs;

[Example("./engine ntk train examples/ntk/cnn.json", "a network, its kernel along the way, and a report of both")]
[Example("./engine ntk train examples/ntk/cnn.json --out runs/cnn --resume", "goes on where it was stopped, to the same bits")]
[Verb("ntk train", HelpText = "Train a network described by a JSON file while recorders follow its tangent kernel.")]
internal sealed class NtkTrainVerb : Verb
{
    [Value(0, MetaName = "CONFIG", Required = true, HelpText = "Data, network, training, recorders (JSON).")]
    public string Config { get; set; } = "";

    [Option("set", Separator = RunVerb.SettingSeparator, MetaValue = "PATH=VALUE", HelpText = "Change one value of the input; may be repeated.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("out", MetaValue = "FOLDER", HelpText = "Run folder, instead of the one the input names.")]
    public string? Out { get; set; }

    [Option("resume", HelpText = "Go on from the checkpoint in the run folder.")]
    public bool Resume { get; set; }

    [Option("overwrite", HelpText = "Discard the run that the folder holds.")]
    public bool Overwrite { get; set; }

    public override int Execute(VerbContext context)
    {
        if (Resume && Overwrite)
        {
            throw new InputException("--resume and --overwrite exclude each other; give one");
        }
        var input = LearningInput.ReadFile(Config, WithSeed(Set));
        using var prepared = new PreparedLearning(input, ThreadCount, context.Cancellation);
        foreach (var line in prepared.Estimate())
        {
            context.Log(line);
        }
        var identity = new RunIdentity(
            input.Title, StrictJson.ToNode(prepared.Input), ContentHash.Of(prepared.Input), Config, new Dictionary<string, string> { [Config] = TrajectoryId.Bytes(Config) });
        var existing = Resume ? ExistingRun.Resume : Overwrite ? ExistingRun.Overwrite : ExistingRun.Refuse;
        return new RunSession(context, Json).Execute(identity, context.Arguments, Out ?? input.Output.Folder, existing, ThreadCount, CpuDevice.Describe(), prepared);
    }
}
