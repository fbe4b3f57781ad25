using System.Text.Json.Nodes;
using Engine.Cli.Runs;
using Engine.Core.Json;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Tests.IO.H5md;
using Xunit;

namespace Engine.Tests.Cli.Runs;

/// <summary>What is read and checked before the first step.</summary>
public sealed class RunSetupTests : IDisposable
{
    private const string Table = "1 4\n2 1\n3 0.1\n4 0\n5 0\n";
    private const string Structure = "2\nLattice=\"20 0 0 0 20 0 0 0 20\" Properties=species:S:1:pos:R:3\nA 1 1 1\nA 4 4 4\n";
    private const string Potential = """
        { "name": "t", "units": "lj", "species": { "A": { "mass": 1 } }, "terms": [ { "type": "table", "pairs": { "A-A": { "file": "pair.table" } } } ] }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheHashCoversEveryFile(bool potentialInLine)
    {
        Write("pair.table", Table);
        Write("start.extxyz", Structure);
        Write("potential.json", Potential);
        Write("in.json", $$"""
            { "units": "lj", "system": { "file": "start.extxyz" }, "potential": {{(potentialInLine ? Potential : "\"potential.json\"")}},
              "timeStep": 0.001, "stages": [ { "steps": 1 } ] }
            """);
        var hash = Hash(out var files);
        Assert.Contains(folder.File("pair.table"), files);
        Assert.Contains(folder.File("start.extxyz"), files);

        Write("pair.table", Table.Replace("0.1", "0.2", StringComparison.Ordinal));
        Assert.NotEqual(hash, Hash(out _));
        Write("pair.table", "# the same numbers\n" + Table);
        Assert.Equal(hash, Hash(out _));
        Write("start.extxyz", Structure.Replace("4 4 4", "4 4 5", StringComparison.Ordinal));
        Assert.NotEqual(hash, Hash(out _));
    }

    [Fact]
    public void AMeasurementThatDoesNotFitTheBoxIsRefusedUnlessTheBoxMayGrow()
    {
        Write("start.extxyz", Structure);
        Assert.Contains("half of the smallest width", Assert.Throws<InputException>(() => Read(11, "")).Message, StringComparison.Ordinal);
        const string barostat =
            """, "temperature": 1, "pressure": 1, "thermostat": { "type": "bussi", "relaxationTime": 1 }, "barostat": { "type": "cellRescaling", "relaxationTime": 1, "compressibility": 0.1 } """;
        Assert.Contains("half of the smallest width", Assert.Single(Read(11, barostat).Notices), StringComparison.Ordinal);
        Assert.Throws<InputException>(() => Read(16, barostat));
        Assert.Empty(Read(9, barostat).Notices);
    }

    [Fact]
    public void AMeasurementThatCannotGoOnDoesNotEndTheRun()
    {
        Write("start.extxyz", Structure);
        var setup = Read(9, "");
        var analysis = new StageAnalysis("a", setup.Input.Analysis!, setup.Input.UnitSystem, null);
        analysis.Add(new Configuration { Box = Box.Cubic(15), SpeciesTable = setup.Start.SpeciesTable, Species = [0, 0], Positions = [1, 1, 1, 4, 4, 4] });
        var results = analysis.Results();
        Assert.Contains("Not measured from step 0 on: analysis.radialDistribution.maximum is 9", Assert.Single(results.Single(r => r.Name == "radialDistribution").Notes), StringComparison.Ordinal);
        Assert.NotEmpty(results.Single(r => r.Name == "cell").Scalars);
    }

    [Fact]
    public void ACheckFindsANetCharge()
    {
        Write("start.extxyz", Structure);
        Write("in.json", """
            { "units": "lj", "system": { "file": "start.extxyz", "masses": { "A": 1 } }, "timeStep": 0.001, "stages": [ { "steps": 1 } ],
              "potential": { "name": "charged", "units": "lj", "species": { "A": { "mass": 1, "charge": 1 } },
                "terms": [ { "type": "ewald", "cutoff": 8, "neutralise": "none" } ] } }
            """);
        var run = CliRun.Of("run", folder.File("in.json"), "--check");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("charge", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    /// <summary>A check, run.json and the energy of a frame say by what the Ewald sum is computed.</summary>
    [SkippableFact]
    public void TheMethodOfTheEwaldSumIsSaid()
    {
        NeedsHdf5.Check();
        Write("potential.json", """
            { "name": "charged", "units": "lj", "species": { "A": { "mass": 1, "charge": 1 } },
              "terms": [ { "type": "ewald", "cutoff": 4, "splitting": 0.5, "reciprocalCutoff": 1.5, "neutralise": "background", "method": "mesh" } ] }
            """);
        Write("start.extxyz", Structure);
        Write("in.json", """
            { "units": "lj", "system": { "file": "start.extxyz", "masses": { "A": 1 } }, "timeStep": 0.001, "stages": [ { "steps": 1 } ], "potential": "potential.json" }
            """);
        var check = CliRun.Of("run", folder.File("in.json"), "--check", "--json");
        var energy = CliRun.Of("energy", folder.File("start.extxyz"), "--potential", folder.File("potential.json"), "--json");
        var run = CliRun.Of("run", folder.File("in.json"), "--out", folder.File("out"));
        Assert.Equal((0, 0, 0), (check.ExitCode, energy.ExitCode, run.ExitCode));
        foreach (var json in new[] { check.Output, energy.Output, File.ReadAllText(folder.File("out/run.json")) })
        {
            Assert.Matches(@"^a mesh of \d+ × \d+ × \d+ points$", (string?)JsonNode.Parse(json)!["methods"]!["reciprocal part of the Ewald sum"]);
        }
    }

    private RunSetup Read(double maximum, string stage)
    {
        Write("in.json", FormattableString.Invariant($$"""
            { "units": "lj", "system": { "file": "start.extxyz", "masses": { "A": 1 } }, "potential": null, "timeStep": 0.001,
              "stages": [ { "steps": 1 {{stage}} } ], "analysis": { "radialDistribution": { "every": 1, "maximum": {{maximum}} } } }
            """));
        return RunSetup.Read(folder.File("in.json"), []);
    }

    private string Hash(out IEnumerable<string> files)
    {
        var setup = RunSetup.Read(folder.File("in.json"), []);
        files = setup.Files.Keys;
        return ContentHash.Of(setup.Input);
    }

    private void Write(string name, string text) => File.WriteAllText(folder.File(name), text);
}
