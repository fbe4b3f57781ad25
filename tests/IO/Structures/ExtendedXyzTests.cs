using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Xunit;

namespace Engine.Tests.IO.Structures;

public class ExtendedXyzTests
{
    private const string TwoFrames = """
        2
        Lattice="10 0 0 1 11 0 -2 0.5 12" pbc="T F T" Properties=species:S:1:pos:R:3:forces:R:3:tag:I:1 energy=-3.5 virial="1 2 3 2 5 6 3 6 9" comment="a \"b\" c" flag
        Hf 0.1 0.2 0.3 1 2 3 7
        O 1.1 1.2 1.3 -1 -2 -3 8

        1
        Lattice="[[5, 0, 0], [0, 5, 0], [0, 0, 5]]" Properties=Z:I:1:positions:R:3:velo:R:3:initial_charges:R:1 stress="1 2 3 4 5 6" step=7 time=0.5
        8 1.0D+00 2e0 3 0.1 0.2 0.3 -2

        """;

    [Fact]
    public void ReadsFramesInCommonSpellings()
    {
        var frames = StructureTexts.ReadXyz(TwoFrames.Replace("\"[[5, 0, 0], [0, 5, 0], [0, 0, 5]]\"", "[[5, 0, 0], [0, 5, 0], [0, 0, 5]]"));
        Assert.Equal(2, frames.Length);
        var first = frames[0];
        Assert.Equal(new Box(10, 11, 12, 1, -2, 0.5, default, true, false, true), first.Box);
        Assert.Equal(["Hf", "O"], first.SpeciesTable.Select(species => species.Name));
        Assert.Equal([0, 1], first.Species);
        Assert.Equal([1, 2, 3, -1, -2, -3], first.Forces!);
        Assert.Equal(-3.5, first.Energy);
        Assert.Equal(new SymmetricTensor(1, 5, 9, 2, 3, 6), first.Virial);
        Assert.Null(first.Velocities);
        var second = frames[1];
        Assert.Equal("O", second.SpeciesTable[second.Species[0]].Name);
        Assert.Equal([1, 2, 3], second.Positions);
        Assert.Equal([0.1, 0.2, 0.3], second.Velocities!);
        Assert.Equal([-2], second.Charges!);
        // Voigt order xx yy zz yz xz xy, W = −V σ.
        Assert.Equal(-125.0 * new SymmetricTensor(1, 2, 3, 6, 5, 4), second.Virial);
        Assert.Equal((7, 0.5), (second.Step, second.Time));
    }

    [Fact]
    public void PlainXyzIsOpen()
    {
        var frame = StructureTexts.ReadXyz("2\nwater, it's 300 K\nH 0 0 0\nO 0 -1 2\n")[0];
        Assert.Equal(new Box(1, 1, 2, 0, 0, 0, new Vector3d(0, -1, 0), false, false, false), frame.Box);
    }

    [Theory]
    [InlineData("1 2 3 -2 1 0.5 0.3 -1 4")]
    [InlineData("0 0 7 0 8 0 9 0 0")]
    [InlineData("1 2 3 -2 1 0.5 -0.3 1 -4")]
    public void GeneralCellsAreRotatedWithTheirVectors(string lattice)
    {
        var notices = new List<string>();
        var text = $"""
            2
            Lattice="{lattice}" Properties=species:S:1:pos:R:3:forces:R:3 virial="1 2 3 2 5 6 3 6 9"
            A 0.1 0.2 0.3 1 2 3
            A 0.5 0.7 0.2 -1 5 3
            """;
        var frame = StructureTexts.ReadXyz(text, new StructureReadOptions { Notice = notices.Add })[0];
        Assert.Contains("rotated", Assert.Single(notices));
        var v = lattice.Split(' ').Select(double.Parse).ToArray();
        // Everything that a rotation keeps; roundings of numbers of order ten.
        var volume = Math.Abs(Vector3d.Dot(Vector3d.Cross(new(v[0], v[1], v[2]), new(v[3], v[4], v[5])), new(v[6], v[7], v[8])));
        Assert.Equal(volume, frame.Box.Volume, 1e-12 * volume);
        var (d, f) = (frame.Position(1) - frame.Position(0), new Vector3d(frame.Forces![3], frame.Forces[4], frame.Forces[5]));
        Assert.Equal(0.4 * 0.4 + 0.5 * 0.5 + 0.1 * 0.1, d.LengthSquared, 1e-13);
        Assert.Equal(-0.4 + 2.5 - 0.3, Vector3d.Dot(d, f), 1e-13);
        Assert.Equal(15, frame.Virial!.Value.Trace, 1e-13);
        Assert.Equal(1.0 + 25 + 81 + 2 * (4 + 9 + 36), Squares(frame.Virial.Value), 1e-11);

        static double Squares(SymmetricTensor w) =>
            w.XX * w.XX + w.YY * w.YY + w.ZZ * w.ZZ + 2 * (w.XY * w.XY + w.XZ * w.XZ + w.YZ * w.YZ);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("two\n\nA 0 0 0", "line 1: found \"two\", expected an integer for the number of particles")]
    [InlineData("0\n\n", "line 1: found 0 particles")]
    [InlineData("99999999\n\nA 0 0 0", "the file ends after 1 of 99999999 particles")]
    [InlineData("2\n\nA 0 0 0\n", "line 4: the file ends after 1 of 2 particles")]
    [InlineData("1\n", "the file ends; expected the line of key=value pairs")]
    [InlineData("1\n\nA 0 0", "line 3: found the end of the line, expected a number for pos")]
    [InlineData("1\n\nA 0 0 x", "line 3: found \"x\", expected a number for pos")]
    [InlineData("1\n\nA 0 0 nan", "expected a finite number")]
    [InlineData("1\n\nA 0 0 inf", "found \"inf\"")]
    [InlineData("1\n\nA 0 0 1e999", "expected a finite number")]
    [InlineData("1\n\nA 0 0 0 5", "line 3: found \"5\" after the last column; expected 4 columns")]
    [InlineData("1\nProperties=species:S:1:pos:R:3:forces:R\nA 0 0 0", "is not a list of name:type:width")]
    [InlineData("1\nProperties=species:S:1:pos:R:3:forces:R:x\nA 0 0 0", "found \"x\", expected an integer for the width of column forces")]
    [InlineData("1\nProperties=species:S:1:forces:R:3\nA 0 0 0", "among them pos:R:3")]
    [InlineData("1\nProperties=pos:R:3\n0 0 0", "one of species:S:1 and Z:I:1")]
    [InlineData("1\nProperties=species:S:1:pos:R:3:pos:R:3\nA 0 0 0 0 0 0", "expected each column once")]
    [InlineData("1\nProperties=Z:I:1:pos:R:3\n200 0 0 0", "found atomic number 200")]
    [InlineData("1\nLattice=\"1 0 0 0 1 0 0 0\"\nA 0 0 0", "expected a number for Lattice")]
    [InlineData("1\nLattice=\"1 0 0 0 1 0 0 0 1 2\"\nA 0 0 0", "more than 9 numbers")]
    [InlineData("1\nLattice=\"1 0 0 0 1 0 1 1 0\"\nA 0 0 0", "spans no volume")]
    [InlineData("1\nLattice=\"1 0 0 0 1 0 0 0 1\nA 0 0 0", "a quote is not closed")]
    [InlineData("1\nLattice=\"1 0 0 0 1 0 0 0 1\" pbc=\"T T\"\nA 0 0 0", "pbc has 2 flags")]
    [InlineData("1\nLattice=\"1 0 0 0 1 0 0 0 1\" pbc=\"T T X\"\nA 0 0 0", "found \"X\", expected T or F")]
    [InlineData("1\nenergy=1 energy=2\nA 0 0 0", "the key \"energy\" occurs twice")]
    [InlineData("1\nenergy=low\nA 0 0 0", "found \"low\", expected a number for the energy")]
    [InlineData("1\nvirial=\"1 2 3\"\nA 0 0 0", "virial has 3 numbers")]
    public void MalformedFilesAreNamedWithTheirLine(string text, string expected)
    {
        var message = Assert.Throws<InputException>(() => StructureTexts.ReadXyz(text)).Message;
        Assert.StartsWith("test.xyz", message);
        Assert.Contains(expected, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void OptionsChooseKeysAndSpecies()
    {
        const string Text = "1\nProperties=species:S:1:pos:R:3:forces:R:3:other:R:3 energy=1 my_energy=2\nO 0 0 0 1 2 3 4 5 6";
        var frame = StructureTexts.ReadXyz(Text, new StructureReadOptions { EnergyKey = "my_energy", ForceKey = "other", Species = ["Hf", "O"] })[0];
        Assert.Equal(2, frame.Energy);
        Assert.Equal([4, 5, 6], frame.Forces!);
        Assert.Equal([1], frame.Species);
        Assert.Contains("species \"O\" is not one of Hf, Si", Assert.Throws<InputException>(
            () => StructureTexts.ReadXyz(Text, new StructureReadOptions { Species = ["Hf", "Si"] })).Message);
        Assert.Contains("there is no column stress", Assert.Throws<InputException>(
            () => StructureTexts.ReadXyz(Text, new StructureReadOptions { ForceKey = "stress" })).Message);
        Assert.Contains("there is no key", Assert.Throws<InputException>(
            () => StructureTexts.ReadXyz(Text, new StructureReadOptions { EnergyKey = "E" })).Message);
    }

    [SkippableTheory]
    [InlineData("gap/hfo2_dft_train.extxyz", 60, 96, true)]
    [InlineData("gap/si_train.extxyz", 214, 63, true)]
    [InlineData("gap/quip_si/si_64.xyz", 1, 64, false)]
    public void ReadsTheReferenceFiles(string name, int frames, int firstCount, bool forces)
    {
        var path = StructureTexts.Reference(name);
        Skip.If(path is null, $"shared/data/{name} is not here");
        var read = StructureFile.ReadFrames(path).ToArray();
        Assert.Equal(frames, read.Length);
        Assert.Equal(firstCount, read[0].Count);
        Assert.All(read, frame => Assert.Equal(forces, frame.Forces is not null && frame.Energy is not null));
        var again = StructureTexts.ReadXyz(StructureTexts.WriteXyz(read));
        for (var i = 0; i < frames; i++)
        {
            Assert.Equal(read[i].Positions, again[i].Positions);
            Assert.Equal(read[i].Forces, again[i].Forces);
            Assert.Equal(read[i].Box, again[i].Box);
            Assert.Equal(read[i].Energy, again[i].Energy);
        }
    }
}
