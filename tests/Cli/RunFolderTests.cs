using System.Text.Json.Nodes;
using Engine.Cli.Runs;
using Engine.Kernels.Errors;
using Xunit;

namespace Engine.Tests.Cli;

public sealed class RunFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("engine-test-").FullName;

    private string Folder => Path.Combine(root, "run");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void AFolderWithARunIsRefusedWithTheThreeWaysOut()
    {
        File.WriteAllText(RunFolder.Open(Folder, ExistingRun.Refuse).Manifest, "{}");
        var error = Assert.Throws<InputException>(() => RunFolder.Open(Folder, ExistingRun.Refuse));
        Assert.Equal(2, error.ExitCode);
        foreach (var remedy in new[] { "--out", "--resume", "--overwrite" })
        {
            Assert.Contains(remedy, error.Message);
        }
        Assert.True(File.Exists(Path.Combine(Folder, "run.json")));
    }

    [Fact]
    public void OverwritingDiscardsARunAndNothingElse()
    {
        var folder = RunFolder.Open(Folder, ExistingRun.Refuse);
        File.WriteAllText(Path.Combine(Folder, "thesis.tex"), "");
        Assert.Contains("not overwritten", Assert.Throws<InputException>(() => RunFolder.Open(Folder, ExistingRun.Overwrite)).Message);
        File.WriteAllText(folder.Manifest, "{}");
        RunFolder.Open(Folder, ExistingRun.Overwrite);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }

    [Fact]
    public void ResumingNeedsACheckpoint()
    {
        Assert.Contains("has no checkpoint", Assert.Throws<InputException>(() => RunFolder.Open(Folder, ExistingRun.Resume)).Message);
        File.WriteAllText(RunFolder.Open(Folder, ExistingRun.Refuse).Checkpoint, "");
        Assert.True(RunFolder.Open(Folder, ExistingRun.Resume).Resumes);
    }

    [Fact]
    public void AnEmptyFolderIsAsGoodAsNone()
    {
        Directory.CreateDirectory(Folder);
        Assert.False(RunFolder.Open(Folder, ExistingRun.Refuse).Resumes);
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
        var manifest = new RunManifest(
            folder.Manifest, new JsonObject { ["seed"] = 7 }, "abc", Path.Combine(root, "in.json"), new Dictionary<string, string> { ["in.json"] = "def" }, ["run", "in.json"], 2, "cpu");
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
        Assert.Equal(5, (int)json["outputs"]!["trajectory.h5"]!["bytes"]!);
        Assert.Equal("id", (string?)json["outputs"]!["trajectory.h5"]!["contentId"]);
        Assert.Equal(["run.json", "trajectory.h5"], Directory.GetFiles(Folder).Select(Path.GetFileName).Order());

        JsonNode Read() => JsonNode.Parse(File.ReadAllText(folder.Manifest))!;
    }
}
