using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;

namespace Engine.Cli.Verbs;

[Example("./engine devices --json", "what this machine has, for a script")]
[Verb("devices", HelpText = "List the devices and native libraries of this machine, or why they are absent; measures how fast each device copies memory. With --device that one alone.")]
internal sealed class DevicesVerb : DeviceVerb
{
    public override int Execute(VerbContext context)
    {
        var census = DeviceCensus.Take();
        if (Device != "auto")
        {
            census = census with { Devices = [.. census.Devices.Where(IsGiven)] };
        }
        if (Json)
        {
            JsonOutput.Write(context, ToJson(census));
            return ExitCode.Done;
        }
        var devices = new TextTable("device", "name", "units", "memory", "copies", "features", "driver");
        foreach (var d in census.Devices)
        {
            var (rate, failure) = Bandwidth(d);
            devices.Add(
                d.Address, d.Name, d.ComputeUnits.ToString(CultureInfo.InvariantCulture), Gibibytes(d.MemoryBytes),
                rate is { } r ? string.Create(CultureInfo.InvariantCulture, $"{r / 1e9:0.0} GB/s") : failure!, string.Join(", ", d.Features), d.Driver);
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
        ["devices"] = new JsonArray([.. census.Devices.Select(ToJson)]),
        ["absent"] = new JsonArray([.. census.Absent.Select(a => new JsonObject { ["device"] = Name(a.Kind), ["reason"] = a.Reason })]),
        ["libraries"] = new JsonArray([.. census.Libraries.Select(l => new JsonObject
        {
            ["name"] = l.Name,
            ["path"] = l.Path,
            ["version"] = l.Version,
            ["reason"] = l.Reason,
        })]),
    };

    private static JsonObject ToJson(DeviceDescription d)
    {
        var (rate, failure) = Bandwidth(d);
        return new()
        {
            ["address"] = d.Address,
            ["name"] = d.Name,
            ["computeUnits"] = d.ComputeUnits,
            ["memoryBytes"] = d.MemoryBytes,
            ["copyBytesPerSecond"] = rate,
            ["failure"] = failure,
            ["features"] = new JsonArray([.. d.Features.Select(f => JsonValue.Create(f))]),
            ["driver"] = d.Driver,
        };
    }

    /// <summary>Bytes read plus bytes written per second, on the processor by one thread; or why the device does not work.</summary>
    private static (double? Rate, string? Failure) Bandwidth(DeviceDescription d)
    {
        try
        {
            if (d.Kind == DeviceKind.Cpu)
            {
                return (CopyBandwidth.MeasureProcessor(), null);
            }
            using var device = Kernels.Devices.Device.Open(d.Address);
            return (CopyBandwidth.Measure(device), null);
        }
        catch (EngineException error)
        {
            return (null, error.Message);
        }
    }

    private static string Name(DeviceKind kind) => kind switch
    {
        DeviceKind.Cpu => "cpu",
        DeviceKind.Cuda => "cuda",
        _ => "opencl",
    };

    private static string Gibibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB");
}
