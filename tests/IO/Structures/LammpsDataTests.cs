using Engine.Core.Units;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Xunit;

namespace Engine.Tests.IO.Structures;

public class LammpsDataTests
{
    private const string Small = """
        # title with 5 atoms

        2 atoms
        2 atom types
        0 bonds
        -1.0 9.0 xlo xhi # comment
        0 11 ylo yhi
        0 12 zlo zhi
        1 -2 0.5 xy xz yz

        Masses

        1 178.49 # Hf
        2 15.999 # O

        Pair Coeffs # lj/cut

        1 1.0 1.0
        2 1.0 1.0

        Atoms # charge

        7 2 -2.0 1.5 2.5 3.5 0 1 -1
        3 1 4.0 0.5 0.25 0.125 0 0 0

        Velocities

        3 0.1 0.2 0.3
        7 0.4 0.5 0.6
        """;

    [Fact]
    public void ReadsInTheOrderOfIds()
    {
        var frame = StructureTexts.ReadLammps(Small);
        Assert.Equal(new Box(10, 11, 12, 1, -2, 0.5, new Vector3d(-1, 0, 0)), frame.Box);
        Assert.Equal(["Hf", "O"], frame.SpeciesTable.Select(species => species.Name));
        Assert.Equal([0, 1], frame.Species);
        Assert.Equal([0.5, 0.25, 0.125, 1.5, 2.5, 3.5], frame.Positions);
        Assert.Equal([4, -2], frame.Charges!);
        Assert.Equal([0, 0, 0, 0, 1, -1], frame.Images!);
        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], frame.Velocities!);
    }

    [Theory]
    [InlineData("Atoms # full", "1 1 1 0.5 1 2 3", 0.5)]
    [InlineData("Atoms", "1 1 1 0.5 1 2 3", 0.5)]
    [InlineData("Atoms # molecular", "1 1 1 1 2 3", null)]
    [InlineData("Atoms", "1 1 0.5 1 2 3", 0.5)]
    [InlineData("Atoms", "1 1 1 2 3 0 0 0", null)]
    public void AtomStyles(string header, string row, double? charge)
    {
        var frame = StructureTexts.ReadLammps($"title\n1 atoms\n1 atom types\n0 5 xlo xhi\n0 5 ylo yhi\n0 5 zlo zhi\n\n{header}\n\n{row}\n");
        Assert.Equal([1, 2, 3], frame.Positions);
        Assert.Equal(charge, frame.Charges?[0]);
    }

    [Fact]
    public void SpeciesAreNamedByOptionsLabelsOrMasses()
    {
        var unnamed = Small.Replace("# Hf", "").Replace("# O", "");
        var notices = new List<string>();
        Assert.Equal(["Hf", "O"], StructureTexts.ReadLammps(unnamed, new StructureReadOptions { Notice = notices.Add }).SpeciesTable.Select(species => species.Name));
        Assert.Equal(2, notices.Count);
        Assert.Equal(["A", "B"], StructureTexts.ReadLammps(unnamed, new StructureReadOptions { Units = UnitSystem.LennardJones }).SpeciesTable.Select(species => species.Name));
        Assert.Equal(["M", "X"], StructureTexts.ReadLammps(Small, new StructureReadOptions { Species = ["M", "X"] }).SpeciesTable.Select(species => species.Name));
        var labelled = Small.Replace("Masses\n", "Atom Type Labels\n\n1 Zr\n2 S\n\nMasses\n").Replace("7 2 -2.0", "7 S -2.0");
        Assert.Equal(["Zr", "S"], StructureTexts.ReadLammps(labelled).SpeciesTable.Select(species => species.Name));
    }

    [Theory]
    [InlineData("2 atoms", "3 atoms", "Atoms ends after 2 of 3 lines")]
    [InlineData("2 atoms", "1 atoms", "after 1 atoms; expected as many lines")]
    [InlineData("2 atoms", "", "the header is incomplete")]
    [InlineData("2 atoms", "-2 atoms", "line 3: found -2 for the number of atoms")]
    [InlineData("2 atoms", "2 atmos", "line 3: header line \"2 atmos\" is not understood")]
    [InlineData("-1.0 9.0 xlo", "9.0 -1.0 xlo", "the box has no volume")]
    [InlineData("0 11 ylo", "0 inf ylo", "found \"inf\"")]
    [InlineData("7 2 -2.0", "3 2 -2.0", "atom id 3 occurs twice")]
    [InlineData("7 2 -2.0", "7 3 -2.0", "found atom type 3; expected 1 to 2")]
    [InlineData("1.5 2.5 3.5", "1.5 2.5 x", "line 23: found \"x\", expected a number for a coordinate")]
    [InlineData("1.5 2.5 3.5", "1.5 2.5 nan", "expected a finite number")]
    [InlineData("3.5 0 1 -1", "3.5", "some atoms have image flags and others not")]
    [InlineData("3.5 0 1 -1", "3.5 0", "found 7 columns; expected 6, or 9 with image flags")]
    [InlineData("# charge", "# dipole", "atom style \"dipole\" is not supported")]
    [InlineData("# charge", "", "write \"Atoms # charge\" or \"Atoms # molecular\"", " -2.0 ", " -2 ")]
    [InlineData("Velocities", "Velocitees", "section \"Velocitees\" is not known", "7 0.4", "8 0.4")]
    [InlineData("3 0.1 0.2", "4 0.1 0.2", "there is no further atom of id 4")]
    [InlineData("15.999", "-1", "found mass -1")]
    [InlineData("# O", "# Hf", "two atom types have the same name")]
    public void MalformedFilesAreRefused(string old, string replacement, string expected, string old2 = "#", string replacement2 = "#")
    {
        var text = Small.Replace(old, replacement).Replace(old2, replacement2);
        var message = Assert.Throws<InputException>(() => StructureTexts.ReadLammps(text)).Message;
        Assert.StartsWith("test.data", message);
        Assert.Contains(expected, message);
    }

    [SkippableTheory]
    [InlineData("md/hfo2_96.data", 96, "Hf", 10.16)]
    [InlineData("md/lj_108.data", 108, "A", 5.0387885741)]
    public void ReadsTheReferenceFiles(string name, int count, string species, double edge)
    {
        var path = StructureTexts.Reference(name);
        Skip.If(path is null, $"shared/data/{name} is not here");
        var frame = StructureFile.Read(path, new StructureReadOptions { Units = species == "A" ? UnitSystem.LennardJones : UnitSystem.Metal });
        Assert.Equal(count, frame.Count);
        Assert.Equal(species, frame.SpeciesTable[0].Name);
        Assert.Equal(edge, frame.Box.LengthX);
        Assert.Equal(frame.Positions, StructureTexts.ReadLammps(StructureTexts.WriteLammps(frame)).Positions);
    }
}
