using System.Globalization;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Ntk;
using Engine.Cli.Runs;
using Engine.Core.Json;
using Engine.IO.H5md;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Recording;
using Engine.Learn.Spectra;

namespace Engine.Cli.Verbs;

[Example("./engine ntk spectrum runs/ntk-cnn --out spectrum.h5", "entropy, trace, eigenvalues, classes and layers of a network that was trained")]
[Example("./engine ntk spectrum runs/ntk-cnn/model.h5 data.json --reduction full --samples 500 --json", "all pairs of outputs of 500 samples, for a machine")]
[Verb("ntk spectrum", HelpText = "Collective variables and eigenvalues of the tangent kernel of a network.")]
internal sealed class NtkSpectrumVerb : TrainedModelVerb
{
    [Option("device", Default = "auto", MetaValue = "auto|cpu|cuda[:i]|opencl[:i]", HelpText = "Where to compute kernels.")]
    public override string Device { get; set; } = "auto";

    [Option("samples", MetaValue = "N", HelpText = "So many of them, drawn at random by --seed (default: as DATA says, else all).")]
    public int? Samples { get; set; }

    [Option("reduction", MetaValue = "NAME", HelpText = "meanTrace, sumTrace, full or singleOutput:N, see NETWORKS.md (default: as DATA says, else meanTrace).")]
    public string? Reduction { get; set; }

    [Option("precision", MetaValue = "float|double", HelpText = "Of the products that make the kernel (default: as DATA says, else double).")]
    public string? KernelPrecision { get; set; }

    [Option("route", Default = "auto", MetaValue = "auto|dense|dual|lanczos|matrixFree", HelpText = "How; auto takes what is exact within the limits.")]
    public string Route { get; set; } = "auto";

    [Option("memory", MetaValue = "GIB", HelpText = "Memory limit [GiB] (default: as DATA says, else 8).")]
    public double? Memory { get; set; }

    [Option("time", Default = 600.0, MetaValue = "SECONDS", HelpText = "Most time that all eigenvalues may take [s].")]
    public double Time { get; set; } = 600;

    [Option("largest", Default = 32, MetaValue = "K", HelpText = "Eigenvalues where not all are computed.")]
    public int Largest { get; set; } = 32;

    [Option("out", MetaValue = "FILE.h5", HelpText = "Write all numbers there, and a report beside it (.html).")]
    public string? Out { get; set; }

    protected override bool RunsOnAnyDevice => true;

    public override int Execute(VerbContext context)
    {
        if (Out is not null && Path.GetExtension(Out) != ".h5")
        {
            throw new InputException($"--out is {Out}, expected a file that ends in .h5");
        }
        OutputReduction? reduction = Reduction is null ? null : OutputReduction.Parse(Reduction);
        Precision? precision = KernelPrecision is null ? null : Named<Precision>("precision", KernelPrecision);
        SpectrumRoute? route = Route == "auto" ? null : Named<SpectrumRoute>("route", Route, "auto");
        using var model = Open(context, Table is null ? TrainedModel.Training : TrainedModel.All, Out);
        var (part, kernel) = (model.Part, model.Kernel);
        var settings = new SpectrumSettings
        {
            Reduction = reduction ?? kernel.Reduction,
            Precision = precision ?? kernel.Precision,
            Route = route,
            MemoryLimit = Memory ?? kernel.MemoryLimit,
            TimeLimit = Time,
            Largest = Largest,
            Seed = Seed ?? 1,
        };
        if (Samples is { } count && (count < 1 || count > part.Samples.Count))
        {
            throw new InputException($"--samples is {count}, expected 1 to the {part.Samples.Count} samples of {model.Of}");
        }
        if (part.Targets is { Classes: not null, IsComplete: false })
        {
            context.Log("note: the classes of some samples are not known; there are no spectra of classes");
        }
        var chosen = KernelSamples.Draw(part.Samples.Count, Samples ?? kernel.Samples, settings.Seed, model.Of == TrainedModel.Test ? SampleSource.Test : SampleSource.Training);
        using var subset = new SampleSubset(part.Samples, chosen);
        using var workers = new Workers(ThreadCount);
        using var device = DeviceChoice.Open(Device, chosen.Length, context.Log);
        if (device is not null)
        {
            context.Log($"kernels are computed on {device.Address} ({device.Description.Name})");
        }
        var found = new SpectrumSolver(settings, workers, device).Solve(
            model.Network, subset, Output, part.Classes is not { } classes ? null : [.. chosen.Select(i => classes[i])], note => context.Log($"{note}"), context.Cancellation);
        var report = new SpectrumReport(found, settings, model.ClassNames);
        var document = report.ToJson();
        document["model"] = TrajectoryId.Logical(model.ModelPath);
        document["data"] = model.DataHash;
        document["of"] = model.Of;
        document["output"] = Output;
        document["device"] = found.Route is SpectrumRoute.Dense or SpectrumRoute.Lanczos && device is not null ? device.Address : CpuDevice.Describe().Address;
        if (Out is not null)
        {
            report.Write(Out, document, chosen, [.. chosen.Select(i => part.Rows[i])]);
        }
        if (Json)
        {
            document["out"] = Out;
            JsonOutput.Write(context, document);
        }
        else
        {
            report.Show(context.Output);
        }
        return ExitCode.Done;
    }

    /// <summary>A value of an enumeration, as files call it.</summary>
    /// <param name="option">The option that has it.</param>
    /// <param name="text">Its name.</param>
    /// <param name="others">What else the option takes.</param>
    /// <exception cref="InputException">There is none of that name.</exception>
    private static T Named<T>(string option, string text, params string[] others)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (StrictJson.NameOf(value) == text)
            {
                return value;
            }
        }
        var names = others.Concat(Enum.GetValues<T>().Select(StrictJson.NameOf));
        throw new InputException(string.Create(CultureInfo.InvariantCulture, $"--{option} is '{text}', expected one of {string.Join(", ", names)}"));
    }
}
