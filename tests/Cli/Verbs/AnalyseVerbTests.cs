using System.Text.Json.Nodes;
using Engine.Cli.Runs;
using Engine.Tests.IO.H5md;
using Xunit;

namespace Engine.Tests.Cli.Verbs;

/// <summary>Stages are measured apart from each other.</summary>
public sealed class AnalyseVerbTests : IDisposable
{
    private const string Input = """
        { "units": "lj", "system": { "random": { "counts": { "A": 40 }, "density": 0.1 }, "masses": { "A": 1 } }, "potential": null,
          "initialTemperature": 1, "timeStep": 0.01,
          "stages": [ { "name": "first", "steps": 25 }, { "name": "second", "steps": 40 }, { "name": "third", "steps": 10 } ],
          "output": { "thermo": { "every": 5 }, "trajectory": { "every": 5 } },
          "analysis": { "stages": ["second", "first"], "radialDistribution": { "maximum": 3, "bins": 30 } } }
        """;

    private readonly string root = Directory.CreateTempSubdirectory("engine-test-").FullName;

    private string Folder => Path.Combine(root, "run");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [SkippableFact]
    public void FramesOfOtherStagesAreNotMixedIn()
    {
        Run();
        var figures = Path.Combine(root, "figures");
        var json = Analyse(Folder, "--svg", figures);
        // Steps 0, 5, …, 25 and 30, …, 65; the third stage was not asked for.
        Assert.Equal(6 + 8, (int)json["frames"]!);
        var titles = json["results"]!.AsArray().Select(r => (string)r!["title"]!).ToList();
        Assert.Contains("first: Radial distribution", titles);
        Assert.Contains("second: Radial distribution", titles);
        Assert.DoesNotContain(titles, t => t.StartsWith("third", StringComparison.Ordinal));
        var svg = Directory.GetFiles(figures, "first-radialDistribution*.svg");
        Assert.NotEmpty(svg);
        Assert.StartsWith("<svg xmlns", File.ReadAllText(svg[0]));
        Assert.True(File.Exists(Path.Combine(Folder, "analysis", "report.html")));

        Assert.Equal(2, (int)Analyse(Folder, "--stages", "third")["frames"]!);
        Assert.Equal(16, (int)Analyse(Folder, "--stages", "all")["frames"]!);
    }

    [SkippableFact]
    public void ATrajectoryAloneKnowsItsStagesByNumber()
    {
        Run();
        var json = Analyse(RunFolder.At(Folder).Trajectory, "--stages", "stage 2");
        Assert.Equal(8, (int)json["frames"]!);
    }

    [SkippableFact]
    public void AnUnknownStageIsOneLine()
    {
        Run();
        var run = CliRun.Of("analyse", Folder, "--stages", "fourth");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("no stage 'fourth', expected one of first, second, third", Assert.Single(run.ErrorLines));
    }

    [SkippableFact]
    public void WhatCannotBeMeasuredIsLeftOutWithAWarning()
    {
        Run();
        var settings = Path.Combine(root, "analysis.json");
        File.WriteAllText(settings, """{ "radialDistribution": { "maximum": 3, "bins": 30 }, "velocityAutocorrelation": {} }""");
        var run = CliRun.Of("analyse", Folder, "--settings", settings, "--stages", "second", "--threads", "1");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("velocities", Assert.Single(run.ErrorLines));
        Assert.StartsWith("engine: warning: second: ", run.ErrorLines[0]);
        Assert.True(File.Exists(Path.Combine(Folder, "analysis", "report.html")));

        File.WriteAllText(settings, """{ "velocityAutocorrelation": {} }""");
        var nothing = CliRun.Of("analyse", Folder, "--settings", settings, "--stages", "second", "--threads", "1");
        Assert.Equal(2, nothing.ExitCode);
        Assert.StartsWith("engine: nothing could be measured; second: ", Assert.Single(nothing.ErrorLines));
    }

    [SkippableFact]
    public void StagesThatHaveFramesAreNamedWhereTheAskedOnesHaveNone()
    {
        Run();
        // Steps 0, 5, … 20 are of the first stage.
        var run = CliRun.Of("analyse", Folder, "--stages", "third", "--frames", "0:5");
        Assert.Equal(2, run.ExitCode);
        Assert.EndsWith(
            "has no frame of third in the range 0:5; frames are there of first (5): --stages first measures those", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void StagesOfAnInputAreExactToTheStep()
    {
        var map = StageMap.FromInput(JsonNode.Parse("""[ { "minimise": { } }, { "name": "a", "steps": 10 }, { "steps": 5 } ]""")!.AsArray());
        Assert.Equal(["a", "stage 3"], map.Names);
        Assert.Equal("a", map.At(0));
        Assert.Equal("a", map.At(10));
        Assert.Equal("stage 3", map.At(11));
        Assert.Equal("stage 3", map.At(15));
        Assert.Null(map.At(16));
    }

    [Fact]
    public void BetweenRowsOfDifferentStagesNothingIsGuessed()
    {
        var map = StageMap.FromTable([0, 10, 20, 30], [0, 0, 2, 2])!;
        Assert.Equal("stage 1", map.At(7));
        Assert.Null(map.At(15));
        Assert.Equal("stage 3", map.At(30));
    }

    private static JsonNode Analyse(string target, params string[] options)
    {
        var run = CliRun.Of(["analyse", target, "--json", "--threads", "1", .. options]);
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonNode.Parse(run.Output)!;
    }

    private void Run()
    {
        NeedsHdf5.Check();
        var file = Path.Combine(root, "in.json");
        File.WriteAllText(file, Input);
        var run = CliRun.Of("run", file, "--out", Folder, "--threads", "1");
        Assert.True(run.ExitCode == 0, run.Error);
    }
}
