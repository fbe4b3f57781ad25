using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
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
        if (!OnlyCheck)
        {
            // Before data are read and times are measured.
            RunFolder.Check(folder, existing);
        }
        using var prepared = new PreparedLearning(
            input, ThreadCount, samples => DeviceChoice.Open(OnlyCheck ? Device : DeviceFor(context, folder), samples, context.Log), context.Cancellation);
        if (OnlyCheck)
        {
            ShowPlan(context, prepared, folder);
            LogRefusal(context, folder);
            return ExitCode.Done;
        }
        var identity = new RunIdentity(
            input.Title, StrictJson.ToNode(prepared.Input), ContentHash.Of(prepared.Input), Config, input.Folder,
            prepared.Files.Append((Path: Path.GetFullPath(Config), Hash: TrajectoryId.Bytes(Config))).DistinctBy(f => f.Path).ToDictionary(f => f.Path, f => f.Hash));
        return new RunSession(context, Json).Execute(identity, context.Arguments, folder, existing, ThreadCount, prepared.Device?.Description ?? CpuDevice.Describe(), prepared);
    }

    /// <summary>What would be trained, and what that would take.</summary>
    private void ShowPlan(VerbContext context, PreparedLearning prepared, string folder)
    {
        var (input, address) = (prepared.Input, prepared.Device?.Address ?? CpuDevice.Describe().Address);
        string[] estimate = [.. prepared.Estimate()];
        if (Json)
        {
            JsonOutput.Write(context, new JsonObject
            {
                ["folder"] = folder,
                ["inputHash"] = ContentHash.Of(input),
                ["device"] = address,
                ["steps"] = prepared.TotalSteps,
                ["parameters"] = new JsonObject(prepared.Parameters.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)new JsonArray([.. p.Shape.Select(n => JsonValue.Create(n))])))),
                ["estimate"] = new JsonArray([.. estimate.Select(line => JsonValue.Create(line))]),
                ["input"] = StrictJson.ToNode(input),
            });
            return;
        }
        context.Output.WriteLine($"{(input.Title.Length > 0 ? input.Title + ": " : "")}{prepared.Size}, {prepared.TotalSteps} steps, seed {input.LearningSeed}, kernels on {address}, into {folder}");
        context.Output.WriteLine($"input hash {ContentHash.Of(input)}");
        foreach (var line in estimate)
        {
            context.Output.WriteLine(line);
        }
        var table = new TextTable("parameter", "shape", "numbers");
        foreach (var (name, shape) in prepared.Parameters)
        {
            table.Add(name, $"[{string.Join(", ", shape)}]", shape.Aggregate(1L, (product, size) => product * size).ToString(CultureInfo.InvariantCulture));
        }
        table.Write(context.Output);
    }
}
