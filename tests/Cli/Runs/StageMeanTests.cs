using Engine.Cli.Report;
using Engine.Cli.Runs;
using Xunit;

namespace Engine.Tests.Cli.Runs;

/// <summary>What the summary of a run says of its stages.</summary>
public sealed class StageMeanTests : IDisposable
{
    private readonly SmallRun run = new($$"""
        { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8442, "cells": [3, 3, 3] } },
          "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 1, "timeStep": 0.005, "integrator": { "type": "langevin", "friction": 1 },
          "stages": [ { "name": "heat", "steps": 20, "temperature": { "from": 1, "to": 2 } }, { "name": "hold", "steps": 20, "temperature": 2 } ] }
        """);

    public void Dispose() => run.Dispose();

    /// <summary>White noise: the error of the mean of n samples is σ/√n, known to 1/√(2n) of itself; six of those are allowed.</summary>
    [Fact]
    public void ErrorsAreThoseOfTheMeanAndOnlyWhereNothingIsChangedOnPurpose()
    {
        const int Rows = 512;
        var random = new Random(1);
        double[] noise = [.. Enumerable.Range(0, 2 * Rows).Select(_ => 3 + random.NextDouble())];
        double[] same = [.. Enumerable.Repeat(0.8442, 2 * Rows)];
        var series = new ReportTimeSeries("time", "tau", [.. Enumerable.Range(1, 2 * Rows).Select(i => (double)i)], [new("Temperature", "temperature", "K", noise), new("Temperature", "target", "K", noise), new("Density", "density", "", same)])
        {
            Stages = [.. Enumerable.Range(0, 2 * Rows).Select(i => i / Rows)],
        };
        var means = StageMean.Of(RunSetup.Read(run.InputFile, []).Input, series);
        Assert.Equal([(0, "temperature"), (0, "density"), (1, "temperature"), (1, "density")], means.Select(m => (m.Stage, m.Quantity)));
        Assert.Equal(noise[..Rows].Average(), means[0].Mean, 12);
        Assert.Null(means[0].Error);
        Assert.Null(means[3].Error);
        var expected = Math.Sqrt(1.0 / 12 / Rows);
        Assert.InRange(means[2].Error!.Value, expected * (1 - 6 / Math.Sqrt(2 * Rows)), expected * (1 + 6 / Math.Sqrt(2 * Rows)));
        Assert.True(means[2].Converged);
    }

    [Theory]
    [InlineData(0.6975034, 0.00032, true, "0.69750 ± 0.00032")]
    [InlineData(-12345.678, 34.2, false, "-12346 ± 34 or more")]
    [InlineData(2.4499e-21, 1.52e-23, true, "(2.450 ± 0.015)e-21")]
    [InlineData(34468542, 212750.0, true, "(3.447 ± 0.021)e7")]
    [InlineData(-972.1, 287.0, true, "-970 ± 290")]
    [InlineData(0.004, 3.2, true, "0.0 ± 3.2")]
    [InlineData(1e-12, 3.2e-10, true, "(0.0 ± 3.2)e-10")]
    [InlineData(3000.123456, null, true, "3000.1")]
    public void ErrorsSayHowManyDigitsAMeanHas(double mean, double? error, bool converged, string text) =>
        Assert.Equal(text, new StageMean(0, "temperature", "K", 100, mean, error, converged).Text);
}
