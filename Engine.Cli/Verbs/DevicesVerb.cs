using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Kernels.Devices;

namespace Engine.Cli.Verbs;

[Example("./engine devices --json", "what this machine has, for a script")]
[Verb("devices", HelpText = "List the processors and native libraries of this machine, or why they are absent.")]
internal sealed class DevicesVerb : Verb
{
    protected override bool RunsOnAnyDevice => true;

    public override int Execute(VerbContext context)
    {
        var census = DeviceCensus.Take();
        if (Json)
        {
            JsonOutput.Write(context, ToJson(census));
            return ExitCode.Done;
        }
        var devices = new TextTable("device", "name", "units", "memory", "features", "driver");
        foreach (var d in census.Devices)
        {
            devices.Add(d.Address, d.Name, d.ComputeUnits.ToString(CultureInfo.InvariantCulture), Gibibytes(d.MemoryBytes), string.Join(", ", d.Features), d.Driver);
        }
        devices.Write(context.Output);
        foreach (var a in census.Absent)
        {
            context.Output.WriteLine($"{Name(a.Kind)}: absent, {a.Reason}");
        }
        context.Output.WriteLine();
        var libraries = new TextTable("library", "loaded as", "version");
        foreach (var l in census.Libraries.Where(l => l.Path is not null))
        {
            libraries.Add(l.Name, l.Path!, l.Reason ?? l.Version ?? "not reported");
        }
        libraries.Write(context.Output);
        foreach (var l in census.Libraries.Where(l => l.Path is null))
        {
            context.Output.WriteLine($"{l.Name}: absent, {l.Reason}");
        }
        return ExitCode.Done;
    }

    private static JsonObject ToJson(DeviceCensus census) => new()
    {
        ["devices"] = new JsonArray([.. census.Devices.Select(d => new JsonObject
        {
            ["address"] = d.Address,
            ["name"] = d.Name,
            ["computeUnits"] = d.ComputeUnits,
            ["memoryBytes"] = d.MemoryBytes,
            ["features"] = new JsonArray([.. d.Features.Select(f => JsonValue.Create(f))]),
            ["driver"] = d.Driver,
        })]),
        ["absent"] = new JsonArray([.. census.Absent.Select(a => new JsonObject { ["device"] = Name(a.Kind), ["reason"] = a.Reason })]),
        ["libraries"] = new JsonArray([.. census.Libraries.Select(l => new JsonObject
        {
            ["name"] = l.Name,
            ["path"] = l.Path,
            ["version"] = l.Version,
            ["reason"] = l.Reason,
        })]),
    };

    private static string Name(DeviceKind kind) => kind switch
    {
        DeviceKind.Cpu => "cpu",
        DeviceKind.Cuda => "cuda",
        _ => "opencl",
    };

    private static string Gibibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB");
}
