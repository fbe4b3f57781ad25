using System.Diagnostics;
using System.Text.Json.Nodes;
using Engine.Cli;
using Engine.Kernels.Native;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Cli;

public class ShellTests
{
    [Theory]
    [InlineData("runn", "did you mean 'run'?")]
    [InlineData("analyze", "did you mean 'analyse'?")]
    [InlineData("tests", "did you mean 'test'?")]
    [InlineData("frobnicate", "./engine help describes them")]
    public void UnknownVerbIsOneLineWithTheNearest(string verb, string expected)
    {
        var run = CliRun.Of(verb);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        var line = Assert.Single(run.ErrorLines);
        Assert.StartsWith($"engine: unknown verb '{verb}', expected one of run, energy, ", line);
        Assert.EndsWith(expected, line);
    }

    [SkippableTheory]
    [InlineData("test", "--help")]
    [InlineData("test", "--filter", "Name~A", "-h")]
    [InlineData("help", "test")]
    public void TheScriptDescribesItsTests(params string[] args)
    {
        Skip.If(OperatingSystem.IsWindows(), "needs bash");
        var start = new ProcessStartInfo(Path.Combine(Cells.Root, "engine"), args) { RedirectStandardOutput = true };
        using var script = Process.Start(start)!;
        var help = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        Assert.Equal(0, script.ExitCode);
        Assert.StartsWith("usage: ./engine test", help, StringComparison.Ordinal);
        Assert.Contains("--filter", help, StringComparison.Ordinal);
        Assert.Contains("\n  test ", CliRun.Of("help").Output);
    }

    /// <summary>A folder that has no libtorch shows whether the script looks for one; a stand-in for dotnet keeps it from building.</summary>
    [SkippableTheory]
    [InlineData(true, "ntk", "train")]
    [InlineData(true, "bench", "ntk")]
    [InlineData(true, "bench", "ntk-science")]
    [InlineData(false, "bench", "md")]
    [InlineData(false, "devices")]
    public void TheScriptBuildsTheShimForWhatNeedsIt(bool needed, params string[] args)
    {
        Skip.If(OperatingSystem.IsWindows(), "needs bash");
        using var folder = new ScratchFolder("engine-test-");
        File.Copy(Path.Combine(Cells.Root, "engine"), folder.File("engine"));
        File.WriteAllText(folder.File("dotnet"), "#!/bin/sh\nexit 1\n");
        Assert.Equal(0, ExternalProgram.Run("/bin/chmod", ["+x", folder.File("dotnet")], null).ExitCode);
        var start = new ProcessStartInfo("bash", [folder.File("engine"), .. args]) { RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder.Path}:{start.Environment["PATH"]}";
        start.Environment["ENGINE_NO_INSTALL"] = "1";
        start.Environment["ENGINE_TORCH"] = folder.Path;
        using var script = Process.Start(start)!;
        var error = script.StandardError.ReadToEnd();
        script.WaitForExit();
        Assert.Equal(1, script.ExitCode);
        Assert.Equal(needed, error.Contains("which has no include/ATen/ATen.h", StringComparison.Ordinal));
    }

    [Fact]
    public void UnknownOptionIsOneLineWithTheNearest()
    {
        var run = CliRun.Of("devices", "--thread", "3");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("unknown option '--thread' of 'devices'", Assert.Single(run.ErrorLines));
        Assert.EndsWith("did you mean '--threads'?", run.ErrorLines[0]);
        // A word that is near to none is not guessed at.
        Assert.DoesNotContain("did you mean", CliRun.Of("energy", "--foo", "3").Error);
    }

    [Theory]
    [InlineData("option --threads of 'devices' has the value 'two', expected a whole number", "devices", "--threads", "two")]
    [InlineData("--threads is 0, expected 1 to 4096", "devices", "--threads", "0")]
    [InlineData("--device is 'gpu', expected auto, cpu, cuda[:i] or opencl[:i]", "devices", "--device", "gpu")]
    [InlineData("argument 'extra' is one too many", "devices", "extra")]
    [InlineData("'run' needs FILE", "run")]
    [InlineData("MODEL is 'model.h5', which does not exist", "ntk", "spectrum", "model.h5")]
    [InlineData("there is no bench 'nd'", "bench", "nd")]
    [InlineData("bench md has no case 'lj-5k', expected one of lj-4k, ", "bench", "md", "--case", "lj-5k")]
    public void BadArgumentsLeaveWithTwoAndOneLine(string expected, params string[] args)
    {
        var run = CliRun.Of(args);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"engine: {expected}", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void WithJsonAnErrorIsAnObjectOnTheOutput()
    {
        var run = CliRun.Of("runn", "--json");
        var error = JsonNode.Parse(run.Output)!;
        Assert.Equal(2, (int)error["exitCode"]!);
        Assert.Contains("did you mean 'run'?", (string?)error["error"]);
    }

    [Theory]
    [InlineData("gap", "  gap fit ")]
    [InlineData("ntk", "  ntk spectrum ")]
    public void HalfAVerbHasHelpOfThoseThatBeginWithIt(string half, string expected)
    {
        var help = CliRun.Of(half, "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains(expected, help.Output);
        Assert.Equal(help.Output, CliRun.Of("help", half).Output);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("energy")]
    [InlineData("analyse")]
    [InlineData("verify")]
    [InlineData("recover")]
    [InlineData("bench")]
    [InlineData("devices")]
    public void EveryVerbHasHelpWithAnExample(string verb)
    {
        var help = CliRun.Of(verb, "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Empty(help.Error);
        Assert.Contains($"  ./engine {verb}", help.Output);
        foreach (var option in new[] { "--json", "--threads", "--seed" })
        {
            Assert.Contains(option, help.Output);
        }
        // Where a device other than the processor is refused, the help does not offer one.
        Assert.Equal(verb is "run" or "bench" or "devices", help.Output.Contains("--device ", StringComparison.Ordinal) || help.Output.Contains("--device=", StringComparison.Ordinal));
        Assert.Equal(help.Output, CliRun.Of("help", verb).Output);
        Assert.Equal(help.Output, CliRun.Of(verb, "something", "--help").Output);
        Assert.Contains($"\n  {verb} ", CliRun.Of("help").Output);
    }

    [Fact]
    public void RepeatedSettingsDoNotSwallowTheFile() => Assert.Equal(
        ["run", "in.json", "--json", "--set=a=1\u001fb[0].c=[2,3]"],
        Shell.Normalise(["run", "--set", "a=1", "in.json", "--set=b[0].c=[2,3]", "--json"]));
}
