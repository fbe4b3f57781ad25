using Engine.Core.Input;
using Engine.Core.Json;
using Engine.Kernels.Errors;
using Xunit;

namespace Engine.Tests.Core.Input;

public class RunInputTests
{
    private const string Thermostat = "\"thermostat\": { \"type\": \"bussi\", \"relaxationTime\": \"0.1 ps\" }";
    private const string Barostat = "\"barostat\": { \"type\": \"cellRescaling\", \"relaxationTime\": 1, \"compressibility\": \"5e-7 1/bar\" }";

    private static string Metal(string stage, string rest = "") => $$"""
        { "units": "metal", "potential": null, "timeStep": "1 fs",
          "system": { "crystal": { "structure": "fcc", "species": ["Ar"], "latticeConstant": "5.3 Angstrom", "cells": [2, 2, 2] } },
          "stages": [ { "name": "first", {{stage}} } ] {{rest}} }
        """;

    private static string Fails(string text)
    {
        var message = Assert.Throws<InputException>(() => RunInput.Read(text, "run.json")).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Fact]
    public void RampRateSetsTheNumberOfSteps()
    {
        var run = RunInput.Read(
            Metal($"\"temperature\": {{ \"from\": \"3600 K\", \"to\": \"300 K\", \"rate\": \"100 K/ps\" }}, {Thermostat}"), "run.json").Resolve();
        var stage = run.Stages[0];
        Assert.Equal(33000, stage.Steps);
        Assert.Equal(0.001, stage.TimeStep);
        Assert.Equal(3600, stage.TemperatureAt(0));
        // Rounding of 33000 · 0.001 and of the interpolation, a few units in the last place of 3600.
        Assert.Equal(1950, stage.TemperatureAt(16.5), 1e-9);
        Assert.Equal(300, stage.TemperatureAt(33), 1e-9);
        Assert.True(stage.RemoveDrift);
        Assert.IsType<VelocityVerletInput>(stage.Integrator);
    }

    [Fact]
    public void EveryScheduleIsRead()
    {
        var run = RunInput.Read(
            Metal($$"""
                "duration": "2 ns", {{Thermostat}}, {{Barostat}},
                "temperature": { "points": [["0 fs", "300 K"], ["1 ns", 600]] },
                "pressure": { "cycle": { "low": "-1 GPa", "high": "1 kbar", "period": "10 ps" } }
                """), "run.json");
        var stage = run.Resolve().Stages[0];
        Assert.Equal(2_000_000, stage.Steps);
        Assert.Equal(450, stage.TemperatureAt(500));
        Assert.Equal(-10000, stage.PressureAt(0));
        Assert.Equal(1000, stage.PressureAt(5));
        Assert.Equal(5e-7, Assert.IsType<CellRescalingInput>(stage.Barostat).Compressibility);
        Assert.Equal(0.1, Assert.IsType<BussiInput>(stage.Thermostat).RelaxationTime);
    }

    [Theory]
    [InlineData("\"steps\": 0", "stages[0] (first): steps is 0; expected a positive number")]
    [InlineData("\"steps\": 10, \"duration\": 1", "length: found steps and duration; expected only one of")]
    [InlineData("\"timeStep\": 1", "length: expected one of steps, duration, temperature.rate, pressure.rate")]
    [InlineData("\"steps\": 10, \"timeStep\": 0", "timeStep is 0; expected a positive number")]
    [InlineData("\"steps\": 10, \"timeStep\": \"-1 fs\"", "timeStep is -0.001; expected a positive number")]
    [InlineData("\"steps\": 10, \"temperature\": 300", "nothing acts on the temperature")]
    [InlineData("\"steps\": 10, \"temperature\": -1, " + Thermostat, "the lowest temperature is -1")]
    [InlineData("\"steps\": 10, \"temperature\": {\"from\": 1, \"to\": \"-5 K\"}, " + Thermostat, "the lowest temperature is -5")]
    [InlineData("\"steps\": 10, " + Thermostat, "the thermostat needs a temperature")]
    [InlineData("\"steps\": 10, \"temperature\": 300, " + Thermostat + ", " + Barostat, "the barostat needs a pressure")]
    [InlineData("\"steps\": 10, \"pressure\": 1", "nothing acts on the pressure")]
    [InlineData("\"steps\": 10, \"pressure\": 1, " + Barostat, "the barostat needs a temperature")]
    [InlineData("\"steps\": 10, \"integrator\": {\"type\": \"langevin\", \"friction\": 1}", "the integrator needs a temperature")]
    [InlineData("\"steps\": 10, \"integrator\": {\"type\": \"langevin\", \"friction\": -1}, \"temperature\": 1", "friction is -1")]
    [InlineData("\"steps\": 10, \"integrator\": {\"type\": \"langevin\", \"friction\": 1}, \"temperature\": 1, " + Thermostat, "thermostat of its own")]
    [InlineData("\"temperature\": {\"from\": 1, \"to\": 1, \"rate\": 1}, " + Thermostat, "has no length")]
    [InlineData("\"temperature\": {\"from\": 1, \"to\": 2, \"rate\": -1}, " + Thermostat, "rate is -1")]
    [InlineData("\"temperature\": {\"from\": 1, \"too\": 2}, " + Thermostat, "unknown key \"too\"; did you mean \"to\"? Expected one of from, to, rate")]
    [InlineData("\"temperature\": true, " + Thermostat, "found true, expected a number or quantity, {\"from\",\"to\"[,\"rate\"]}")]
    [InlineData("\"temperature\": \"3 bar\", \"steps\": 1, " + Thermostat, "\"3 bar\" is a pressure, expected a temperature, such as \"1 K\"")]
    [InlineData("\"temperature\": {\"from\": 1, \"to\": 2, \"rate\": \"1 K\"}, " + Thermostat, "is a temperature, expected a temperature per time, such as \"1 K/ps\"")]
    [InlineData("\"steps\": 1, \"temperature\": {\"points\": [[1, 2], [1, 3]]}, " + Thermostat, "points[1]: time 1 does not follow 1")]
    [InlineData("\"steps\": 1, \"temperature\": {\"points\": [[1, 2, 3]]}, " + Thermostat, "points[0]: found 3 values, expected 2")]
    [InlineData("\"duration\": 1e-9", "comes to 0 steps")]
    [InlineData("\"minimise\": {\"maximumForce\": 0}", "minimise.maximumForce is 0")]
    [InlineData("\"minimise\": {\"maximumForce\": 1}, \"temperature\": 300", "a minimisation takes no key besides")]
    [InlineData("\"steps\": 1, \"thermostat\": {\"type\": \"busi\", \"relaxationTime\": 1}", "unknown type \"busi\"; did you mean \"bussi\"?")]
    public void WrongStagesAreRefused(string stage, string expected) => Assert.Contains(expected, Fails(Metal(stage)));

    /// <summary>The barostat takes the kinetic pressure of overdamped particles from the bath.</summary>
    [Fact]
    public void BrownianDynamicsTakesABarostat()
    {
        var run = RunInput.Read(
            Metal($$"""
                "steps": 10, "integrator": { "type": "brownian", "friction": 1 }, "temperature": 300, "pressure": 0, {{Barostat}}
                """), "run.json").Resolve();
        Assert.IsType<BrownianInput>(run.Stages[0].Integrator);
        Assert.IsType<CellRescalingInput>(run.Stages[0].Barostat);
    }

    [Theory]
    [InlineData(", \"seed\": -1", "seed: found -1, expected an integer that is not negative")]
    [InlineData(", \"initialTemperature\": -1", "initialTemperature is -1")]
    [InlineData(", \"precision\": \"mixd\"", "did you mean \"mixed\"? Expected one of mixed, double")]
    [InlineData(", \"precision\": \"single\"", "precision: found \"single\"; expected one of mixed, double; mixed: pairs in single precision, the rest in double")]
    [InlineData(", \"constants\": \"codata\"", "did you mean \"codata2022\"?")]
    [InlineData(", \"output\": {\"folder\": \" \"}", "output.folder is empty")]
    [InlineData(", \"output\": {\"trajectory\": {\"every\": 0}}", "output.trajectory.every is 0")]
    [InlineData(", \"output\": {\"trajectroy\": {}}", "did you mean \"trajectory\"?")]
    [InlineData(", \"analysis\": {\"stages\": [\"second\"]}", "there is no stage \"second\"; expected one of first")]
    [InlineData(", \"analysis\": {\"angles\": {\"cutoffs\": {\"HfO\": 2}}}", "\"HfO\" is not a pair")]
    [InlineData(", \"title\": 5", "title: found 5, expected a string")]
    public void WrongRestIsRefused(string rest, string expected) => Assert.Contains(expected, Fails(Metal("\"steps\": 1", rest)));

    [Theory]
    [InlineData("{}", "system: expected one of crystal, file, random")]
    [InlineData("{\"file\": \"a\", \"random\": {\"counts\": {\"A\": 1}, \"density\": 1}}", "found file and random; expected only one of")]
    [InlineData("{\"random\": {\"counts\": {\"A\": 0}, \"density\": 1}}", "system.random.counts")]
    [InlineData("{\"random\": {\"counts\": {\"A\": 1}}}", "system.random: expected one of box, density")]
    [InlineData("{\"crystal\": {\"structure\": \"fcc\", \"species\": [\"A\"], \"density\": 1, \"latticeConstant\": 1, \"cells\": [1,1,1]}}", "found latticeConstant and density")]
    [InlineData("{\"crystal\": {\"structure\": \"fcc\", \"species\": [\"A\"], \"density\": 1, \"cells\": [1,1]}}", "cells: expected three positive integers")]
    [InlineData("{\"crystal\": {\"structure\": \"fluorite\", \"species\": [\"A\"], \"density\": 1, \"cells\": [1,1,1]}}", "found 1 names, expected 2 for fluorite")]
    [InlineData("{\"crystal\": {\"structure\": \"fccc\", \"species\": [\"A\"], \"density\": 1, \"cells\": [1,1,1]}}", "did you mean \"fcc\"?")]
    public void WrongSystemsAreRefused(string system, string expected) =>
        Assert.Contains(expected, Fails($$"""{ "units": "lj", "potential": null, "timeStep": 1, "system": {{system}}, "stages": [ { "steps": 1 } ] }"""));

    [Fact]
    public void PotentialMustBeGivenEvenIfNull() => Assert.Contains(
        "the key \"potential\" is missing", Fails("""{ "units": "lj", "system": {"file": "a"}, "stages": [] }"""));

    [Fact]
    public void ReducedUnitsTakePlainNumbersOrTheirOwnNames()
    {
        const string Text = """{ "units": "lj", "potential": null, "system": {"file": "a"}, "timeStep": "VALUE", "stages": [ { "steps": 1 } ] }""";
        Assert.Equal(0.005, RunInput.Read(Text.Replace("VALUE", "0.005 tau"), "x").TimeStep);
        Assert.Contains("does not exist in reduced (lj) units", Fails(Text.Replace("VALUE", "1 fs")));
    }

    public static TheoryData<string> Examples()
    {
        var data = new TheoryData<string>();
        // A study is no run.
        foreach (var file in Directory.GetFiles(Path.Combine(Root(), "examples"), "*.json").Where(f => !File.ReadAllText(f).Contains("\"production\"", StringComparison.Ordinal)))
        {
            data.Add(Path.GetFileName(file));
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void ExamplesRoundTripWithEverythingSpelledOut(string file)
    {
        var run = RunInput.ReadFile(Path.Combine(Root(), "examples", file));
        var resolved = run.Resolve();
        var written = StrictJson.Write(resolved);
        var again = RunInput.Read(written, "run.json");
        Assert.Equal(written, StrictJson.Write(again));
        Assert.Equal(written, StrictJson.Write(again.Resolve()));
        Assert.Equal(ContentHash.Of(resolved), ContentHash.Of(again));
        Assert.NotEqual(ContentHash.Of(resolved), ContentHash.Of(resolved with { Seed = 99 }));
    }

    [Fact]
    public void OverridesReachTheRun()
    {
        var run = RunInput.ReadFile(
            Path.Combine(Root(), "examples", "hfo2-melt-quench-paper.json"), ["stages[quench].temperature.rate=1 K/ps", "seed=7"]).Resolve();
        Assert.Equal(3_300_000, run.Stages.Single(stage => stage.Name == "quench").Steps);
        Assert.Equal(7ul, run.Seed);
    }

    [Fact]
    public void TheShortMeltQuenchFitsItsMinutes() => Assert.InRange(
        RunInput.ReadFile(Path.Combine(Root(), "examples", "hfo2-melt-quench.json")).Resolve().Stages.Sum(stage => stage.Steps ?? 0), 1, 80_000);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "engine.sln")))
        {
            folder = folder.Parent!;
        }
        return folder.FullName;
    }
}
