using CommandLine;
using Engine.Cli.Ntk;
using Engine.Cli.Runs;
using Engine.Core.Json;
using Engine.IO.H5md;
using Engine.Kernels.Devices;
using Engine.Learn.Recording;

namespace Engine.Cli.Verbs;

[Example("./engine ntk train examples/ntk/cnn.json", "a network, its kernel along the way, and a report of both")]
[Example("./engine ntk train examples/ntk/cnn.json --out runs/cnn --resume", "goes on where it was stopped, to the same bits; with more epochs, also where it was done")]
[Verb("ntk train", HelpText = "Train a network described by a JSON file while recorders follow its tangent kernel.")]
internal sealed class NtkTrainVerb : RunFolderVerb
{
    [Value(0, MetaName = "CONFIG", Required = true, HelpText = "Data, network, training, recorders (JSON).")]
    public string Config { get; set; } = "";

    public override int Execute(VerbContext context)
    {
        var existing = Existing;
        var input = LearningInput.ReadFile(Config, WithSeed(Set));
        var folder = Out ?? input.Output.Folder;
        // Before data are read and times are measured.
        RunFolder.Check(folder, existing);
        using var prepared = new PreparedLearning(
            input, ThreadCount, samples => DeviceChoice.Open(DeviceFor(context, folder), samples, context.Log), context.Cancellation);
        var identity = new RunIdentity(
            input.Title, StrictJson.ToNode(prepared.Input), ContentHash.Of(prepared.Input), Config, input.Folder,
            new Dictionary<string, string>([.. prepared.Files.DistinctBy(f => f.Path).Select(f => KeyValuePair.Create(f.Path, f.Hash)), KeyValuePair.Create(Path.GetFullPath(Config), TrajectoryId.Bytes(Config))]));
        return new RunSession(context, Json).Execute(identity, context.Arguments, folder, existing, ThreadCount, prepared.Device?.Description ?? CpuDevice.Describe(), prepared);
    }
}
