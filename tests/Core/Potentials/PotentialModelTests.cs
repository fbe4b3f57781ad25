using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Xunit;

namespace Engine.Tests.Core.Potentials;

public class PotentialModelTests
{
    private const string Buckingham = """{ "type": "buckingham", "cutoff": 6, "pairs": { "O-Hf": { "A": 1000, "rho": 0.3 }, "O-O": { "A": 1000, "rho": 0.3 } } }""";
    private const string Dsf = """{ "type": "coulombDsf", "alpha": 0.35, "cutoff": 8 }""";

    [Theory]
    [InlineData("lj")]
    [InlineData("lj-force-shifted")]
    [InlineData("wca")]
    [InlineData("hfo2-teter-fit")]
    [InlineData("hfo2-teter-fit-ewald")]
    [InlineData("hfo2-formal")]
    public void ExampleLoadsWithoutWarnings(string name)
    {
        var hafnia = name.StartsWith("hfo2", StringComparison.Ordinal);
        var model = Cells.Example(name, hafnia ? Cells.HafniumOxygen : Cells.OneKind, hafnia ? UnitSystem.Metal : UnitSystem.LennardJones);
        Assert.Empty(model.Warnings);
        Assert.Equal(name, model.Name);
        Assert.All(model.Species, s => Assert.True(s.Mass > 0));
        Assert.True(model.MaximumCutoff > 1);
        var file = PotentialFile.Load(Path.Combine(Cells.Root, "examples", "potentials", name + ".json"));
        Assert.False(string.IsNullOrEmpty(file.Citation) || string.IsNullOrEmpty(file.Validity));
    }

    [Fact]
    public void TermsOfAPairAreFusedIntoOneType()
    {
        var model = Cells.Model(Cells.HafniaJson(2, -1, Buckingham, Dsf));
        Assert.IsType<CoulombDsf>(model.Pair(0, 0));
        Assert.IsType<Sum<Within<Buckingham>, CoulombDsf>>(model.Pair(0, 1));
        Assert.Same(model.Pair(0, 1), model.Pair(1, 0));
        Assert.Equal(8, model.PairCutoff(0, 1));
        var sum = model.Function(0, 1)!;
        var coulomb = PairFunction.Of(new CoulombDsf(-2 * UnitSystem.Metal.Coulomb, 0.35, 8));
        Assert.Equal(coulomb.At(49), sum.At(49));
        Assert.Equal(coulomb.At(9).Energy + 1000 * Math.Exp(-10), sum.At(9).Energy, 1e-12);
        Assert.Equal((0.0, 0.0), sum.At(64));
    }

    [Theory]
    [InlineData("hfo2-teter-fit")]
    [InlineData("hfo2-teter-fit-ewald")]
    [InlineData("hfo2-formal")]
    public void LongFormulasHaveAnAccurateTable(string name)
    {
        var model = Cells.Example(name, Cells.HafniumOxygen);
        foreach (var (a, b) in ((int, int)[])[(0, 0), (0, 1), (1, 1)])
        {
            var exact = model.Function(a, b)!;
            var table = PairFunction.Of(Assert.IsType<Tabulated>(model.FastPair(a, b)));
            Assert.Equal(exact.Cutoff, table.Cutoff);
            Assert.Same(model.FastPair(a, b), model.FastPair(b, a));
            for (var r = 1.01; r < 7.99; r += 0.0037)
            {
                var (u, f) = exact.At(r * r);
                // The promise of 1e-6 of |f| + |x f′|; f falls off no faster than x⁻⁸ and crosses zero with slopes of a few per Å².
                Cells.Near(f, table.At(r * r).ForceOverDistance, 1e-5, 1e-5);
                Cells.Near(u, table.At(r * r).Energy, 1e-5, 1e-5);
                // The promise for the energy, 1e-6 of |U| + |x dU/dx|, with a tenth for what falls between the samples that it was checked at.
                Assert.InRange(Math.Abs(table.At(r * r).Energy - u), 0, 1.1e-6 * (Math.Abs(u) + Math.Abs(0.5 * r * r * f)));
            }
        }
    }

    [Fact]
    public void ShortFormulasAndPiecewiseOnesAreNotTabulated()
    {
        Assert.IsType<LennardJones>(Cells.Example("lj", Cells.OneKind, UnitSystem.LennardJones).FastPair(0, 0));
        // Without a minimum distance a table has nowhere to start.
        Assert.IsType<CoulombDsf>(Cells.Model(Cells.HafniaJson(2, -1, Buckingham, Dsf)).FastPair(0, 0));
        // A term that ends inside the loop with a jump cannot be interpolated.
        var jump = Cells.HafniaJson(2, -1, Buckingham, Dsf).Replace("\"units\"", "\"minimumDistance\": 0.5, \"units\"", StringComparison.Ordinal);
        Assert.IsType<Tabulated>(Cells.Model(jump).FastPair(0, 0));
        Assert.IsType<Sum<Within<Buckingham>, CoulombDsf>>(Cells.Model(jump.Replace("0.3 }", "0.9 }", StringComparison.Ordinal)).FastPair(0, 1));
    }

    [Fact]
    public void TermWithoutEffectIsLeftOut()
    {
        var model = Cells.Model(Cells.HafniaJson(
            0, 0, """{ "type": "lennardJones", "cutoff": 3, "mixing": "lorentz-berthelot", "pairs": { "Hf-Hf": { "epsilon": 0, "sigma": 1 }, "O-O": { "epsilon": 4, "sigma": 3 } } }"""));
        Assert.Null(model.Pair(0, 0));
        Assert.Null(model.Pair(0, 1));
        Assert.Equal(0, model.PairCutoff(0, 1));
        Assert.Equal(new LennardJones(4, 3, 3), model.Pair(1, 1));
    }

    [Fact]
    public void MixingFollowsLorentzAndBerthelotUnlessThePairIsListed()
    {
        const string Term = """{ "type": "lennardJones", "cutoff": 9, "mixing": "lorentz-berthelot", "pairs": { "Hf-Hf": { "epsilon": 1, "sigma": 2 }, "O-O": { "epsilon": 4, "sigma": 3 }LISTED } }""";
        Assert.Equal(new LennardJones(2, 2.5, 9), Cells.Model(Cells.HafniaJson(0, 0, Term.Replace("LISTED", "", StringComparison.Ordinal))).Pair(0, 1));
        var listed = Term.Replace("LISTED", """, "O-Hf": { "epsilon": 7, "sigma": 1 }""", StringComparison.Ordinal);
        Assert.Equal(new LennardJones(7, 1, 9), Cells.Model(Cells.HafniaJson(0, 0, listed)).Pair(0, 1));
    }

    /// <summary>ρ = 0.8442, r_c = 2.5: −0.4520126248 and −0.7621346985 from the closed formulas of Lennard-Jones, ten digits.</summary>
    [Fact]
    public void TailCorrectionOfLennardJones()
    {
        var model = Cells.Model(
            """{ "name": "lj", "units": "lj", "species": { "A": {} }, "terms": [ { "type": "lennardJones", "cutoff": 2.5, "tailCorrections": true, "pairs": { "A-A": { "epsilon": 1, "sigma": 1 } } } ] }""",
            Cells.OneKind, UnitSystem.LennardJones);
        var tail = model.TailCorrection([1000], Box.Cubic(Math.Cbrt(1000 / 0.8442)));
        Assert.Equal(-0.4520126248, tail.Energy / 1000, 1e-10);
        Assert.Equal(-0.7621346985, tail.Virial.Trace / 3 / (1000 / 0.8442), 1e-10);
        Assert.True(model.HasTailCorrections);
    }

    /// <summary>A dispersion −C/r⁶ alone: E = −(2π/3) Σ N_a ρ_b C_ab/r_c³ and P = 2E/V. The exponential adds 1e-9 of it at 8 Å.</summary>
    [Fact]
    public void TailCorrectionOfDispersion()
    {
        var model = Cells.Model(Cells.HafniaJson(
            0, 0, """{ "type": "buckingham", "cutoff": 8, "tailCorrections": true, "pairs": { "Hf-Hf": { "A": 1, "rho": 0.1, "C": 10 }, "Hf-O": { "A": 1, "rho": 0.1, "C": 100 }, "O-O": { "A": 1, "rho": 0.1, "C": 30 } } }"""));
        var tail = model.TailCorrection([40, 80], Box.Cubic(10));
        var expected = -2 * Math.PI / 3 / 1000 * (40 * 40 * 10 + 2 * 40 * 80 * 100 + 80 * 80 * 30) / 512;
        Cells.Near(expected, tail.Energy, 1e-9);
        Cells.Near(2 * expected / 1000, tail.Virial.Trace / 3 / 1000, 1e-9);
        var error = Assert.Throws<InputException>(() => model.TailCorrection([40, 80], Box.Cubic(10) with { PeriodicZ = false }));
        Assert.Contains("open along an axis", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The closed integrals of every kind against Simpson's rule from the cutoff to where nothing is left.</summary>
    [Fact]
    public void TailIntegralsMatchQuadrature()
    {
        foreach (var term in (IPairTerm[])[
            new LennardJones(1.5, 1.1, 2.5), new Buckingham(16800, 0.226627, 127.65, 3), new BornMayerHuggins(0.25, 0.3, 2.2, 70, -90, 4),
            new Morse(2.5, 1.7, 1.6, 3), new Yukawa(10, 0.8, 4)])
        {
            var far = PairFunction.Of(Widen(term));
            // In t = 1/r the integrand U r² dr = U r⁴ dt is smooth on (0, 1/r_c].
            const int n = 4000;
            double Integrand(double t) => t < 1e-3 ? 0 : far.At(1 / (t * t)).Energy / (t * t * t * t);
            var h = 1 / term.Cutoff / n;
            var sum = 0.0;
            for (var i = 0; i < n; i += 2)
            {
                sum += h / 3 * (Integrand(i * h) + 4 * Integrand((i + 1) * h) + Integrand((i + 2) * h));
            }
            Cells.Near(sum, ((ITailIntegral)term).TailIntegral, 1e-6);
        }
        static object Widen(IPairTerm term) => term switch
        {
            LennardJones p => new LennardJones(p.Epsilon, p.Sigma, 1e4),
            Buckingham p => new Buckingham(p.A, p.Rho, p.C, 1e4),
            BornMayerHuggins p => new BornMayerHuggins(p.A, p.Rho, p.Sigma, p.C, p.D, 1e4),
            Morse p => new Morse(p.Depth, p.Alpha, p.EquilibriumDistance, 1e4),
            Yukawa p => new Yukawa(p.A, p.Kappa, 1e4),
            _ => throw new InvalidOperationException(),
        };
    }

    [Fact]
    public void WarnsOfCollapseAndOfBareCharges()
    {
        var unguarded = """{ "type": "buckingham", "cutoff": 8, "pairs": { "Hf-O": { "A": 16800, "rho": 0.226627, "C": 127.65 } } }""";
        Assert.Contains(Cells.Model(Cells.HafniaJson(2.4, -1.2, unguarded, Dsf)).Warnings, w => w.Contains("Hf-O attracts", StringComparison.Ordinal));
        var ions = Cells.Model(Cells.HafniaJson(2.4, -1.2, Dsf));
        Assert.Contains(ions.Warnings, w => w.Contains("no short-range pair", StringComparison.Ordinal));
    }

    [Fact]
    public void MassOfThePotentialWinsAndIsWarnedOf()
    {
        var model = Cells.Model(Cells.HafniaJson(2, -1, Buckingham, Dsf), [new("Hf", 178.49), new("O", 18)]);
        Assert.Equal(15.999, model.Species[1].Mass);
        Assert.Contains(model.Warnings, w => w.Contains("mass", StringComparison.Ordinal));
    }

    [Fact]
    public void OrderOfSpeciesIsThatOfTheSystem()
    {
        var model = Cells.Model(Cells.HafniaJson(2, -1, Buckingham, Dsf), [new("O", 0), new("Hf", 0)]);
        Assert.Equal([-1, 2], model.Charges);
        Assert.Equal(15.999, model.Species[0].Mass);
        Assert.IsType<CoulombDsf>(model.Pair(1, 1));
    }

    [Fact]
    public void IdealGasHasNoForces()
    {
        var model = PotentialModel.IdealGas(Cells.OneKind, UnitSystem.LennardJones);
        Assert.Null(model.Pair(0, 0));
        Assert.Equal(0, model.MaximumCutoff);
        var frame = new Configuration
        {
            Box = Box.Cubic(3),
            SpeciesTable = Cells.OneKind,
            Species = [0, 0],
            Positions = [0, 0, 0, 1, 0, 0],
        };
        Assert.Equal(0, PairOracle.Evaluate(frame, model).Energy);
    }

    public static readonly TheoryData<string, string> Mistakes = new()
    {
        // Build: what the user reads names the pair, what exists, and the remedy.
        { Cells.HafniaJson(0, 0, """{ "type": "lennardJones", "cutoff": 5, "pairs": { "Hf-Hf": { "epsilon": 1, "sigma": 2 }, "Hf-O": { "epsilon": 1, "sigma": 2 } } }"""), "no term for the pair O-O of the system; expected one of Hf-Hf, Hf-O; add it under terms[].pairs" },
        { Cells.HafniaJson(2, -1, """{ "type": "buckingham", "cutoff": 5, "pairs": { "Hf-X": { "A": 1, "rho": 2 } } }"""), "the pair \"Hf-X\"" },
        { Cells.HafniaJson(2, -1, """{ "type": "buckingham", "cutoff": 5, "pairs": { "Hf-O": { "A": 1, "rho": 2 }, "O-Hf": { "A": 1, "rho": 2 } } }"""), "twice" },
        { Cells.HafniaJson(2, -1, """{ "type": "buckingham", "cutoff": 5, "pairs": { "Hf-O": { "A": 1, "rho": -2 } } }"""), "pair Hf-O, Buckingham: rho = -2 must be greater than 0" },
        { Cells.HafniaJson(2, -1, """{ "type": "buckingham", "cutoff": 5, "shift": "force", "tailCorrections": true, "pairs": { "Hf-O": { "A": 1, "rho": 2 } } }"""), "tailCorrections cannot be combined" },
        { Cells.HafniaJson(0, 0, """{ "type": "yukawa", "cutoff": 5, "tailCorrections": true, "pairs": { "Hf-O": { "A": 1, "kappa": 0 } } }"""), "pair Hf-O, Yukawa: the energy beyond the cutoff is infinite" },
        { Cells.HafniaJson(2, -1, """{ "type": "coulombDsf", "alpha": -0.2, "cutoff": 5 }"""), "alpha = -0.2 must be greater than 0" },
        { Cells.HafniaJson(2, -1, Buckingham, Dsf, """{ "type": "ewald", "cutoff": 8 }"""), "two Coulomb terms (coulombDsf and ewald)" },
        { Cells.HafniaJson(2, -1, """{ "type": "ewald", "cutoff": 8 }""", """{ "type": "coulombCut", "cutoff": 8 }"""), "two Coulomb terms (ewald and coulombCut)" },
        { Cells.HafniaJson(2, -1, Dsf, Dsf), "two Coulomb terms (coulombDsf and coulombDsf)" },
        { Cells.HafniaJson(2, -1, """{ "type": "ewald", "accuracy": 2, "cutoff": 5 }"""), "accuracy = 2 is out of range" },
        { Cells.HafniaJson(2, -1, """{ "type": "ewald", "splitting": 0.4, "cutoff": 5 }"""), "both splitting and reciprocalCutoff" },
        { Cells.HafniaJson(2, -1, """{ "type": "buckingam", "cutoff": 5 }"""), "buckingam" },
        { Cells.HafniaJson(2, -1, """{ "type": "coulombDsf", "alhpa": 0.2, "cutoff": 5 }"""), "alhpa" },
        { Cells.HafniaJson(2, -1, """{ "type": "coulombDsf", "cutoff": 5 }"""), "alpha" },
        { Cells.HafniaJson(2, -1, """{ "type": "table", "pairs": { "Hf-O": { "r": [1, 2, 3, 2.5], "energy": [1, 2, 3, 4] } } }"""), "rising values" },
        { Cells.HafniaJson(2, -1, """{ "type": "table", "pairs": { "Hf-O": { "r": [1, 2, 3] } } }"""), "either file or both r and energy" },
        { "{ \"name\": ", "test.json" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void MistakesAreOneLineThatSaysWhatToDo(string json, string expected)
    {
        var error = Assert.Throws<InputException>(() => Cells.Model(json));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void UnknownSpeciesAndOtherUnitsAreRefused()
    {
        var json = Cells.HafniaJson(2, -1, Buckingham, Dsf);
        var species = Assert.Throws<InputException>(() => Cells.Model(json, [new("Zr", 91)]));
        Assert.Contains("does not know the species Zr of the structure; expected Hf, O", species.Message, StringComparison.Ordinal);
        var units = Assert.Throws<InputException>(() => Cells.Model(json, units: UnitSystem.LennardJones));
        Assert.Contains("metal units", units.Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => PotentialFile.Load("no-such-file.json"));
    }

    [Fact]
    public void TablesAreReadFromFilesAndInLine()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            // U = (r − 2)²: a cubic spline through it is exact, with and without the third column.
            var rows = Enumerable.Range(0, 31).Select(i => 1 + 0.1 * i).ToArray();
            File.WriteAllLines(Path.Combine(folder.FullName, "two.txt"), rows.Select(r => FormattableString.Invariant($"{r:R} {(r - 2) * (r - 2):R}")).Prepend("# r U"));
            File.WriteAllLines(Path.Combine(folder.FullName, "three.txt"), rows.Select(r => FormattableString.Invariant($"{r:R}\t{(r - 2) * (r - 2):R}\t{-2 * (r - 2):R}")));
            var path = Path.Combine(folder.FullName, "table.json");
            File.WriteAllText(path, Cells.HafniaJson(
                0, 0, """{ "type": "table", "pairs": { "Hf-Hf": { "file": "two.txt" }, "Hf-O": { "file": "three.txt" }, "O-O": { "r": [1, 2, 3, 4], "energy": [1, 0, 1, 4] } } }"""));
            var file = PotentialFile.Load(path);
            var model = PotentialModel.Build(file, Cells.HafniumOxygen, UnitSystem.Metal);
            foreach (var (a, b) in ((int, int)[])[(0, 0), (0, 1), (1, 1)])
            {
                Assert.Equal(4, model.PairCutoff(a, b), 1e-12);
                var (u, f) = model.Function(a, b)!.At(3.3 * 3.3);
                // Resampling in r² with 4096 cubics.
                Assert.Equal(1.69, u, 1e-9);
                Assert.Equal(-2.6 / 3.3, f, 1e-6);
            }
            File.WriteAllText(Path.Combine(folder.FullName, "two.txt"), "1 2\n2 x\n");
            var error = Assert.Throws<InputException>(() => PotentialFile.Load(path));
            Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(true);
        }
    }
}
