using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Cli.Runs;
using Engine.Core.Files;
using Engine.Core.Gap.Fit;
using Engine.Core.Json;
using Engine.Core.Particles;
using Engine.Core.Soap;
using Engine.Core.Units;
using Engine.IO.Hdf5;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Cli.Verbs;

[Example("./engine soap frames.extxyz --settings examples/gap/soap.json --out soap.h5", "a row for each atom of each frame")]
[Example("./engine soap trajectory.h5 --frames ::10 --settings examples/gap/soap.json --average --out soap.h5", "a row for each frame, and the kernel between frames")]
[Example("./engine soap frames.extxyz --settings examples/gap/soap.json --out soap.h5 --device cuda", "values on a GPU; gradients and averages are the processor's")]
[Verb("soap", HelpText = "SOAP descriptors of structures, as QUIP computes them; on request their gradients, or averages and the kernel between structures.")]
internal sealed class SoapVerb : DeviceVerb
{
    [Value(0, MetaName = "STRUCTURE", Required = true, HelpText = "Structure (.extxyz, .xyz, LAMMPS .data), trajectory (.h5) or run folder.")]
    public string File { get; set; } = "";

    [Option("settings", Required = true, MetaValue = "FILE", HelpText = "Cutoff, nMax, lMax … (JSON), as a soap descriptor of a fit.")]
    public string Settings { get; set; } = "";

    [Option("out", Required = true, MetaValue = "FILE", HelpText = "Where to write (.h5).")]
    public string Out { get; set; } = "";

    [Option("frames", MetaValue = "FIRST:LAST[:STRIDE]", HelpText = "Frames to use, LAST not included (default: all).")]
    public string? Frames { get; set; }

    [Option("average", HelpText = "One descriptor for each frame, that of the sum of its atoms' coefficients; and the kernel (p·p')^zeta of frames.")]
    public bool Average { get; set; }

    [Option("gradients", HelpText = "Also the derivatives with respect to positions.")]
    public bool Gradients { get; set; }

    public override int Execute(VerbContext context)
    {
        if (Average && Gradients)
        {
            throw new InputException("--average and --gradients exclude each other; give one");
        }
        if (Device is not ("auto" or "cpu") && (Average || Gradients))
        {
            throw new InputException($"--device is {Device}, but {(Average ? "averages" : "gradients")} are computed on the processor only; leave out --{(Average ? "average" : "gradients")}, or use --device cpu");
        }
        var input = SoapInput.ReadFile(Settings);
        File = FrameSource.TrajectoryOf(File);
        WholeFile.Require(Out, "--out", File, Settings);
        var frames = FrameSource.Read(File, Frames is null ? FrameRange.All : FrameRange.Parse(Frames), new() { Units = UnitSystem.Metal, Notice = n => context.Log($"note: {n}") }).ToArray();
        if (frames.Length == 0)
        {
            throw new InputException($"{File} has no frame in the range asked for; expected at least one");
        }
        int[] elements = [.. frames.SelectMany(SoapDescriptors.AtomicNumbers).Distinct().Order()];
        int[] centres = input.Centres is null ? elements : [.. input.Centres.Select(Elements.AtomicNumberOf)];
        if (centres.Length == 0 || centres.Any(z => !elements.Contains(z)))
        {
            throw new InputException($"{Settings}: centres are [{string.Join(", ", input.Centres!)}], expected some of {string.Join(", ", elements.Select(Elements.SymbolOf))}, the elements of {File}");
        }
        using var workers = new Workers(ThreadCount);
        // One set of channels for all centres, so that their descriptors can be compared.
        using var soap = new SoapDescriptors(input.Settings(centres[0], elements) with { Centres = centres });
        var attributes = new Dictionary<string, string>
        {
            ["engine"] = Shell.Version,
            ["settings"] = StrictJson.ToNode(input)!.ToJsonString(),
            ["species"] = string.Join(' ', elements.Select(Elements.SymbolOf)),
            ["order"] = "pairs of channels I, J <= I (species by species, radial functions inside), degree l fastest; appended component last",
        };
        var rows = Average ? WriteAverages(soap, frames, input.Zeta, attributes) : WriteCentres(soap, frames, workers, attributes, context);
        if (Json)
        {
            JsonOutput.Write(context, new JsonObject { ["frames"] = frames.Length, ["rows"] = rows, ["components"] = soap.Settings.Length, ["out"] = Out });
        }
        else
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Out}: {rows} descriptors of {soap.Settings.Length} components, {NumberText.Count(frames.Length, "frame")}"));
        }
        return ExitCode.Done;
    }

    private int WriteAverages(SoapDescriptors soap, Configuration[] frames, double zeta, Dictionary<string, string> attributes)
    {
        var values = frames.Select(soap.ComputeAverage).ToArray();
        var kernel = new double[frames.Length * frames.Length];
        for (var a = 0; a < frames.Length; a++)
        {
            for (var b = 0; b < frames.Length; b++)
            {
                kernel[a * frames.Length + b] = Math.Pow(values[a].Zip(values[b], (x, y) => x * y).Sum(), zeta);
            }
        }
        ArrayFile.Write(Out, attributes, file =>
        {
            foreach (var value in values)
            {
                file.Append("soap", value, soap.Settings.Length);
            }
            file.Append("kernel", kernel, frames.Length);
        });
        return frames.Length;
    }

    private int WriteCentres(SoapDescriptors soap, Configuration[] frames, Workers workers, Dictionary<string, string> attributes, VerbContext context)
    {
        // Derivatives of this many centres are in memory at a time.
        const int part = 64;
        using var device = Device is "auto" or "cpu" ? null : Kernels.Devices.Device.Open(Device);
        var (length, rows) = (soap.Settings.Length, 0);
        ArrayFile.Write(Out, attributes, file =>
        {
            for (var f = 0; f < frames.Length; f++)
            {
                foreach (var found in device is null ? soap.ComputeParts(frames[f], workers, Gradients, part) : soap.ComputeOn(frames[f], device))
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    file.Append("soap", MemoryMarshal.CreateReadOnlySpan(ref found.Values[0, 0], found.Values.Length), length);
                    file.Append("frame", [.. Enumerable.Repeat(f, found.Centres.Length)]);
                    file.Append("particle", found.Centres);
                    foreach (var (gradient, k) in (found.Gradients ?? []).Select((g, k) => (g, k)))
                    {
                        file.Append("gradient", MemoryMarshal.CreateReadOnlySpan(ref gradient.Rows[0, 0], gradient.Rows.Length), 3, length);
                        file.Append("gradient_row", [.. Enumerable.Repeat(rows + k, gradient.Particles.Length)]);
                        file.Append("gradient_particle", gradient.Particles);
                    }
                    rows += found.Centres.Length;
                }
            }
        });
        return rows;
    }
}
