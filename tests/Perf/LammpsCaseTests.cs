using Engine.Perf;
using Xunit;

namespace Engine.Tests.Perf;

public class LammpsCaseTests
{
    [Fact]
    public void TheLastLoopTimeCounts()
    {
        const string log = """
            Loop time of 9.9 on 2 procs for 10 steps with 4000 atoms
            50.0% CPU use with 2 MPI tasks x no OpenMP threads
            Loop time of 3.0 on 2 procs for 600 steps with 4000 atoms
            90.0% CPU use with 2 MPI tasks x no OpenMP threads
            """;
        var time = LammpsCase.Parse(log);
        Assert.Equal(0.005, time.Wall, 1e-15); // one rounding of a division
        Assert.Equal(0.009, time.Cpu, 1e-15);
    }

    [Fact]
    public void ScriptsBuildTheAtomsTheyPromise()
    {
        foreach (var w in MdBench.Workloads)
        {
            var script = LammpsCase.Script(w);
            Assert.Contains($"region box block 0 {w.Cells} 0 {w.Cells} 0 {w.Cells}", script);
            Assert.EndsWith($"run {w.WarmSteps}\nrun {w.Steps}\n", script);
            // The published script rebuilds every 20 steps without a check, so other counts would time a fraction of a rebuild.
            Assert.Equal(0, w.Steps % 20);
        }
    }

    [Fact]
    public void RatiosCompareTimesPerStep()
    {
        var result = new BenchResult("x", 1000, 1, new(0.001, 0.001), "peer", "1", new(0.004, 0.003));
        Assert.Equal(1e6, result.Rate!.Value, 1e-6); // one rounding each
        Assert.Equal(4, result.Ratio!.Value, 1e-12);
        Assert.Equal(3, result.CpuRatio!.Value, 1e-12);
        Assert.Null(new BenchResult("x", 1000, 1, null, "peer", "1", new(0.004, 0.003)).Ratio);
    }

    [Fact]
    public void TheMedianIgnoresOneSlowRound() => Assert.Equal(
        new StepTime(2, 20), BenchRunner.Median([new(2, 20), new(900, 900), new(1, 10)]));
}
