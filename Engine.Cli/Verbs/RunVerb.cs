using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Runs;
using Engine.Core.Json;
using Engine.Core.Units;
using Engine.Kernels.Devices;

namespace Engine.Cli.Verbs;

[Example("./engine run examples/lj-melt.json --set initialTemperature=2 --out runs/hot", "a run with one value changed, into its own folder")]
[Example("./engine run examples/hfo2-melt-quench.json --set 'stages[quench].temperature.rate=200 K/ps' --check", "what would be run")]
[Verb("run", HelpText = "Run a simulation described by a JSON file.")]
internal sealed class RunVerb : RunFolderVerb
{
    [Value(0, MetaName = "FILE", Required = true, HelpText = "Run input (JSON).")]
    public string InputFile { get; set; } = "";

    public override int Execute(VerbContext context)
    {
        var existing = Existing;
        var setup = RunSetup.Read(InputFile, WithSeed(Set));
        foreach (var notice in setup.Notices)
        {
            context.Log($"warning: {notice}");
        }
        var folder = Out ?? setup.Input.Output.Folder;
        if (OnlyCheck)
        {
            // Refuses what a run would refuse at its start.
            var planned = DeviceChoice.Open(Device, setup, context.Log);
            using var prepared = new PreparedSimulation(setup, threads: 1, planned);
            ShowPlan(context, setup, folder, planned?.Address ?? "cpu");
            LogRefusal(context, folder);
            return ExitCode.Done;
        }
        var device = DeviceChoice.Open(DeviceFor(context, folder), setup, context.Log);
        return new RunSession(context, Json).Execute(
            setup, InputFile, context.Arguments, folder, existing, ThreadCount, device?.Description ?? CpuDevice.Describe(), () => new PreparedSimulation(setup, ThreadCount, device));
    }

    private void ShowPlan(VerbContext context, RunSetup setup, string folder, string device)
    {
        var input = setup.Input;
        if (Json)
        {
            JsonOutput.Write(context, new JsonObject
            {
                ["folder"] = folder,
                ["inputHash"] = ContentHash.Of(input),
                ["atoms"] = setup.Start.Count,
                ["device"] = device,
                ["methods"] = JsonOutput.Object(setup.Methods),
                ["input"] = StrictJson.ToNode(input),
            });
            return;
        }
        var time = input.UnitSystem.UnitOf(QuantityKind.Time);
        context.Output.WriteLine($"{(input.Title.Length > 0 ? input.Title + ": " : "")}{setup.Start.Count} atoms, potential {setup.Model.Name}, units {input.Units}, seed {input.Seed}, on {device}, into {folder}");
        context.Output.WriteLine($"input hash {ContentHash.Of(input)}");
        foreach (var (what, how) in setup.Methods)
        {
            context.Output.WriteLine($"{what}: {how}");
        }
        var table = new TextTable("stage", "steps", $"time step [{time}]", $"duration [{time}]", $"temperature [{input.UnitSystem.UnitOf(QuantityKind.Temperature)}]", $"pressure [{input.UnitSystem.UnitOf(QuantityKind.Pressure)}]");
        foreach (var (stage, i) in input.Stages.Select((s, i) => (s, i)))
        {
            var name = stage.Name.Length > 0 ? stage.Name : string.Create(CultureInfo.InvariantCulture, $"{i + 1}");
            if (stage.Minimise is { } minimise)
            {
                table.Add(name, $"at most {minimise.MaximumSteps}", "-", "-", "-", "-");
                continue;
            }
            var duration = stage.Steps!.Value * stage.TimeStep!.Value;
            table.Add(
                name, Format(stage.Steps), Format(stage.TimeStep), Format(duration),
                stage.Temperature is null ? "-" : Between(stage.TemperatureAt(0), stage.TemperatureAt(duration)),
                stage.Pressure is null ? "-" : Between(stage.PressureAt(0), stage.PressureAt(duration)));
        }
        table.Write(context.Output);
    }

    private static string Between(double from, double to) => from == to ? Format(from) : $"{Format(from)} to {Format(to)}";

    private static string Format(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "-";

    private static string Format(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture) ?? "-";
}
