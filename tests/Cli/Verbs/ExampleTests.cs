using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Cli.Verbs;

/// <summary>What is shipped for people to start from must start.</summary>
public class ExampleTests
{
    public static TheoryData<string> Names() => [.. Directory.GetFiles(Path.Combine(Cells.Root, "examples"), "*.json").Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryExampleIsValid(string name)
    {
        var run = CliRun.Of("run", Path.Combine(Cells.Root, "examples", name), "--check");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("warning", run.Error);
    }
}
