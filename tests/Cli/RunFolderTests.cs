using System.Text.Json.Nodes;
using Engine.Cli.Runs;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Xunit;

namespace Engine.Tests.Cli;

public sealed class RunFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("engine-test-").FullName;

    private string Folder => Path.Combine(root, "run");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void AFolderWithARunIsRefusedWithTheWaysOut()
    {
        using (var folder = RunFolder.Open(Folder, ExistingRun.Refuse))
        {
            File.WriteAllText(folder.Checkpoint, "");
        }
        // Only what can be done is offered: a folder without run.json may hold anything.
        Assert.Equal((true, true, false), Offered());
        File.WriteAllText(RunFolder.At(Folder).Manifest, "{}");
        Assert.Equal((true, true, true), Offered());
        File.Delete(RunFolder.At(Folder).Checkpoint);
        Assert.Equal((true, false, true), Offered());
        Assert.True(File.Exists(Path.Combine(Folder, "run.json")));

        (bool Other, bool Resume, bool Overwrite) Offered()
        {
            var error = Assert.Throws<InputException>(() => RunFolder.Open(Folder, ExistingRun.Refuse));
            Assert.Equal(2, error.ExitCode);
            return (error.Message.Contains("--out", StringComparison.Ordinal), error.Message.Contains("--resume", StringComparison.Ordinal), error.Message.Contains("--overwrite", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void OverwritingDiscardsARunAndNothingElse()
    {
        var folder = RunFolder.Open(Folder, ExistingRun.Refuse);
        folder.Dispose();
        Directory.CreateDirectory(Path.Combine(Folder, "figures"));
        File.WriteAllText(Path.Combine(Folder, "thesis.tex"), "");
        Assert.Contains("not overwritten", Assert.Throws<InputException>(() => RunFolder.Open(Folder, ExistingRun.Overwrite)).Message);
        File.WriteAllText(folder.Manifest, "{}");
        RunFolder.Open(Folder, ExistingRun.Overwrite).Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }

    [Fact]
    public void ResumingNeedsACheckpoint()
    {
        Assert.Contains("has no checkpoint", Assert.Throws<InputException>(() => RunFolder.Open(Folder, ExistingRun.Resume)).Message);
        using (var fresh = RunFolder.Open(Folder, ExistingRun.Refuse))
        {
            File.WriteAllText(fresh.Checkpoint, "");
        }
        using var resumed = RunFolder.Open(Folder, ExistingRun.Resume);
        Assert.True(resumed.Resumes);
    }

    [Fact]
    public void AnEmptyFolderIsAsGoodAsNone()
    {
        Directory.CreateDirectory(Folder);
        using var folder = RunFolder.Open(Folder, ExistingRun.Refuse);
        Assert.False(folder.Resumes);
    }

    [Fact]
    public void OneProcessRunsInAFolder()
    {
        using (var folder = RunFolder.Open(Folder, ExistingRun.Refuse))
        {
            File.WriteAllText(folder.Checkpoint, "");
            File.WriteAllText(folder.Manifest, "{}");
            foreach (var existing in new[] { ExistingRun.Resume, ExistingRun.Overwrite })
            {
                Assert.StartsWith("another process is running in the folder", Assert.Throws<InputException>(() => RunFolder.Open(Folder, existing)).Message);
            }
            Assert.True(File.Exists(folder.Checkpoint));
        }
        Assert.Equal(["checkpoint", "run.json"], Directory.GetFiles(Folder).Select(Path.GetFileName).Order());
        // What a killed process leaves locks nothing.
        File.WriteAllText(Path.Combine(Folder, ".lock"), "");
        RunFolder.Open(Folder, ExistingRun.Resume).Dispose();
    }

    [Fact]
    public void AFileInTheWayIsNamed()
    {
        File.WriteAllText(Folder, "");
        Assert.StartsWith($"the run folder {Folder} is a file", Assert.Throws<InputException>(() => RunFolder.Open(Folder, ExistingRun.Overwrite)).Message);
    }

    [Fact]
    public void TheManifestTellsHowARunEnded()
    {
        var folder = RunFolder.Open(Folder, ExistingRun.Refuse);
        folder.Dispose();
        var manifest = new RunManifest(
            folder.Manifest, new JsonObject { ["seed"] = 7 }, "abc", Path.Combine(root, "in.json"), root, new Dictionary<string, string> { ["in.json"] = "def" }, ["run", "in.json"], 2, CpuDevice.Describe(), new Dictionary<string, string> { ["sum"] = "on a mesh" });
        manifest.Begin();
        Assert.Equal("running", (string?)Read()["state"]);
        File.WriteAllText(folder.Trajectory, "12345");
        manifest.AddOutput(folder.Trajectory, "id");
        manifest.SetResults(new JsonObject { ["steps"] = 10 });
        manifest.End("failed", "NaN at step 9");
        var json = Read();
        Assert.Equal("failed", (string?)json["state"]);
        Assert.Equal("NaN at step 9", (string?)json["reason"]);
        Assert.Equal(7, (int)json["input"]!["seed"]!);
        Assert.Equal("on a mesh", (string?)json["methods"]!["sum"]);
        Assert.Equal(5, (int)json["outputs"]!["trajectory.h5"]!["bytes"]!);
        Assert.Equal("id", (string?)json["outputs"]!["trajectory.h5"]!["contentId"]);
        Assert.Equal(["run.json", "trajectory.h5"], Directory.GetFiles(Folder).Select(Path.GetFileName).Order());

        JsonNode Read() => JsonNode.Parse(File.ReadAllText(folder.Manifest))!;
    }

    [Fact]
    public void AResumedRunKeepsWhatEarlierProcessesSaid()
    {
        var folder = RunFolder.At(root);
        RunManifest Segment(JsonObject? earlier) => new(
            folder.Manifest, new JsonObject(), "abc", Path.Combine(root, "in.json"), root, new Dictionary<string, string>(), ["run", earlier is null ? "first" : "next"], 2, CpuDevice.Describe(), new Dictionary<string, string>(), earlier);
        var first = Segment(null);
        first.SetResults(new JsonObject { ["steps"] = 10 });
        first.End("interrupted");
        Segment(RunManifest.Read(folder.Manifest)).Begin();
        var third = Segment(RunManifest.Read(folder.Manifest));
        third.End("done");
        var segments = RunManifest.Read(folder.Manifest)!["segments"]!.AsArray();
        Assert.Equal(["interrupted", "killed"], segments.Select(s => (string?)s!["state"]));
        Assert.Equal(["first", "next"], segments.Select(s => (string?)s!["arguments"]![1]));
        Assert.Equal(10, (int)segments[0]!["results"]!["steps"]!);
        Assert.Equal((double)segments[0]!["wallSeconds"]!, third.EarlierSeconds);
    }
}
