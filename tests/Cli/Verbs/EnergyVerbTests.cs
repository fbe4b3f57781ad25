using System.Text.Json.Nodes;
using Xunit;

namespace Engine.Tests.Cli.Verbs;

public sealed class EnergyVerbTests : IDisposable
{
    private const string Potential = """
        { "name": "hfo2-formal", "units": "metal", "species": { "Hf": { "mass": 178.49, "charge": 4 }, "O": { "mass": 15.999, "charge": -2 } },
          "terms": [
            { "type": "buckingham", "cutoff": 8.0, "shift": "none", "guard": false,
              "pairs": { "Hf-O": { "A": 1454.6, "rho": 0.35, "C": 0 }, "O-O": { "A": 22764.0, "rho": 0.149, "C": 27.88 } } },
            { "type": "coulombDsf", "alpha": 0.2, "cutoff": 8.0 } ] }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [SkippableFact]
    public void AgreesWithLammpsToAllItsDigits()
    {
        var data = ReferenceFolder();
        Skip.If(data is null, "shared/data is not beside the repository");
        var reference = JsonNode.Parse(File.ReadAllText(Path.Combine(data, "md", "lammps-reference.json")))!["hfo2_96_buck_dsf"]!;
        var run = CliRun.Of(
            "energy", Path.Combine(data, "md", "hfo2_96.data"), "--species", "Hf,O", "--potential", Write("p.json", Potential),
            "--constants", "lammps-metal", "--out", Path.Combine(folder, "forces.extxyz"), "--json");
        Assert.Equal(0, run.ExitCode);
        var json = JsonNode.Parse(run.Output)!;
        // LAMMPS prints twelve digits.
        Assert.Equal(1, (double)json["energy"]! / (double)reference["pe"]!, 1e-11);
        var pressure = json["virialPressure"]!.AsArray().Take(3).Average(p => (double)p!);
        Assert.Equal(1, pressure / (double)reference["pressure"]!, 1e-10);
        Assert.Equal(98, File.ReadLines(Path.Combine(folder, "forces.extxyz")).Count());
    }

    [Theory]
    [InlineData("absent.extxyz", "p.json", "cannot read")]
    [InlineData("a.extxyz", "absent.json", "absent.json")]
    [InlineData("a.extxyz", "broken.json", "broken.json")]
    [InlineData("a.pdb", "p.json", "unknown kind of structure file")]
    public void MistakesAreOneLine(string structure, string potential, string expected)
    {
        Write("p.json", Potential);
        Write("broken.json", "{ \"name\": 3 ");
        Write("a.extxyz", "1\nLattice=\"9 0 0 0 9 0 0 0 9\" Properties=species:S:1:pos:R:3\nXe 0 0 0\n");
        var run = CliRun.Of("energy", Path.Combine(folder, structure), "--potential", Path.Combine(folder, potential));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, Assert.Single(run.ErrorLines));
        Assert.DoesNotContain("   at ", run.Error);
    }

    /// <summary>Nothing has run yet: the file is to be mended.</summary>
    [Fact]
    public void OverlappingAtomsAreBadInput()
    {
        Write("p.json", Potential);
        var file = Write("a.extxyz", "2\nLattice=\"19 0 0 0 19 0 0 0 19\" Properties=species:S:1:pos:R:3\nHf 0 0 0\nO 0 0 0\n");
        var potential = Path.Combine(folder, "p.json");
        Refuse("its nearest neighbour O 1 is 0 away");
        Write("p.json", Potential.Replace("\"units\"", "\"minimumDistance\": 0.5, \"units\"", StringComparison.Ordinal));
        Refuse("particles Hf 0 and O 1 are 0 Angstrom apart");

        void Refuse(string expected)
        {
            var run = CliRun.Of("energy", file, "--potential", potential);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains(expected, run.ErrorLines[^1]);
            Assert.Contains("a.extxyz, frame 0 (line 1): ", run.ErrorLines[^1]);
        }
    }

    [Fact]
    public void AnUnknownSpeciesIsNamed()
    {
        Write("p.json", Potential);
        var file = Write("a.extxyz", "1\nLattice=\"9 0 0 0 9 0 0 0 9\" Properties=species:S:1:pos:R:3\nXe 0 0 0\n");
        var run = CliRun.Of("energy", file, "--potential", Path.Combine(folder, "p.json"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Xe", run.ErrorLines[^1]);
    }

    [Fact]
    public void AStructureWithoutCellIsSaidToBeOpen()
    {
        Write("p.json", Potential);
        var file = Write("a.xyz", "2\n\nHf 0 0 0\nO 2 0 0\n");
        var run = CliRun.Of("energy", file, "--potential", Path.Combine(folder, "p.json"));
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"engine: warning: {file}: cell: none; the structure is treated as not periodic; add Lattice=", run.ErrorLines[0]);
        // It has no volume to make a pressure of.
        Assert.DoesNotContain("pressure", run.Output);
        var json = JsonNode.Parse(CliRun.Of("energy", file, "--potential", Path.Combine(folder, "p.json"), "--json").Output)!;
        Assert.Null(json["virialPressure"]);
        Assert.Null(json["volume"]);
        Assert.NotNull(json["virial"]);
    }

    /// <summary>Which of several frames is used is said, and the last only where none was asked for.</summary>
    [Fact]
    public void TheFrameThatIsUsedIsSaid()
    {
        Write("p.json", Potential);
        var file = Write("a.extxyz", string.Concat(Enumerable.Repeat("1\nLattice=\"9 0 0 0 9 0 0 0 9\" Properties=species:S:1:pos:R:3\nHf 0 0 0\n", 3)));
        string[] command = ["energy", file, "--potential", Path.Combine(folder, "p.json"), "--json"];
        var last = CliRun.Of(command);
        Assert.Equal($"engine: note: {file} has 3 frames: the last, frame 2 counted from 0, is used; --frame N takes another", last.ErrorLines[0]);
        Assert.Equal((2, 3), ((int)JsonNode.Parse(last.Output)!["frame"]!, (int)JsonNode.Parse(last.Output)!["frames"]!));
        var given = CliRun.Of([.. command, "--frame", "1"]);
        Assert.DoesNotContain("note", given.Error);
        Assert.Equal(1, (int)JsonNode.Parse(given.Output)!["frame"]!);
    }

    /// <summary>A cell that is brought into another orientation takes nothing along that has the old axes; a mass that nobody knows is not written.</summary>
    [Fact]
    public void WhatIsWrittenBelongsToTheFrame()
    {
        Write("p.json", Potential.Replace("\"mass\": 178.49, ", "", StringComparison.Ordinal).Replace("\"mass\": 15.999, ", "", StringComparison.Ordinal));
        const string Keys = "stress_raw=\"1 2 3 4 5 6\" dipole=\"0 0 1\" config_type=melt virial_sigma=0.3";
        foreach (var (lattice, kept) in new[] { ("9 1 0 0 9 0 0 0 9", false), ("9 0 0 1 9 0 0 0 9", true) })
        {
            var file = Write("a.extxyz", $"2\nLattice=\"{lattice}\" Properties=species:S:1:pos:R:3 {Keys}\nHf 0 0 0\nO 2 0 0\n");
            var run = CliRun.Of("energy", file, "--potential", Path.Combine(folder, "p.json"), "--out", Path.Combine(folder, "out.extxyz"));
            Assert.True(run.ExitCode == 0, run.Error);
            var written = File.ReadLines(Path.Combine(folder, "out.extxyz")).ElementAt(1);
            Assert.Contains("config_type=melt", written);
            Assert.Contains("virial_sigma=0.3", written);
            Assert.Equal(kept, written.Contains("stress_raw", StringComparison.Ordinal));
            Assert.Equal(kept, written.Contains("dipole", StringComparison.Ordinal));
            Assert.Equal(!kept, run.Error.Contains("because it may be along the old axes: stress_raw, dipole", StringComparison.Ordinal));
            Assert.DoesNotContain("species_masses", written);
        }
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string? ReferenceFolder()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "engine.sln")))
            {
                var data = Path.Combine(at.FullName, "..", "shared", "data");
                return Directory.Exists(data) ? data : null;
            }
        }
        return null;
    }
}
