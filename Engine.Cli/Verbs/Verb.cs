using System.Globalization;
using CommandLine;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;

namespace Engine.Cli.Verbs;

/// <summary>What every verb takes. A verb is its own options: one class, one file.</summary>
internal abstract class Verb
{
    /// <summary>Between the values of a repeated --set, where <see cref="Shell"/> brings them together.</summary>
    internal const char SettingSeparator = '\u001f';

    [Option("json", HelpText = "JSON on standard output; everything else on standard error.")]
    public bool Json { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "Threads to compute with (default: one for each processor). Results do not depend on it.")]
    public int? Threads { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "Seed of all random numbers; overrides the one of the input.")]
    public ulong? Seed { get; set; }

    /// <summary>Taken by every verb, so that cpu is; in the help of those that compute elsewhere.</summary>
    [Option("device", Default = "auto", Hidden = true)]
    public virtual string Device { get; set; } = "auto";

    [Value(100, Hidden = true)]
    public IEnumerable<string> Unexpected { get; set; } = [];

    public abstract int Execute(VerbContext context);

    /// <summary>Threads to use.</summary>
    protected int ThreadCount => Threads ?? Environment.ProcessorCount;

    /// <summary>Assignments of --set, and --seed where it is given.</summary>
    protected IEnumerable<string> WithSeed(IEnumerable<string> assignments) =>
        Seed is { } seed ? assignments.Append(string.Create(CultureInfo.InvariantCulture, $"seed={seed}")) : assignments;

    /// <summary>Refuses what no verb can use.</summary>
    /// <exception cref="InputException">--threads or --device is out of range.</exception>
    /// <exception cref="MissingLibraryException">The device is not here, or this verb does not compute on it.</exception>
    public void Check()
    {
        if (Unexpected.Any())
        {
            throw new InputException($"argument '{Unexpected.First()}' is one too many; --help shows what is expected");
        }
        if (Threads is < 1 or > 4096)
        {
            throw new InputException($"--threads is {Threads}, expected 1 to 4096");
        }
        var (kind, _) = ParseDevice(Device);
        if (kind is DeviceKind.Cpu)
        {
            return;
        }
        if (!RunsOnAnyDevice)
        {
            throw new InputException($"--device is {Device}, but this verb computes on the processor only; use --device cpu");
        }
        var census = DeviceCensus.Take();
        var absent = census.Absent.FirstOrDefault(a => a.Kind == kind);
        if (absent is not null)
        {
            throw new MissingLibraryException($"--device {Device} is not here: {absent.Reason}; use another device, ./engine devices lists what is here and what is missing");
        }
        if (!census.Devices.Any(IsGiven))
        {
            throw new MissingLibraryException($"there is no device {Device}, expected one of {string.Join(", ", census.Devices.Select(d => d.Address))}; ./engine devices lists them");
        }
    }

    /// <summary>Whether the verb works with devices other than the CPU.</summary>
    protected virtual bool RunsOnAnyDevice => false;

    /// <summary>Whether it is the device of --device.</summary>
    protected bool IsGiven(DeviceDescription device) => ParseDevice(Device) == (device.Kind, device.Index);

    internal static (DeviceKind Kind, int Index) ParseDevice(string text)
    {
        var parts = text.Split(':');
        var index = 0;
        var numbered = parts.Length == 2 && int.TryParse(parts[1], out index) && index >= 0;
        return (parts[0], parts.Length) switch
        {
            ("auto" or "cpu", 1) => (DeviceKind.Cpu, 0),
            ("cuda", 1) => (DeviceKind.Cuda, 0),
            ("opencl", 1) => (DeviceKind.OpenCl, 0),
            ("cuda", 2) when numbered => (DeviceKind.Cuda, index),
            ("opencl", 2) when numbered => (DeviceKind.OpenCl, index),
            _ => throw new InputException($"--device is '{text}', expected auto, cpu, cuda[:i] or opencl[:i]; ./engine devices lists what is here"),
        };
    }
}
