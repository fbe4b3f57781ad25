using Engine.Core.Observables;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Observables;

public class StructureFactorTests
{
    /// <summary>Electrons of the atom or ion; the fits are good to 0.1 at q = 0 (Waasmaier and Kirfel 1995).</summary>
    [Theory]
    [InlineData("Hf", 72)]
    [InlineData("Hf4+", 68)]
    [InlineData("O", 8)]
    [InlineData("O1-", 9)]
    public void FormFactorAtZeroCountsElectrons(string scatterer, double electrons) =>
        Assert.Equal(electrons, ScatteringTable.FormFactor(scatterer, 0), 0.1);

    /// <summary>Of every element, itself and its ions.</summary>
    [Fact]
    public void EveryFormFactorCountsElectrons()
    {
        string[] elements =
        [
            .. "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd".Split(' '),
            .. "Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf".Split(' '),
        ];
        for (var k = 0; k < elements.Length; k++)
        {
            Assert.Contains(elements[k], ScatteringTable.ScatterersOf(elements[k]));
            foreach (var scatterer in ScatteringTable.ScatterersOf(elements[k]))
            {
                var charge = scatterer == elements[k] ? 0 : (scatterer[^1] == '+' ? 1 : -1) * (scatterer[^2] - '0');
                Assert.Equal(k + 1 - charge, ScatteringTable.FormFactor(scatterer, 0), 0.1);
            }
        }
    }

    /// <summary>Known for their signs and sizes.</summary>
    [Theory]
    [InlineData("H", -3.74)]
    [InlineData("Cl", 9.58)]
    [InlineData("Ti", -3.37)]
    [InlineData("V", -0.44)]
    [InlineData("Hf", 7.77)]
    public void NeutronLengthsAreThoseOfTheElements(string element, double length) => Assert.Equal(length, ScatteringTable.NeutronLength(element), 0.01);

    [Fact]
    public void IdealGasIsOne()
    {
        const int Frames = 20;
        var box = new Box(10, 9, 11, 2, 1, -3);
        var factor = new StructureFactor(
            new() { Maximum = 6, Spacing = 0.25, Method = StructureFactorMethod.Direct, DirectEvery = 1 }, UnitSystem.LennardJones);
        var random = new Random(2);
        for (var f = 0; f < Frames; f++)
        {
            factor.Add(Samples.IdealGas(random, 400, box), Workers.Single);
        }
        var s = factor.Result(Workers.Single).Curve("S_ab(q)", "A-A");
        for (var k = 0; k < s.X.Length; k++)
        {
            // |A(k)|²/N is exponential with mean 1 at every k, one of each pair ±k is summed; the shell of q holds at least
            // 2π q² Δq V/(2π)³ · ½ vectors or is capped at about 200, and 4σ of a mean of M·frames exponentials is 4/√(M·frames).
            var expected = Math.Min(0.5 * 2 * Math.PI * s.X[k] * s.X[k] * 0.25 * box.Volume / Math.Pow(2 * Math.PI, 3), 150);
            Assert.InRange(s.Y[k], 1 - 4 / Math.Sqrt(Math.Max(expected, 1) * Frames), 1 + 4 / Math.Sqrt(Math.Max(expected, 1) * Frames));
        }
    }

    [Fact]
    public void DirectRouteEqualsTheDefinition()
    {
        var frame = Samples.Fluorite(2, 5.1);
        var random = new Random(4);
        frame.Positions = Array.ConvertAll(frame.Positions, x => x + 0.3 * random.NextDouble());
        var settings = new StructureFactorSettings { Maximum = 1.3, Spacing = 0.01, Method = StructureFactorMethod.Direct };
        var factor = new StructureFactor(settings, UnitSystem.Metal);
        factor.Add(frame, Workers.Single);
        var result = factor.Result(Workers.Single);
        // The lowest shell holds the three vectors 2π/L along the axes.
        var q = 2 * Math.PI / frame.Box.LengthX;
        var expected = 0.0;
        var (fHf, fO) = (ScatteringTable.FormFactor("Hf", q), ScatteringTable.FormFactor("O", q));
        var (mean, meanSquare) = ((fHf + 2 * fO) / 3, (fHf * fHf + 2 * fO * fO) / 3);
        for (var axis = 0; axis < 3; axis++)
        {
            double re = 0, im = 0;
            for (var i = 0; i < frame.Count; i++)
            {
                var f = frame.Species[i] == 0 ? fHf : fO;
                re += f * Math.Cos(q * frame.Positions[3 * i + axis]);
                im += f * Math.Sin(q * frame.Positions[3 * i + axis]);
            }
            expected += ((re * re + im * im) / frame.Count - (meanSquare - mean * mean)) / (mean * mean) / 3;
        }
        var curve = result.Curve("S(q)", "x-ray");
        Assert.Equal(q, curve.X[0], 1e-12);
        // 96 terms of order one in double.
        Assert.Equal(expected, curve.Y[0], 1e-10);
    }

    [Fact]
    public void BothRoutesAgreeForALiquid()
    {
        var settings = new StructureFactorSettings
        {
            Maximum = 16,
            Spacing = 0.1,
            DirectEvery = 1,
            VectorsPerShell = 300,
            Lorch = false,
        };
        var factor = new StructureFactor(settings, UnitSystem.LennardJones);
        using var workers = new Workers(2);
        foreach (var frame in Samples.HardSphereLiquid(5, 0.55, 24, 6))
        {
            factor.Add(frame, workers);
        }
        var result = factor.Result(workers);
        var direct = result.Curve("S_ab(q)", "A-A (direct)");
        var transform = result.Curve("S_ab(q)", "A-A (g(r))");
        var limit = Math.Cbrt(500 / 0.55) / 2;
        var compared = 0;
        // Both smoothed over 0.9 in q: the direct one carries noise S/√(vectors · frames) per shell, about 2 % before and 0.6 % after.
        for (var centre = 2 * Math.PI / limit + 0.5; centre < 15; centre += 0.25)
        {
            var a = Smooth(direct, centre);
            var b = Smooth(transform, centre);
            Assert.Equal(a, b, 0.02);
            compared++;
        }
        Assert.True(compared > 40);
        // A structured liquid, not the trivial 1 = 1.
        Assert.True(transform.Y.Max() > 1.4);

        static double Smooth(Engine.Core.Analysis.AnalysisCurve curve, double centre)
        {
            double sum = 0, weight = 0;
            for (var k = 0; k < curve.X.Length; k++)
            {
                var w = Math.Exp(-0.5 * Math.Pow((curve.X[k] - centre) / 0.3, 2));
                sum += w * curve.Y[k];
                weight += w;
            }
            return sum / weight;
        }
    }

    [Fact]
    public void UnknownElementsLeaveThePartialsOnly()
    {
        var frame = Samples.Crystal(3, 4, [new("Xx", 1)], (0, 0, 0, 0));
        var factor = new StructureFactor(new() { Maximum = 3, Method = StructureFactorMethod.Direct }, UnitSystem.Metal);
        factor.Add(frame, Workers.Single);
        var result = factor.Result(Workers.Single);
        Assert.Equal("S_ab(q)", Assert.Single(result.Plots).YLabel);
        Assert.Contains(result.Notes, n => n.Contains("no form factor for Xx"));
        Assert.Contains(result.Notes, n => n.Contains("no scattering length for Xx"));
    }

    [Fact]
    public void UnknownScattererIsRefused()
    {
        var error = Assert.Throws<InputException>(() => new StructureFactor(
            new() { Scatterers = new Dictionary<string, string> { ["O"] = "O3-" } }, UnitSystem.Metal));
        Assert.Contains("'O3-'; expected an element, or one of its ions: O, O1-, O2-", error.Message);
    }
}
