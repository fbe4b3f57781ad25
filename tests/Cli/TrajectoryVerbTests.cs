using System.Text.Json.Nodes;
using Engine.Cli.Runs;
using Engine.IO.H5md;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Tests.IO.H5md;
using Xunit;

namespace Engine.Tests.Cli;

/// <summary>verify, recover and analyse on a small trajectory.</summary>
public sealed class TrajectoryVerbTests : IDisposable
{
    private const int FrameCount = 6;

    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    private string Trajectory => RunFolder.At(folder).Trajectory;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [SkippableFact]
    public void ASoundRunIsAnsweredWithItsContentId()
    {
        WriteTrajectory();
        var id = TrajectoryId.Logical(Trajectory);
        WriteManifest(id);
        var run = CliRun.Of("verify", folder, "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(id, (string?)JsonNode.Parse(run.Output)!["contentId"]);
        Assert.Contains($"sound, content {id}", CliRun.Of("verify", Trajectory).Output);
    }

    [SkippableFact]
    public void AnExchangedTrajectoryFailsTheCheck()
    {
        WriteTrajectory();
        WriteManifest(new string('0', 64));
        var run = CliRun.Of("verify", folder);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("changed since", run.Output);
        Assert.Equal(0, CliRun.Of("verify", Trajectory).ExitCode);
    }

    [SkippableFact]
    public void ADamagedTrajectoryFailsTheCheckAndIsRecovered()
    {
        WriteTrajectory();
        using (var file = new FileStream(Trajectory, FileMode.Open))
        {
            file.SetLength(file.Length - 100);
        }
        var run = CliRun.Of("verify", folder);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("cut short", run.Output);
        Assert.Contains("recover", Assert.Single(run.ErrorLines));
    }

    [SkippableFact]
    public void RecoveringASoundTrajectoryKeepsEveryFrame()
    {
        WriteTrajectory();
        var saved = Path.Combine(folder, "saved.h5");
        var run = CliRun.Of("recover", folder, "--out", saved, "--json");
        Assert.Equal(0, run.ExitCode);
        var report = JsonNode.Parse(run.Output)!;
        Assert.Equal(FrameCount, (int)report["frames"]!);
        Assert.Equal(TrajectoryId.Logical(Trajectory), (string?)report["contentId"]);
        var again = CliRun.Of("recover", folder, "--out", saved);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("exists", Assert.Single(again.ErrorLines));
    }

    [SkippableTheory]
    [InlineData("image", FrameCount, "image left out: damaged in frames 0..5", 0)]
    [InlineData("position", 0, "lost: particles/trajectory/position/value, frames 0..5: its checksum does not match", 1)]
    public void RecoveringWithALossSaysWhatAndExitsWithOne(string element, int frames, string line, int warnings)
    {
        WriteTrajectory();
        DamageTests.FlipBit(Trajectory, Assert.Single(DamageTests.Chunks(Trajectory), c => c.Dataset == $"/particles/trajectory/{element}/value"));
        var run = CliRun.Of("recover", folder, "--out", Path.Combine(folder, "saved.h5"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"saved.h5: {frames} frames", run.Output);
        Assert.Contains(line, run.Output.Split('\n'));
        Assert.Equal(warnings, run.ErrorLines.Count(l => l.Contains("warning: no frame could be saved", StringComparison.Ordinal)));
        var json = CliRun.Of("recover", folder, "--out", Path.Combine(folder, "again.h5"), "--json");
        Assert.Equal(1, json.ExitCode);
        var report = JsonNode.Parse(json.Output)!;
        Assert.Equal(frames, (int)report["frames"]!);
        Assert.Equal(1, report["leftOut"]!.AsArray().Count + report["lost"]!.AsArray().Count);
    }

    [SkippableFact]
    public void AnalysingWritesResultsAndReport()
    {
        WriteTrajectory();
        var settings = Path.Combine(folder, "settings.json");
        File.WriteAllText(settings, """{ "radialDistribution": { "maximum": "8 Angstrom", "bins": 40 } }""");
        var run = CliRun.Of("analyse", folder, "--settings", settings, "--frames", "1:5:2", "--out", Path.Combine(folder, "a"), "--json", "--threads", "1");
        Assert.Equal(0, run.ExitCode);
        var json = JsonNode.Parse(run.Output)!;
        Assert.Equal(2, (int)json["frames"]!);
        Assert.Contains(json["results"]!.AsArray(), r => (string?)r!["name"] == "radialDistribution");
        Assert.True(File.Exists(Path.Combine(folder, "a", "report.html")));
        Assert.NotNull(JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "a", "analysis.json"))));
    }

    [SkippableFact]
    public void AnEmptyRangeOfFramesIsOneLine()
    {
        WriteTrajectory();
        var run = CliRun.Of("analyse", folder, "--frames", "100:");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("has no frame in the range 100:", Assert.Single(run.ErrorLines));
    }

    [Theory]
    [InlineData("3", null)]
    [InlineData("5:5", null)]
    [InlineData("a:", null)]
    [InlineData("0:10:0", null)]
    [InlineData("-3:", null)]
    [InlineData("2:", "2 3 4 5 6 7")]
    [InlineData(":3", "0 1 2")]
    [InlineData("1:100:3", "1 4 7")]
    public void RangesOfFrames(string text, string? expected)
    {
        if (expected is null)
        {
            Assert.Contains("FIRST:LAST", Assert.Throws<InputException>(() => FrameRange.Parse(text)).Message);
            return;
        }
        var range = FrameRange.Parse(text);
        var frames = Enumerable.Range(0, 8).Where(i => range.Contains(i)).ToArray();
        Assert.Equal(expected, string.Join(' ', frames));
        Assert.Equal(frames.Length, range.CountWithin(8));
    }

    private void WriteTrajectory()
    {
        NeedsHdf5.Check();
        var first = Frames.Make(0);
        using var writer = H5mdWriter.Create(Trajectory, first, Frames.Options());
        for (var i = 0; i < FrameCount; i++)
        {
            writer.Append(i == 0 ? first : Frames.Make(i * Frames.Stride));
        }
    }

    private void WriteManifest(string contentId)
    {
        var manifest = new RunManifest(
            RunFolder.At(folder).Manifest, new JsonObject(), "abc", Path.Combine(folder, "in.json"), folder, new Dictionary<string, string>(), [], 1, CpuDevice.Describe(), new Dictionary<string, string>());
        manifest.AddOutput(Trajectory, contentId);
        manifest.End("done");
    }
}
