using Engine.Cli.Runs;
using Engine.Core.Gap.Active;
using Engine.Core.Gap.Fit;
using Engine.Core.Json;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Cli.Verbs;

/// <summary>What is shipped for people to start from must start.</summary>
public class ExampleTests
{
    private static readonly string[] Studies = ["hfo2-active-learning.json"];

    public static TheoryData<string> Names() =>
        [.. Directory.GetFiles(Path.Combine(Cells.Root, "examples"), "*.json").Select(f => Path.GetFileName(f)).Except(Studies)];

    /// <summary>A study names runs, which are examples of their own, and settings that can be read.</summary>
    [Fact]
    public void EveryStudyNamesWhatIsThere()
    {
        string[] names = [.. Directory.GetFiles(Path.Combine(Cells.Root, "examples"), "*.json").Select(f => Path.GetFileName(f))];
        foreach (var study in Studies)
        {
            var folder = Path.Combine(Cells.Root, "examples");
            var input = StrictJson.ReadFile<StudyInput>(Path.Combine(folder, study));
            Assert.Contains(input.Trajectory, names);
            Assert.Contains(input.Production, names);
            var active = ActiveSettings.ReadFile(Path.Combine(folder, input.Active));
            Assert.True(File.Exists(active.OraclePotential));
            Assert.NotNull(active.Exploration);
        }
    }

    /// <summary>Settings of fits and descriptors.</summary>
    [Fact]
    public void SettingsOfFitsAreValid()
    {
        var folder = Path.Combine(Cells.Root, "examples", "gap");
        Assert.Equal(1000, Assert.IsType<SoapInput>(GapFitSettings.ReadFile(Path.Combine(folder, "silicon.json")).Descriptors.Single()).SparsePoints);
        Assert.Equal(6, Assert.IsType<SoapInput>(GapFitSettings.ReadFile(Path.Combine(folder, "hafnia.json")).Descriptors.Single()).NMax);
        Assert.Equal(5, SoapInput.ReadFile(Path.Combine(folder, "soap.json")).Cutoff);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryExampleIsValid(string name)
    {
        var run = CliRun.Of("run", Path.Combine(Cells.Root, "examples", name), "--check");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("warning", run.Error);
    }
}
