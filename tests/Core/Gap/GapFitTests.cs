using Engine.Core.Analysis;
using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Gap.Fit;
using Engine.Core.Json;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.IO.Structures;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Memory;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Core.Gap;

/// <summary>Fits against gap_fit's weights, and against potentials that a fit can reproduce.</summary>
public sealed class GapFitTests : IDisposable
{
    private const string SmallHafnia = """
        { "descriptors": [
            { "type": "soap", "cutoff": 4.1, "transitionWidth": 0.7, "nMax": 3, "lMax": 2, "sparsePoints": 30, "sparseMethod": "farthestPoint", "zeta": 2, "delta": 0.8 },
            { "type": "distance2b", "cutoff": "3.9 Angstrom", "transitionWidth": 1.1, "sparsePoints": 8, "theta": 0.8, "delta": 1 } ],
          "sigma": { "energy": 0.001, "force": 0.01, "virial": 0.01 }, "freeAtoms": { "Hf": -2.5, "O": -0.5 } }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("gap-fit").FullName;

    public void Dispose() => Directory.Delete(folder, true);

    /// <summary>Twelve frames and the sparse points of a potential that gap_fit made from them: the same weights.</summary>
    [SkippableFact]
    public void WeightsAreThoseOfGapFit()
    {
        var (train, potential) = (Cells.SharedFile("gap/quip_si/train.xyz"), Cells.SharedFile("gap/quip_si/gap.xml"));
        Skip.If(train is null || potential is null, "reference data ../shared/data/gap absent");
        var settings = Settings("""
            { "descriptors": [ { "type": "soap", "cutoff": 5, "nMax": 4, "lMax": 4, "sparsePoints": 60 } ],
              "sigma": { "energy": 0.01, "force": 0.05 }, "freeAtoms": { "Si": -0.79 }, "jitter": 1e-8 }
            """);
        var expected = GapFile.Read(potential).Sets;
        var found = GapFit.Run([.. StructureFile.ReadFrames(train)], settings, Workers.Single, _ => { }, sparsePoints: expected).Model;
        var largest = expected[0].Weights.Max(Math.Abs);
        Assert.Equal(60, found.Sets[0].Count);
        for (var s = 0; s < 60; s++)
        {
            // The condition number of the system is 4e6.
            Assert.Equal(expected[0].Weights[s], found.Sets[0].Weights[s], 1e-8 * largest);
        }
    }

    /// <summary>Errors on data that the fit has not seen are those of gap_fit with as many sparse points, or smaller.</summary>
    [SkippableFact]
    public void SiliconIsPredictedAsWellAsByGapFit()
    {
        var (train, test) = (Cells.SharedFile("gap/si_train.extxyz"), Cells.SharedFile("gap/si_test.extxyz"));
        Skip.If(train is null || test is null, "reference data ../shared/data/gap absent");
        using var workers = new Workers();
        var settings = GapFitSettings.ReadFile(Path.Combine(Cells.Root, "examples", "gap", "silicon.json"));
        var fitted = GapFit.Run([.. StructureFile.ReadFrames(train)], settings, workers, _ => { }).Model;
        var errors = new PotentialErrors("eV", "Angstrom");
        var evaluator = new FrameEvaluator(PotentialFile.Of(fitted), UnitSystem.Metal, workers);
        errors.Measure(evaluator, StructureFile.ReadFrames(test), frame => GapFit.GroupOf(frame, null));
        var all = errors.Groups()[^1];
        Assert.Equal((25, 1525), (all.Frames, all.Atoms));
        // gap_fit: 3.06 and 4.70 meV, 0.0749 and 0.1205 eV/Å. Which points a random choice takes moves them by some per cent.
        Assert.InRange(all.EnergyMae!.Value, 1e-3, 1.1 * 3.06e-3);
        Assert.InRange(all.EnergyRmse!.Value, 1e-3, 1.1 * 4.70e-3);
        Assert.InRange(all.ForceMae!.Value, 0.02, 1.1 * 0.0749);
        Assert.InRange(all.ForceRmse!.Value, 0.02, 1.1 * 0.1205);
    }

    /// <summary>Energies, forces and virials of a potential of the same form with the same sparse points come back, core and free atoms included.</summary>
    [Fact]
    public void AFitFindsThePotentialThatTheDataIsFrom()
    {
        var core = Path.Combine(folder, "core.xml");
        File.WriteAllText(core, GapModels.Core.ToString());
        var settings = Settings(SmallHafnia) with { Core = core };
        Configuration[] shapes = [.. Enumerable.Range(0, 12).Select(k => Frame(k))];
        foreach (var frame in shapes)
        {
            // Something to choose sparse points by.
            (frame.Energy, frame.Forces) = (0, new double[3 * frame.Count]);
        }
        var source = Reweighted(GapFit.Run(shapes, settings with { Core = null }, Workers.Single, _ => { }).Model) with
        {
            Core = GapModels.Hafnia().Core,
            CoreStanza = GapModels.Core,
        };
        foreach (var frame in shapes)
        {
            Label(frame, source);
        }
        using var workers = new Workers(3);
        var result = GapFit.Run(shapes, settings, workers, _ => { }, sparsePoints: source.Sets);
        var unseen = Frame(100);
        Label(unseen, source);
        var found = SinglePoint.Evaluate(unseen, Build(result.Model), Workers.Single);
        // The regularisation leaves a little: a hundredth of the expected error.
        Assert.Equal(unseen.Energy!.Value, found.Energy, 1e-3 * Math.Sqrt(unseen.Count));
        for (var k = 0; k < unseen.Forces!.Length; k++)
        {
            Assert.Equal(unseen.Forces[k], found.Forces[k], 0.01);
        }
        foreach (var (a, b) in Cells.Components(unseen.Virial!.Value).Zip(Cells.Components(found.Virial)))
        {
            Assert.Equal(a, b, 0.02 * Math.Sqrt(unseen.Count));
        }
        Assert.Equal(12 * 6, (int)result.Record["virials"]!);

        // Threads change no bit; blocks of the size of a frame change the rounding.
        Assert.Equal(
            result.Model.Sets.SelectMany(s => s.Weights), GapFit.Run(shapes, settings, Workers.Single, _ => { }, sparsePoints: source.Sets).Model.Sets.SelectMany(s => s.Weights));
        var blocks = GapFit.Run(shapes, settings with { MemoryLimit = 1e-4 }, Workers.Single, _ => { }, sparsePoints: source.Sets).Model;
        Assert.Equal(found.Energy, SinglePoint.Evaluate(unseen, Build(blocks), Workers.Single).Energy, 1e-5);
        Assert.Contains("or a larger memoryLimit", Assert.Throws<InputException>(
            () => GapFit.Run(shapes, settings with { MemoryLimit = 1e-5 }, Workers.Single, _ => { }, sparsePoints: source.Sets)).Message);
    }

    /// <summary>The limit of memory decides how many rows are in memory at a time, or refuses; never which sparse points are chosen.</summary>
    [Theory]
    [InlineData("cur")]
    [InlineData("farthestPoint")]
    [InlineData("covariance")]
    public void TheMemoryLimitDoesNotChangeThePotential(string method)
    {
        Configuration[] frames = [.. Enumerable.Range(0, 12).Select(k => Frame(k))];
        foreach (var frame in frames)
        {
            Label(frame, GapModels.Hafnia());
        }
        var settings = Settings(SmallHafnia.Replace("farthestPoint", method, StringComparison.Ordinal));
        var plenty = GapFit.Run(frames, settings, Workers.Single, _ => { }).Model;
        var little = GapFit.Run(frames, settings with { MemoryLimit = 8e-5 }, Workers.Single, _ => { }).Model;
        Assert.Equal(plenty.Sets.Select(s => s.Points), little.Sets.Select(s => s.Points));
        // Blocks of other sizes round otherwise; the condition number of the system is about 1e6.
        Assert.Equal(SinglePoint.Evaluate(frames[0], Build(plenty), Workers.Single).Energy, SinglePoint.Evaluate(frames[0], Build(little), Workers.Single).Energy, 1e-6);
        Assert.Matches("candidates of soap of (O|Hf) takes .* GiB, expected no more than the memoryLimit of", Assert.Throws<InputException>(
            () => GapFit.Run(frames, settings with { MemoryLimit = 1e-5 }, Workers.Single, _ => { })).Message);
    }

    /// <summary>The repulsion of nuclei: the universal potential at short distances, nothing where the data is dense, and found again in the file.</summary>
    [Fact]
    public void NucleiRepelWhereThereIsNoData()
    {
        // Z₁Z₂ e²/r times the screening of x = r/a, by hand for Hf–O at half an ångström: a = 0.46850/(72^0.23 + 8^0.23) = 0.10925 Å.
        var x = 0.5 / 0.46850 * (Math.Pow(72, 0.23) + Math.Pow(8, 0.23));
        var screened = 0.18175 * Math.Exp(-3.1998 * x) + 0.50986 * Math.Exp(-0.94229 * x) + 0.28022 * Math.Exp(-0.4029 * x) + 0.02817 * Math.Exp(-0.20162 * x);
        Assert.Equal(UnitSystem.Metal.Coulomb * 72 * 8 / 0.5 * screened, NuclearRepulsion.Energy(8, 72, 0.5), 1e-9);
        var core = new GlueCore(NuclearRepulsion.Stanza(new Dictionary<(int, int), double> { [(8, 72)] = 2 }));
        Assert.Equal(2.4, core.Cutoff, 1e-12);
        Assert.Equal(NuclearRepulsion.Energy(8, 72, 1) * Math.Pow(1 - 1 / 2.4, 2), core.At(72, 8, 1).Energy, 0.01);
        Assert.Equal((0, 0), core.At(72, 8, 2.41));
        // No pair gets over the top: nearer than the first point the force stays what it is there, the slope of the formula.
        double Faded(double r) => NuclearRepulsion.Energy(8, 72, r) * Math.Pow(1 - r / 2.4, 2);
        var slope = (Faded(0.3 + 1e-5) - Faded(0.3 - 1e-5)) / 2e-5;
        Assert.Equal(1, core.At(72, 8, 0.3).Derivative / slope, 1e-6);
        foreach (var r in new[] { 0.001, 0.1, 0.2999 })
        {
            Assert.Equal(1, core.At(72, 8, r).Derivative / slope, 1e-6);
            Assert.Equal(1, core.At(72, 8, r).Energy / (Faded(0.3) + (r - 0.3) * slope), 1e-6);
        }
        Assert.True(core.At(72, 8, 0.31).Energy > core.At(72, 8, 0.6).Energy);
        // Also where the data has pairs that near.
        Assert.True(new GlueCore(NuclearRepulsion.Stanza(new Dictionary<(int, int), double> { [(8, 72)] = 0.2 })).At(72, 8, 0.1).Energy > 0);

        Configuration[] frames = [.. Enumerable.Range(0, 6).Select(k => Frame(k))];
        foreach (var frame in frames)
        {
            Label(frame, GapModels.Hafnia());
        }
        var model = GapFit.Run(frames, Settings(SmallHafnia) with { Core = "zbl" }, Workers.Single, _ => { }).Model;
        var path = Path.Combine(folder, "zbl.xml");
        GapFileWriter.Write(path, model);
        Assert.Equal(
            SinglePoint.Evaluate(frames[0], Build(model), Workers.Single).Energy, SinglePoint.Evaluate(frames[0], Build(GapFile.Read(path)), Workers.Single).Energy);
        Assert.True(model.Core!.At(8, 72, 1).Energy > 20);
    }

    /// <summary>A stress under a name that nobody reads is told of, since virials are wanted; a label of its error is none.</summary>
    [Theory]
    [InlineData("stress_raw", true)]
    [InlineData("virial_sigma", false)]
    public void TensorsThatNobodyReadsAreToldOf(string key, bool told)
    {
        Configuration[] frames = [.. Enumerable.Range(0, 3).Select(k => Frame(k))];
        foreach (var frame in frames)
        {
            Label(frame, GapModels.Hafnia());
            frame.Virial = null;
            frame.Labels = new Dictionary<string, string> { [key] = "1" };
        }
        var lines = new List<string>();
        GapFit.Run(frames, Settings(SmallHafnia), Workers.Single, lines.Add);
        Assert.Equal(told, lines.Exists(line => line.Contains($"no virials: {key} is a key that nobody reads", StringComparison.Ordinal)));
    }

    /// <summary>Forces alone, energies alone: a potential from either predicts what it was fitted to.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EachKindOfDataIsFittedAlone(bool energies)
    {
        Configuration[] frames = [.. Enumerable.Range(0, 10).Select(k => Frame(k))];
        foreach (var frame in frames)
        {
            Label(frame, GapModels.Hafnia());
            frame.Virial = null;
            frame.Energy = energies ? frame.Energy : null;
            frame.Forces = energies ? null : frame.Forces;
        }
        var model = Build(GapFit.Run(frames, Settings(SmallHafnia), Workers.Single, _ => { }).Model);
        var found = SinglePoint.Evaluate(frames[3], model, Workers.Single);
        if (energies)
        {
            Assert.Equal(frames[3].Energy!.Value, found.Energy, 0.02);
        }
        else
        {
            var error = Math.Sqrt(frames[3].Forces!.Zip(found.Forces, (a, b) => (a - b) * (a - b)).Average());
            var size = Math.Sqrt(frames[3].Forces!.Average(f => f * f));
            Assert.InRange(error, 0, 0.3 * size);
        }
    }

    [Theory]
    [InlineData(SparseMethod.Cur)]
    [InlineData(SparseMethod.FarthestPoint)]
    [InlineData(SparseMethod.KMeans)]
    [InlineData(SparseMethod.Covariance)]
    [InlineData(SparseMethod.Random)]
    internal void SparsePointsAreDistinctAndRepeatable(SparseMethod method)
    {
        // Six clouds of ten rows around six corners, each row twice.
        using var buffer = new AlignedBuffer<double>(120 * 6);
        var rows = new Matrix<double>(buffer, 120, 6);
        var random = new Random(2);
        for (var i = 0; i < 60; i++)
        {
            for (var k = 0; k < 6; k++)
            {
                rows[i, k] = rows[i + 60, k] = (i % 6 == k ? 1 : 0) + 0.02 * random.NextDouble();
            }
        }
        using var workers = new Workers(3);
        var chosen = new SparseSelection(rows, 5, 1, workers).Choose(method, 6, 2);
        Assert.Equal(chosen, new SparseSelection(rows, 5, 1, Workers.Single).Choose(method, 6, 2));
        Assert.Equal(6, chosen.Select(i => i % 60).Distinct().Count());
        if (method is SparseMethod.FarthestPoint or SparseMethod.Covariance)
        {
            // Those that look at what was chosen before take one of each cloud.
            Assert.Equal(6, chosen.Select(i => i % 6).Distinct().Count());
        }
        // All there are, once.
        Assert.Equal(60, new SparseSelection(rows, 5, 1, workers).Choose(method, 100, 2).Length);
    }

    [Fact]
    public void UniformPointsCoverTheRange()
    {
        using var buffer = new AlignedBuffer<double>(1000);
        for (var i = 0; i < 1000; i++)
        {
            buffer[i] = 2 + i * i / (999.0 * 999);
        }
        var chosen = new SparseSelection(new(buffer, 1000, 1), 1, 1, Workers.Single).Choose(SparseMethod.Uniform, 10, 1);
        Assert.Equal(10, chosen.Length);
        for (var k = 0; k < 10; k++)
        {
            Assert.InRange(buffer[chosen[k]], 2 + 0.1 * k - 1e-12, 2 + 0.1 * (k + 1) + 1e-12);
        }
    }

    [Fact]
    public void WhatCannotBeFittedIsSaidInOneLine()
    {
        var frame = Frame(0);
        frame.Labels = new Dictionary<string, string> { ["my_energy"] = "1" };
        Assert.Contains("keys of the file: my_energy", Refuse(SmallHafnia, frame));
        frame.Energy = -1;
        Assert.Contains("freeAtoms has no number for O", Refuse(SmallHafnia.Replace("\"O\"", "\"Ob\"", StringComparison.Ordinal), frame));
        Assert.Contains("no frame of a single", Refuse(SmallHafnia.Replace("{ \"Hf\": -2.5, \"O\": -0.5 }", "\"isolated\"", StringComparison.Ordinal), frame));
        Assert.Contains("expected energies by symbol", Refuse(SmallHafnia.Replace("{ \"Hf\": -2.5, \"O\": -0.5 }", "\"guess\"", StringComparison.Ordinal), frame));
        Assert.Contains("no such pair within 1 Å", Refuse(SmallHafnia.Replace("3.9 Angstrom", "1 Angstrom", StringComparison.Ordinal).Replace("1.1", "0.1", StringComparison.Ordinal), frame));
        Assert.Contains("sigma is energy 0", Assert.Throws<InputException>(() => Settings(SmallHafnia.Replace("\"energy\": 0.001", "\"energy\": 0", StringComparison.Ordinal)).Check()).Message);
        Assert.Contains("soap: transitionWidth is 4.2 Å, expected at most the cutoff, 4.1 Å", Refuse(SmallHafnia.Replace("0.7", "4.2", StringComparison.Ordinal), frame));
        Assert.Contains("sparseMethod is uniform", Refuse(SmallHafnia.Replace("farthestPoint", "uniform", StringComparison.Ordinal), frame));
        Assert.Contains("distance2b: transitionWidth is 4.2 Å", Refuse(SmallHafnia.Replace("1.1,", "4.2,", StringComparison.Ordinal), frame));
        frame.Labels = new Dictionary<string, string> { ["energy_sigma"] = "-1" };
        Assert.Contains("energy_sigma=-1", Refuse(SmallHafnia, frame));

        string Refuse(string settings, Configuration data)
        {
            var message = Assert.Throws<InputException>(() => GapFit.Run([data], Settings(settings), Workers.Single, _ => { })).Message;
            Assert.DoesNotContain('\n', message);
            return message;
        }
    }

    /// <summary>Sparse points belong to a descriptor, not to a place in a list; an atom of a small cell is no free atom.</summary>
    [Fact]
    public void WhatLooksAlikeIsNotTaken()
    {
        Configuration[] frames = [.. Enumerable.Range(0, 4).Select(k => Frame(k))];
        foreach (var frame in frames)
        {
            Label(frame, GapModels.Hafnia());
        }
        var fitted = GapFit.Run(frames, Settings(SmallHafnia), Workers.Single, _ => { }).Model;
        var turned = GapFit.Run(frames, Settings(SmallHafnia), Workers.Single, _ => { }, sparsePoints: [.. fitted.Sets.Reverse()]).Model;
        Assert.Equal(fitted.Sets.SelectMany(s => s.Weights), turned.Sets.SelectMany(s => s.Weights));
        var other = Settings(SmallHafnia.Replace("4.1", "4.2", StringComparison.Ordinal));
        Assert.Contains("soap of O of the same settings", Assert.Throws<InputException>(
            () => GapFit.Run(frames, other, Workers.Single, _ => { }, sparsePoints: fitted.Sets)).Message);

        Configuration Single(string name, double edge) => new()
        {
            Box = Engine.Kernels.Geometry.Box.Cubic(edge),
            SpeciesTable = [new(name, 1)],
            Species = [0],
            Positions = [0, 0, 0],
            Energy = -edge,
        };
        var isolated = Settings(SmallHafnia) with { FreeAtoms = null };
        Assert.Equal(
            new Dictionary<int, double> { [72] = -20, [8] = -12 }.OrderBy(e => e.Key),
            TrainingData.Prepare([.. frames, Single("Hf", 20), Single("O", 12), Single("O", 3)], isolated, null, Workers.Single).FreeAtoms.OrderBy(e => e.Key));
        Assert.Contains("two frames of a single O", Assert.Throws<InputException>(
            () => TrainingData.Prepare([.. frames, Single("O", 12), Single("O", 14)], isolated, null, Workers.Single)).Message);
        // Frames of one atom are not asked where the settings say what an atom has.
        Assert.Equal("settings", TrainingData.Prepare([.. frames, Single("O", 12), Single("O", 14)], Settings(SmallHafnia), null, Workers.Single).FreeAtomsFrom);
        Assert.Contains("average=T", Assert.Throws<InputException>(() => new DescriptorText("soap cutoff=4 n_max=2 l_max=2 atom_sigma=0.5 average=T").ToSoap()).Message);
    }

    /// <summary>A frame's own weights count before those of its group, and these before the general ones.</summary>
    [Fact]
    public void WeightsOfGroupsAndFramesAreTaken()
    {
        var settings = Settings(SmallHafnia) with { GroupSigma = new Dictionary<string, GapSigma> { ["melt"] = new(0.01, 0.2, 0.3) } };
        Configuration[] frames = [Frame(0), Frame(1), Frame(2)];
        foreach (var frame in frames)
        {
            frame.Energy = -10;
        }
        frames[1].Labels = new Dictionary<string, string> { ["config_type"] = "melt" };
        frames[2].Labels = new Dictionary<string, string> { ["config_type"] = "melt", ["energy_sigma"] = "0.5" };
        var sigmas = TrainingData.Prepare(frames, settings, null, Workers.Single).Frames.Select(f => f.Sigma).ToArray();
        var root = Math.Sqrt(12);
        Assert.Equal(new(0.001 * root, 0.01, 0.01 * root), sigmas[0]);
        Assert.Equal(new(0.01 * root, 0.2, 0.3 * root), sigmas[1]);
        Assert.Equal(new(0.5, 0.2, 0.3 * root), sigmas[2]);
        Assert.Equal(-10 + 4 * 2.5 + 8 * 0.5, TrainingData.Prepare(frames, settings, null, Workers.Single).Frames[0].Energy!.Value, 1e-12);
    }

    private static GapFitSettings Settings(string json) => StrictJson.Read<GapFitSettings>(json, "fit.json", UnitSystem.Metal);

    private static Configuration Frame(int number)
    {
        var start = Cells.Fluorite(5.1);
        var random = new Random(number);
        for (var k = 0; k < start.Positions.Length; k++)
        {
            start.Positions[k] += 0.5 * (random.NextDouble() - 0.5);
        }
        double Strain() => 0.04 * (random.NextDouble() - 0.5);
        return Cells.Strained(start, Strain(), Strain(), Strain(), Strain(), Strain(), Strain());
    }

    private static GapModel Reweighted(GapModel model)
    {
        var random = new Random(4);
        return model with { Sets = [.. model.Sets.Select(set => set with { Weights = [.. set.Weights.Select(_ => random.NextDouble() - 0.5)] })] };
    }

    private static void Label(Configuration frame, GapModel model)
    {
        var found = SinglePoint.Evaluate(frame, Build(model), Workers.Single);
        (frame.Energy, frame.Forces, frame.Virial) = (found.Energy, found.Forces, found.Virial);
    }

    private static PotentialModel Build(GapModel model) => PotentialModel.Build(PotentialFile.Of(model), Cells.HafniumOxygen, UnitSystem.Metal);
}
