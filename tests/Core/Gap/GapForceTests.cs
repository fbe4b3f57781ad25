using System.Globalization;
using Engine.Core.Builders;
using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Core.Simulations;
using Xunit;

namespace Engine.Tests.Core.Gap;

/// <summary>Energies, forces and virials of potentials against QUIP's, against differences of energies, and against what must hold of any.</summary>
public sealed class GapForceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gap").FullName;

    public void Dispose() => Directory.Delete(folder, true);

    [SkippableTheory]
    [InlineData("gap.xml", "eval.txt")]
    [InlineData("gap_version0.xml", "eval_version0.txt")]
    public void SiliconHasTheEnergiesAndForcesOfQuip(string potential, string evaluation)
    {
        var (file, frame, expected) = (Shared(potential), StructureFile.Read(Shared("si_64.xyz")), File.ReadAllLines(Shared(evaluation)));
        var model = PotentialModel.Build(PotentialFile.Load(file), frame.SpeciesTable, UnitSystem.Metal);
        var found = SinglePoint.Evaluate(frame, model, Workers.Single);
        // One is a table, the other what the program printed.
        double[][] Numbers(params string[] keys) =>
            [.. keys.SelectMany(key => expected.Where(line => line.StartsWith(key, StringComparison.Ordinal)).Select(line => Parse(line[key.Length..])))];
        Assert.Equal(Numbers("energy ", "Energy=")[0][0], found.Energy, 1e-9);
        var w = Numbers("virial ", "Virial ");
        double[] virial = [w[0][0], w[1][1], w[2][2], w[0][1], w[0][2], w[1][2]];
        foreach (var (a, b) in virial.Zip(Cells.Components(found.Virial)))
        {
            // Printed with thirteen digits.
            Assert.Equal(a, b, 1e-9);
        }
        double[][] atoms = [.. Numbers("Si "), .. Numbers("AT Si ").Select(row => row[^3..])];
        Assert.Equal(frame.Count, atoms.Length);
        frame.SpeciesTable = [new("Si", 28.085)];
        var system = ParticleSystem.FromConfiguration(frame, UnitSystem.Metal);
        var gap = (GapForce)model.ForceTerms.Single();
        gap.Add(system, Workers.Single, true, allowOverlap: false);
        var local = gap.LocalEnergies(system.SlotCount);
        for (var i = 0; i < frame.Count; i++)
        {
            for (var axis = 0; axis < 3; axis++)
            {
                // Printed with eight decimals.
                Assert.Equal(atoms[i][axis], found.Forces[3 * i + axis], 6e-9);
            }
            if (atoms[i].Length == 4)
            {
                Assert.Equal(atoms[i][3], local[Array.IndexOf(system.Id, i)] - 0.79, 6e-9);
            }
        }
    }

    /// <summary>The version in which the power spectrum got its factor, and the one before.</summary>
    [SkippableTheory]
    [InlineData(1_423_143_768, -321.2658)]
    [InlineData(1_423_143_769, -345.8843)]
    public void TheVersionOfTheFileDecidesTheConvention(int version, double expected)
    {
        var source = Shared("gap.xml");
        var path = Path.Combine(folder, "gap.xml");
        File.WriteAllText(path, File.ReadAllText(source).Replace("1686220958", version.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var points = Directory.GetFiles(Path.GetDirectoryName(source)!, "gap.xml.sparseX*").Single();
        File.Copy(points, Path.Combine(folder, Path.GetFileName(points)));
        var frame = StructureFile.Read(Shared("si_64.xyz"));
        var model = PotentialModel.Build(PotentialFile.Load(path), frame.SpeciesTable, UnitSystem.Metal);
        Assert.Equal(expected, SinglePoint.Evaluate(frame, model, Workers.Single).Energy, 1e-4);
    }

    [Fact]
    public void ForcesAndVirialAreTheSlopesOfTheEnergy()
    {
        var model = Build(GapModels.Hafnia());
        var start = Cells.Strained(Cells.Fluorite(5.1, 1, shake: 0.3), 0.02, -0.01, 0, 0.05, -0.03, 0.02);
        var found = SinglePoint.Evaluate(start, model, Workers.Single);
        const double step = 1e-4;
        double Slope(Func<double, Configuration> at)
        {
            double Energy(double x) => SinglePoint.Evaluate(at(x), model, Workers.Single).Energy;
            return (8 * (Energy(step) - Energy(-step)) - (Energy(2 * step) - Energy(-2 * step))) / (12 * step);
        }
        var scale = found.Forces.Max(Math.Abs);
        Assert.True(scale > 0.1);
        foreach (var (particle, axis) in new[] { (0, 0), (1, 2), (3, 1), (5, 0), (8, 2), (11, 1) })
        {
            var slope = Slope(x =>
            {
                var moved = (double[])start.Positions.Clone();
                moved[3 * particle + axis] += x;
                return new() { Box = start.Box, SpeciesTable = start.SpeciesTable, Species = start.Species, Positions = moved };
            });
            // Rounding of energies of 1e-14 over the step; the core's second derivative jumps at its last point.
            Assert.Equal(-slope, found.Forces[3 * particle + axis], 1e-8 * scale);
        }
        double[] strains =
        [
            Slope(e => Cells.Strained(start, e, 0, 0, 0, 0, 0)), Slope(e => Cells.Strained(start, 0, e, 0, 0, 0, 0)), Slope(e => Cells.Strained(start, 0, 0, e, 0, 0, 0)),
            Slope(e => Cells.Strained(start, 0, 0, 0, e, 0, 0)), Slope(e => Cells.Strained(start, 0, 0, 0, 0, e, 0)), Slope(e => Cells.Strained(start, 0, 0, 0, 0, 0, e)),
        ];
        var virial = Cells.Components(found.Virial);
        for (var k = 0; k < 6; k++)
        {
            Assert.Equal(-strains[k], virial[k], 1e-8 * virial.Max(Math.Abs));
        }
        for (var axis = 0; axis < 3; axis++)
        {
            // Opposite forces cancel exactly; what is left is their sum in double.
            Assert.Equal(0, Enumerable.Range(0, start.Count).Sum(i => found.Forces[3 * i + axis]), 1e-12);
        }
        Assert.Equal(found.Energy, found.ConstantEnergy + found.TermEnergies.Single().Value, 1e-10);
        Assert.Equal(4 * -2.5 + 8 * -0.5, found.ConstantEnergy, 1e-12);
    }

    [Fact]
    public void TwoCellsHaveTwiceTheEnergyAndThreadsChangeNoBit()
    {
        var model = Build(GapModels.Hafnia());
        var cell = Cells.Fluorite(5.1, 1, shake: 0.3);
        var one = SinglePoint.Evaluate(cell, model, Workers.Single);
        var large = Supercell.Build(cell, 3, 2, 3);
        using var workers = new Workers(3);
        var (many, single) = (SinglePoint.Evaluate(large, model, workers), SinglePoint.Evaluate(large, model, Workers.Single));
        Assert.Equal(18 * one.Energy, many.Energy, 1e-10 * Math.Abs(18 * one.Energy));
        Assert.Equal(many.Energy, single.Energy);
        Assert.Equal(many.Virial, single.Virial);
        Assert.Equal(many.Forces, single.Forces);
    }

    /// <summary>One pair of atoms, by the formulas written out.</summary>
    [Fact]
    public void APairHasTheEnergyOfItsFormula()
    {
        var model = GapModels.Hafnia();
        var set = model.Sets[2];
        var kernel = new TwoBodyKernel(set);
        foreach (var r in new[] { 1.3, 2.2, 2.79, 3.2, 3.88 })
        {
            var fade = r < 2.8 ? 1 : 0.5 * (1 + Math.Cos(Math.PI * (r - 2.8) / 1.1));
            var sum = 0.0;
            for (var s = 0; s < set.Count; s++)
            {
                var u = (r - set.Points[s]) / 0.8;
                sum += set.Weights[s] * (0.36 * Math.Exp(-0.5 * u * u) + 0.09) * set.Cutoffs[s];
            }
            Assert.Equal(fade * sum, kernel.At(r).Energy, 1e-12);
        }
        Assert.Equal((0, 0), kernel.At(3.9));
        Assert.True(kernel.Matches(8, 72) && kernel.Matches(72, 8) && !kernel.Matches(8, 8));
        var core = model.Core!;
        Assert.Equal(3, core.At(72, 8, 1.6).Energy, 1e-12);
        Assert.Equal(-9, core.At(8, 72, 1).Derivative, 1e-12);
        Assert.Equal((0, 0), core.At(8, 8, 1.6));
    }

    /// <summary>Powers, tails, permutations and dot products have the slope of their energy, also a hair beside the ends of the fading, where the second derivative jumps.</summary>
    [Theory]
    [InlineData("n_exponents=2", 1, 1)]
    [InlineData("n_exponents=1 exponents={-6}", 1, 1)]
    [InlineData("n_exponents=2 exponents={1 -3} tail_exponent=2 tail_range=0.7", 1, 2)]
    [InlineData("n_exponents=1 exponents={1} tail_exponent=1", 1, 1)]
    [InlineData("n_exponents=2 exponents={-1 -2}", 2, 1)]
    public void SlopesOfPairsAreThoseOfTheirEnergies(string keys, int covariance, int permutations)
    {
        var text = new DescriptorText($"distance_2b cutoff=3.9 cutoff_transition_width=1.1 Z1=72 Z2=8 {keys}");
        var count = text.Integer("n_exponents");
        var random = new Random(4);
        var kernel = new TwoBodyKernel(new()
        {
            Descriptor = text,
            Covariance = (GapCovariance)covariance,
            Delta = 0.6,
            Mean = 0.3,
            Zeta = 2.5,
            Theta = [.. Enumerable.Repeat(0.8, count)],
            Permutations = permutations > 1 ? [[0, 1], [1, 0]] : [],
            Dimensions = count,
            Points = [.. Enumerable.Range(0, 4 * count).Select(_ => 0.2 + random.NextDouble())],
            Weights = [0.7, -1.1, 0.4, 0.9],
            Cutoffs = [1, 1, 0.9, 0.2],
        });
        foreach (var r in new[] { 1.5, 2.3, 2.7995, 2.8005, 3.3, 3.8995 })
        {
            // Inside one piece of the fading.
            const double h = 1e-4;
            double Energy(double x) => kernel.At(x).Energy;
            var slope = (8 * (Energy(r + h) - Energy(r - h)) - (Energy(r + 2 * h) - Energy(r - 2 * h))) / (12 * h);
            // Rounding of energies of order one over the step.
            Assert.Equal(slope, kernel.At(r).Derivative, 1e-11 * Math.Max(1, Math.Abs(Energy(r)) / 0.1));
        }
        Assert.Equal((0, 0), kernel.At(3.9));
    }

    [Fact]
    public void AFileHoldsThePotentialToTheLastBit()
    {
        var written = GapModels.Hafnia();
        var path = Path.Combine(folder, "hafnia.xml");
        GapFileWriter.Write(path, written);
        var read = GapFile.Read(path);
        Assert.Equal(written.Label, read.Label);
        Assert.Equal(written.Version, read.Version);
        Assert.Equal(written.EnergyScale, read.EnergyScale);
        Assert.Equal(written.FreeAtoms.OrderBy(e => e.Key), read.FreeAtoms.OrderBy(e => e.Key));
        Assert.Equal(written.Training, read.Training);
        for (var t = 0; t < 3; t++)
        {
            Assert.Equal(written.Sets[t].Points, read.Sets[t].Points);
            Assert.Equal(written.Sets[t].Weights, read.Sets[t].Weights);
            Assert.Equal(written.Sets[t].Cutoffs, read.Sets[t].Cutoffs);
            Assert.Equal(written.Sets[t].Theta, read.Sets[t].Theta);
        }
        var frame = Cells.Fluorite(5.1, 1, shake: 0.3);
        var (a, b) = (SinglePoint.Evaluate(frame, Build(written), Workers.Single), SinglePoint.Evaluate(frame, Build(read), Workers.Single));
        Assert.Equal(a.Energy, b.Energy);
        Assert.Equal(a.Forces, b.Forces);
    }

    /// <summary>Sparse points of a potential that is replaced go, but for those that a copy of it still names.</summary>
    [Fact]
    public void PointsThatNoFileNamesAreRemoved()
    {
        var (path, copy) = (Path.Combine(folder, "hafnia.xml"), Path.Combine(folder, "copy.xml"));
        string[] Points(string label) => Directory.GetFiles(folder, $"hafnia.xml.sparseX.{label}*");
        var other = Path.Combine(folder, "other.xml.sparseX.A1");
        File.WriteAllText(other, "");
        File.WriteAllText(path, "not XML");
        foreach (var label in new[] { "A", "B", "C" })
        {
            GapFileWriter.Write(path, GapModels.Hafnia() with { Label = label });
            Assert.Equal(3, Points(label).Length);
            if (label == "B")
            {
                Assert.Empty(Points("A"));
                File.Copy(path, copy);
            }
        }
        Assert.Equal("B", GapFile.Read(copy).Label);
        Assert.Equal(3, Points("B").Length);
        GapFileWriter.Write(path, GapModels.Hafnia() with { Label = "C" });
        Assert.Equal(3, Points("C").Length);
        Assert.True(File.Exists(other));
    }

    [Fact]
    public void WhatCannotBeReadIsSaidInOneLine()
    {
        var path = Path.Combine(folder, "hafnia.xml");
        GapFileWriter.Write(path, GapModels.Hafnia());
        var points = path + ".sparseX.GAP_test1";
        var whole = File.ReadAllText(points);
        Assert.Contains("MD5", Refuse(() => File.WriteAllText(points, "-" + whole)));
        File.Delete(points);
        Assert.Contains("they belong beside the XML file", Refuse(() => { }));
        File.WriteAllText(points, whole);
        var text = File.ReadAllText(path);
        Assert.Contains("covariance_type is 4", Refuse(() => File.WriteAllText(path, text.Replace("covariance_type=\"1\"", "covariance_type=\"4\"", StringComparison.Ordinal))));
        Assert.Contains("not valid XML", Refuse(() => File.WriteAllText(path, text[..^40])));
        Assert.Contains("n_sparseX is 6", Refuse(() => File.WriteAllText(path, text.Replace("n_sparseX=\"5\"", "n_sparseX=\"6\"", StringComparison.Ordinal))));
        Assert.Contains("no element GAP_params", Refuse(() => File.WriteAllText(path, "<a/>")));
        File.WriteAllText(path, text);
        Assert.Contains("expected one of GAP_test", Assert.Throws<InputException>(() => GapFile.Read(path, "GAP_other")).Message);

        string Refuse(Action damage)
        {
            damage();
            var message = Assert.Throws<InputException>(() => GapFile.Read(path)).Message;
            Assert.DoesNotContain('\n', message);
            Assert.Contains("hafnia.xml", message);
            return message;
        }
    }

    [Fact]
    public void WhatThePotentialDoesNotKnowIsRefused()
    {
        var path = Path.Combine(folder, "hafnia.xml");
        GapFileWriter.Write(path, GapModels.Hafnia());
        var file = PotentialFile.Load(path);
        Assert.Contains("does not know the species Si", Assert.Throws<InputException>(() => PotentialModel.Build(file, [new("Si", 28)], UnitSystem.Metal)).Message);
        Assert.Contains("does not know Si", Assert.Throws<InputException>(() => new GapForce(GapModels.Hafnia(), [new("Si", 28)])).Message);
        Assert.Contains("in metal units, but the run in lj", Assert.Throws<InputException>(() => PotentialModel.Build(file, Cells.HafniumOxygen, UnitSystem.LennardJones)).Message);

        // The hash of the files, where a potential states it, has to fit.
        var json = Path.Combine(folder, "hafnia.json");
        const string start = """{ "name": "t", "units": "metal", "minimumDistance": 2.1, "species": { "Hf": {}, "O": {} }, "terms": [ { "type": "gap", "file": "hafnia.xml" """;
        File.WriteAllText(json, start + """, "fileHash": "00" } ] }""");
        Assert.Contains("has changed", Assert.Throws<InputException>(() => PotentialFile.Load(json)).Message);
        File.WriteAllText(json, start + "} ] }");

        var frame = Cells.Fluorite(5.1, 1, shake: 0.3);
        var model = PotentialModel.Build(PotentialFile.Load(json), frame.SpeciesTable, UnitSystem.Metal);
        Assert.Contains("minimumDistance", Assert.Throws<ForceException>(() => SinglePoint.Evaluate(frame, model, Workers.Single)).Message);
        frame.Positions[4] = double.NaN;
        Assert.Contains("finite coordinates", Assert.Throws<RunFailedException>(() => SinglePoint.Evaluate(frame, model, Workers.Single)).Message);
    }

    /// <summary>Forces of a GAP are finite everywhere; the run ends all the same.</summary>
    [Fact]
    public void ARunThatExplodesEnds()
    {
        var input = RunInput.Read(
            """
            { "units": "metal", "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": 5.1, "cells": [1, 1, 1] } },
              "potential": null, "initialTemperature": 300, "timeStep": 1, "stages": [ { "name": "a", "steps": 50 } ] }
            """,
            "test.json").Resolve();
        using var simulation = new Simulation(input, Cells.Fluorite(5.1, 1, shake: 0.1), Build(GapModels.Hafnia()), Workers.Single);
        Assert.Contains("in one step; expected less than half of the cutoff", Assert.Throws<RunFailedException>(() => simulation.Run(new StoppingObserver(50), CancellationToken.None)).Message);
    }

    private static PotentialModel Build(GapModel model) => PotentialModel.Build(PotentialFile.Of(model), Cells.HafniumOxygen, UnitSystem.Metal);

    private static double[] Parse(string line) =>
        [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => double.Parse(v, CultureInfo.InvariantCulture))];

    private static string Shared(string name)
    {
        var path = Cells.SharedFile(Path.Combine("gap", "quip_si", name));
        Skip.If(path is null, "reference data ../shared/data/gap absent");
        return path!;
    }
}
