using System.Globalization;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Runs;
using Engine.Core.Builders;
using Engine.Core.Files;
using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Potentials.Terms;
using Engine.Core.Units;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;

namespace Engine.Cli.Verbs;

[Example("./engine energy frame.extxyz --potential examples/potentials/hfo2-teter-fit.json --out forces.extxyz", "energy on the screen, forces in a file")]
[Example("./engine energy melt.data --species Hf,O --potential potential.json --constants lammps-metal --json", "a LAMMPS file, with the constants LAMMPS uses")]
[Verb("energy", HelpText = "Energy, forces and virial of one structure, in double precision.")]
internal sealed class EnergyVerb : Verb
{
    [Value(0, MetaName = "STRUCTURE", Required = true, HelpText = "Structure (.extxyz, .xyz, LAMMPS .data), trajectory (.h5) or run folder.")]
    public string File { get; set; } = "";

    [Option("potential", Required = true, MetaValue = "FILE", HelpText = "Potential (JSON, or a GAP in QUIP's XML).")]
    public string Potential { get; set; } = "";

    [Option("frame", MetaValue = "N", HelpText = "Frame, counted from 0; negative: from the end (default: the last).")]
    public int? Frame { get; set; }

    [Option("species", MetaValue = "A,B", HelpText = "Names of the numbered types of a LAMMPS file, in order.")]
    public string? Species { get; set; }

    [Option("constants", Default = "codata2022", MetaValue = "NAME", HelpText = "Constants: codata2022 or lammps-metal.")]
    public string Constants { get; set; } = "codata2022";

    [Option("out", MetaValue = "FILE", HelpText = "Write the structure with its forces, as extended XYZ.")]
    public string? Out { get; set; }

    [Option("uncertainty", HelpText = "Also how sure a GAP is of each atom's energy; written to --out as the column energy_deviation.")]
    public bool Uncertainty { get; set; }

    public override int Execute(VerbContext context)
    {
        var potential = PotentialFile.Load(Potential);
        var units = UnitSystem.Named(potential.Units, Constants);
        File = Directory.Exists(File) ? FrameSource.TrajectoryOf(File) : File;
        var asked = Frame ?? -1;
        var frame = FrameSource.ReadOne(File, asked, new StructureReadOptions
        {
            Units = units,
            Species = Species?.Split(',', StringSplitOptions.TrimEntries),
            Notice = notice => context.Log($"warning: {notice}"),
        }, out var frames);
        var number = asked >= 0 ? asked : frames + asked;
        if (Frame is null && frames > 1)
        {
            context.Log($"note: {File} has {frames} frames: the last, frame {number} counted from 0, is used; --frame N takes another");
        }
        using var workers = new Workers(ThreadCount);
        var model = new FrameEvaluator(potential, units, workers).Prepare(frame);
        foreach (var warning in model.Warnings)
        {
            context.Log($"warning: {warning}");
        }
        if (Out is not null)
        {
            if (!Path.GetExtension(Out).Equals(".extxyz", StringComparison.OrdinalIgnoreCase))
            {
                throw new InputException($"--out is {Out}, expected a file that ends in .extxyz: other formats hold no forces");
            }
            WholeFile.Require(Out, "--out", File, Potential);
        }
        var found = SinglePoint.Evaluate(frame, model, workers);
        var deviations = Uncertainty ? Deviations(potential, frame, workers) : null;
        if (Out is not null)
        {
            frame.EnergyDeviations = deviations;
            frame.Forces = found.Forces;
            frame.Energy = found.Energy;
            frame.Virial = found.Virial;
            StructureFile.Write(Out, frame);
        }
        // What is open along an axis has no volume.
        var volume = frame.Box is { PeriodicX: true, PeriodicY: true, PeriodicZ: true } ? frame.Box.Volume : default(double?);
        var pressure = units.PressurePerEnergyDensity / volume * found.Virial;
        var methods = model.Methods(CellForm.Reduce(frame).Box, frame.Count);
        if (Json)
        {
            JsonOutput.Write(context, new JsonObject
            {
                ["potential"] = model.Name,
                ["methods"] = JsonOutput.Object(methods),
                ["frame"] = number,
                ["frames"] = frames,
                ["atoms"] = frame.Count,
                ["energy"] = found.Energy,
                ["energyUnit"] = units.EnergyUnit,
                ["pairEnergy"] = found.PairEnergy,
                ["termEnergies"] = JsonOutput.Object(found.TermEnergies),
                ["constantEnergy"] = found.ConstantEnergy,
                ["tailEnergy"] = found.TailEnergy,
                ["virial"] = Array(found.Virial),
                ["volume"] = volume,
                ["virialPressure"] = pressure is { } p ? Array(p) : null,
                ["pressureUnit"] = units.PressureUnit,
                ["maximumForce"] = LargestForce(found.Forces),
                ["largestEnergyDeviation"] = deviations?.Max(),
                ["meanEnergyDeviation"] = deviations?.Average(),
                ["out"] = Out,
            });
            return ExitCode.Done;
        }
        var table = new TextTable("quantity", "value", "unit");
        table.Add("potential", model.Name, "");
        table.Add("particles", Composition(frame), "");
        table.Add("energy", Text(found.Energy), units.EnergyUnit);
        table.Add("energy per particle", Text(found.Energy / frame.Count), units.EnergyUnit);
        AddPart("  pairs", found.PairEnergy);
        foreach (var (name, value) in found.TermEnergies)
        {
            AddPart(name == EwaldReciprocal.TermName ? $"  {name}, by {methods.Values.Single()}" : $"  {name}", value);
        }
        AddPart(model.ForceTerms.Any(term => term is GapForce) ? "  free atoms and self terms" : "  self terms", found.ConstantEnergy);
        AddPart("  tail correction", found.TailEnergy);
        table.Add("virial xx yy zz xy xz yz", string.Join(' ', found.Virial.ToArray().Select(Text)), units.EnergyUnit);
        if (pressure is { } tensor)
        {
            table.Add("virial pressure (without the kinetic part)", Text((tensor.XX + tensor.YY + tensor.ZZ) / 3), units.PressureUnit);
        }
        table.Add("largest force", Text(LargestForce(found.Forces)), $"{units.EnergyUnit}/{units.LengthUnit}");
        if (deviations is not null)
        {
            table.Add("deviation of an atom's energy, mean", Text(deviations.Average()), units.EnergyUnit);
            table.Add("  largest", Text(deviations.Max()), units.EnergyUnit);
        }
        table.Write(context.Output);
        return ExitCode.Done;

        void AddPart(string name, double value)
        {
            if (value != 0)
            {
                table.Add(name, Text(value), units.EnergyUnit);
            }
        }
    }

    private static double[] Deviations(PotentialFile potential, Configuration frame, Workers workers)
    {
        var gap = potential.Terms.OfType<GapTerm>().FirstOrDefault()?.Model
            ?? throw new InputException($"--uncertainty was given, but potential {potential.Name} is no GAP; expected one: others do not know how sure they are");
        using var uncertainty = new GapUncertainty(gap, workers);
        return uncertainty.Deviations(frame);
    }

    private static string Composition(Configuration frame) => string.Join(' ', frame.SpeciesTable.Select((s, i) =>
        string.Create(CultureInfo.InvariantCulture, $"{frame.Species.Count(x => x == i)} {s.Name}")));

    private static double LargestForce(double[] forces)
    {
        var largest = 0.0;
        for (var i = 0; i < forces.Length; i += 3)
        {
            largest = Math.Max(largest, new Vector3d(forces[i], forces[i + 1], forces[i + 2]).LengthSquared);
        }
        return Math.Sqrt(largest);
    }

    private static JsonArray Array(SymmetricTensor t) => new([.. t.ToArray().Select(c => JsonValue.Create(c))]);

    private static string Text(double value) => value.ToString("G12", CultureInfo.InvariantCulture);
}
