using Engine.Core.Particles;
using Engine.Kernels.Errors;

namespace Engine.IO.Structures;

/// <summary>Writes LAMMPS data: atom style charge where there are charges, else atomic; species names as comments of Masses.</summary>
internal static class LammpsDataWriter
{
    /// <exception cref="InputException">A mass is unknown (LAMMPS needs all), or a name cannot be told from its surroundings.</exception>
    public static void Write(TextWriter writer, Configuration frame)
    {
        foreach (var species in frame.SpeciesTable)
        {
            if (!(species.Mass > 0))
            {
                throw new InputException($"the mass of {species.Name} is unknown, LAMMPS data needs it; add it to the structure or write .extxyz");
            }
            if (species.Name.Length == 0 || species.Name.Any(c => char.IsWhiteSpace(c) || c == '#'))
            {
                throw new InputException($"species \"{species.Name}\" cannot be written to LAMMPS data; expected a name without spaces and #");
            }
        }
        var box = frame.Box;
        var text = new NumberLine(writer);
        text.Raw("# written by Engine").End();
        text.End();
        text.Add(frame.Count).Word("atoms").End();
        text.Add(frame.SpeciesTable.Count).Word("atom types").End();
        text.End();
        text.Add(box.Origin.X).Add(box.Origin.X + box.LengthX).Word("xlo xhi").End();
        text.Add(box.Origin.Y).Add(box.Origin.Y + box.LengthY).Word("ylo yhi").End();
        text.Add(box.Origin.Z).Add(box.Origin.Z + box.LengthZ).Word("zlo zhi").End();
        if (!box.IsOrthorhombic)
        {
            text.Add(box.TiltXY).Add(box.TiltXZ).Add(box.TiltYZ).Word("xy xz yz").End();
        }
        text.Raw("\nMasses\n\n");
        for (var type = 0; type < frame.SpeciesTable.Count; type++)
        {
            text.Add(type + 1).Add(frame.SpeciesTable[type].Mass).Word("#").Word(frame.SpeciesTable[type].Name).End();
        }
        text.Raw(frame.Charges is null ? "\nAtoms # atomic\n\n" : "\nAtoms # charge\n\n");
        for (var i = 0; i < frame.Count; i++)
        {
            text.Add(i + 1).Add(frame.Species[i] + 1);
            if (frame.Charges is { } charges)
            {
                text.Add(charges[i]);
            }
            text.Row(frame.Positions, i);
            if (frame.Images is { } images)
            {
                text.Add(images[3 * i]).Add(images[3 * i + 1]).Add(images[3 * i + 2]);
            }
            text.End();
        }
        if (frame.Velocities is not null)
        {
            text.Raw("\nVelocities\n\n");
            for (var i = 0; i < frame.Count; i++)
            {
                text.Add(i + 1).Row(frame.Velocities, i).End();
            }
        }
    }
}
