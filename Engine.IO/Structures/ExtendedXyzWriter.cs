using System.Globalization;
using Engine.Core.Particles;
using Engine.Kernels.Errors;

namespace Engine.IO.Structures;

/// <summary>Writes extended XYZ that ASE, OVITO and QUIP read too; masses that are known, and the order of their species, travel in the key species_masses.</summary>
internal static class ExtendedXyzWriter
{
    public static void Write(TextWriter writer, Configuration frame)
    {
        CheckNames(frame);
        var box = frame.Box;
        var text = new NumberLine(writer);
        text.Add(frame.Count).End();
        text.Raw("Lattice=\"").Add(box.LengthX).Add(0.0).Add(0.0).Add(box.TiltXY).Add(box.LengthY).Add(0.0)
            .Add(box.TiltXZ).Add(box.TiltYZ).Add(box.LengthZ).Raw("\"");
        if (box.Origin != default)
        {
            text.Raw(" Origin=\"").Add(box.Origin.X).Add(box.Origin.Y).Add(box.Origin.Z).Raw("\"");
        }
        text.Raw($" pbc=\"{Flag(box.PeriodicX)} {Flag(box.PeriodicY)} {Flag(box.PeriodicZ)}\" Properties=species:S:1:pos:R:3");
        text.Raw(frame.Velocities is null ? "" : ":velo:R:3").Raw(frame.Forces is null ? "" : ":forces:R:3")
            .Raw(frame.Charges is null ? "" : ":charge:R:1").Raw(frame.Images is null ? "" : ":images:I:3").Raw(frame.EnergyDeviations is null ? "" : ":energy_deviation:R:1");
        Species[] weighed = [.. frame.SpeciesTable.Where(species => species.Mass > 0)];
        if (weighed.Length > 0)
        {
            text.Raw(" species_masses=\"");
            foreach (var species in weighed)
            {
                text.Word(species.Name).Add(species.Mass);
            }
            text.Raw("\"");
        }
        if (frame.Energy is { } energy)
        {
            text.Raw(" energy=").Add(energy);
        }
        if (frame.Virial is { } w)
        {
            text.Raw(" virial=\"").Add(w.XX).Add(w.XY).Add(w.XZ).Add(w.XY).Add(w.YY).Add(w.YZ).Add(w.XZ).Add(w.YZ).Add(w.ZZ).Raw("\"");
        }
        foreach (var (key, value) in frame.Labels.Where(label => !ExtendedXyzReader.IsOwnKey(label.Key)))
        {
            text.Raw($" {Quoted(key)}={Quoted(value)}");
        }
        text.Raw(string.Create(CultureInfo.InvariantCulture, $" step={frame.Step} time=")).Add(frame.Time).End();
        for (var i = 0; i < frame.Count; i++)
        {
            text.Word(frame.SpeciesTable[frame.Species[i]].Name).Row(frame.Positions, i).Row(frame.Velocities, i).Row(frame.Forces, i);
            if (frame.Charges is { } charges)
            {
                text.Add(charges[i]);
            }
            if (frame.Images is { } images)
            {
                text.Add(images[3 * i]).Add(images[3 * i + 1]).Add(images[3 * i + 2]);
            }
            if (frame.EnergyDeviations is { } deviations)
            {
                text.Add(deviations[i]);
            }
            text.End();
        }
    }

    private static string Quoted(string value) => value.Length > 0 && value.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '+' or '_')
        ? value
        : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Flag(bool periodic) => periodic ? "T" : "F";

    private static void CheckNames(Configuration frame)
    {
        foreach (var species in frame.SpeciesTable)
        {
            if (species.Name.Length == 0 || species.Name.Any(c => char.IsWhiteSpace(c) || c is '"' or '\\'))
            {
                throw new InputException($"species \"{species.Name}\" cannot be written to extended XYZ; expected a name without spaces and quotes");
            }
        }
    }
}
