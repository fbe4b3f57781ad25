using Engine.Core.Potentials;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;
using Xunit;

namespace Engine.Tests.Core.Potentials;

public class PairFormulaTests
{
    /// <summary>Term, r, U, −dU/dr: evaluated from the published formulas by an independent script (Python, math.erfc).</summary>
    public static readonly TheoryData<object, double, double, double> Table = new()
    {
        { new LennardJones(1.5, 1.1, 2.5), 0.9, 46.672488749443495, 755.6400326280936 },
        { new LennardJones(1.5, 1.1, 2.5), 1.3, -1.3939063679285637, -2.7030505952035226 },
        { new LennardJones(1.5, 1.1, 2.5), 2.4, -0.05510552463545225, -0.13647476509932105 },
        { new WeeksChandlerAndersen(1.5, 1.1), 0.8, 234.97304871454253, 3806.204331334593 },
        { new WeeksChandlerAndersen(1.5, 1.1), 1.1, 1.5, 32.72727272727273 },
        { new Buckingham(16800, 0.226627, 127.65, 8), 1.5, 11.221833640693852, 54.139884593976156 },
        { new Buckingham(16800, 0.226627, 127.65, 8), 2.1, 0.1001762842323144, 2.7570021618481277 },
        { new Buckingham(16800, 0.226627, 127.65, 8), 7.9, -0.0005251196396033724, -0.0003988249981839674 },
        { new BornMayerHuggins(0.25, 0.3, 2.2, 70, -90, 9), 1.5, -7.078999846547843, -34.71692221368714 },
        { new BornMayerHuggins(0.25, 0.3, 2.2, 70, -90, 9), 3.0, -0.09236850619292786, -0.17072080939480755 },
        { new Morse(2.5, 1.7, 1.6, 5), 1.2, -0.12890540666420036, 16.339682341300527 },
        { new Morse(2.5, 1.7, 1.6, 5), 1.6, -2.5, 0.0 },
        { new Morse(2.5, 1.7, 1.6, 5), 4.0, -0.08382267227653287, -0.1412836276922169 },
        { new Yukawa(10, 0.8, 4), 0.7, 8.160129483554499, 18.185431420492883 },
        { new Yukawa(10, 0.8, 4), 3.0, 0.3023931776313749, 0.3427122679822249 },
        { new CoulombCut(-3.5, 4), 0.7, -5.0, -7.142857142857144 },
        { new CoulombCut(-3.5, 4), 3.0, -1.1666666666666667, -0.3888888888888889 },
        { new CoulombDsf(-41.5, 0.35, 8), 0.8, -35.897175213843305, -63.82108863541477 },
        { new CoulombDsf(-41.5, 0.35, 8), 2.1, -5.895409138788684, -7.356177361825993 },
        { new CoulombDsf(-41.5, 0.35, 8), 7.5, -0.0003197032507638517, -0.0015194167308982271 },
        { new CoulombWolf(-41.5, 0.25, 8), 0.8, -40.298037434492244, -64.43291628574136 },
        { new CoulombWolf(-41.5, 0.25, 8), 2.1, -9.022880373083002, -8.510093239005755 },
        { new CoulombWolf(-41.5, 0.25, 8), 7.5, -0.02005593067782014, -0.022478904697904974 },
        { new EwaldReal(57.6, 0.42, 8), 0.8, 45.69564277064917, 87.59897612052491 },
        { new EwaldReal(57.6, 0.42, 8), 2.1, 5.822377780810902, 8.743730876669996 },
        { new EwaldReal(57.6, 0.42, 8), 7.5, 6.449826290085837e-05, 0.00018715746423866522 },
    };

    /// <summary>Every kind of term, also composed, for the checks of self-consistency.</summary>
    public static readonly TheoryData<object> Kinds = new()
    {
        new LennardJones(1.5, 1.1, 2.5),
        new WeeksChandlerAndersen(1.5, 1.1),
        new Buckingham(16800, 0.226627, 127.65, 8),
        new Buckingham(16800, 0.226627, 127.65, 8).Guarded(),
        new BornMayerHuggins(0.25, 0.3, 2.2, 70, -90, 9),
        new Morse(2.5, 1.7, 1.6, 5),
        new Yukawa(10, 0.8, 4),
        new CoulombCut(-3.5, 4),
        new CoulombDsf(-41.5, 0.35, 8),
        new EwaldReal(57.6, 0.42, 8),
        Tabulated.From(0.5, 5, r => 1 / r, r => -1 / (r * r), r => 2 / (r * r * r)),
        new EnergyShifted<LennardJones>(new(1.5, 1.1, 2.5)),
        new ForceShifted<LennardJones>(new(1.5, 1.1, 2.5)),
        new Sum<Within<LennardJones>, CoulombDsf>(new(new(1.5, 1.1, 2.5)), new(-41.5, 0.35, 8)),
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void FormulaMatchesTheTable(object potential, double r, double energy, double force)
    {
        var (u, forceOverDistance) = PairFunction.Of(potential).At(r * r);
        // A dozen roundings; terms of opposite sign lose up to two digits where they nearly cancel.
        Cells.Near(energy, u, 1e-12, 1e-13);
        Cells.Near(force, forceOverDistance * r, 1e-12, 1e-13);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void HandWrittenForceIsTheDerivativeByDualNumbers(object potential) => Check(potential, nameof(CompareWithDual));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ForceIsTheFiniteDifferenceOfTheEnergy(object potential)
    {
        var function = PairFunction.Of(potential);
        foreach (var r in Distances(function.Cutoff))
        {
            // Central differences of fourth order: error h⁴ U⁽⁵⁾/30 against rounding ε U/h, both near 1e-9 of U/r at h = 1e-3 r.
            var h = 1e-3 * r;
            double U(double x) => function.At(x * x).Energy;
            var slope = (8 * (U(r + h) - U(r - h)) - (U(r + 2 * h) - U(r - 2 * h))) / (12 * h);
            Cells.Near(-slope, function.At(r * r).ForceOverDistance * r, 1e-6, 1e-8 * (1 + Math.Abs(U(r)) / r));
        }
    }

    [Fact]
    public void WolfForceIsThatOfDsfAndNotTheGradient()
    {
        var wolf = PairFunction.Of(new CoulombWolf(2, 0.25, 8));
        var dsf = PairFunction.Of(new CoulombDsf(2, 0.25, 8));
        Assert.Equal(dsf.At(9).ForceOverDistance, wolf.At(9).ForceOverDistance, 1e-15);
        const double h = 1e-4;
        var slope = (wolf.At((3 + h) * (3 + h)).Energy - wolf.At((3 - h) * (3 - h)).Energy) / (2 * h);
        Assert.True(Math.Abs(slope + 3 * wolf.At(9).ForceOverDistance) > 1e-4);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EnergyAtOriginHasTheSignOfTheFormula(object potential)
    {
        if (potential is IPairTerm term)
        {
            var near = PairFunction.Of(potential).At(1e-12).Energy;
            Assert.True(double.IsInfinity(term.EnergyAtOrigin)
                ? Math.Sign(near) == Math.Sign(term.EnergyAtOrigin) && Math.Abs(near) > 1e5
                : Math.Abs(near - term.EnergyAtOrigin) < 1e-3 * (1 + Math.Abs(near)));
            Assert.Null(term.Validate());
        }
    }

    [Fact]
    public void ShiftsVanishAtTheCutoff()
    {
        var energy = PairFunction.Of(new EnergyShifted<LennardJones>(new(1, 1, 2.5)));
        var force = PairFunction.Of(new ForceShifted<LennardJones>(new(1, 1, 2.5)));
        var edge = Math.BitDecrement(2.5 * 2.5);
        // 4(2.5⁻¹² − 2.5⁻⁶) = −0.016316891136: what the plain term has there. Roundings of a handful of operations remain.
        Assert.Equal(-0.016316891136, PairFunction.Of(new LennardJones(1, 1, 2.5)).At(edge).Energy, 1e-12);
        Assert.Equal(0, energy.At(edge).Energy, 1e-15);
        Assert.Equal(0, force.At(edge).Energy, 1e-15);
        Assert.Equal(0, force.At(edge).ForceOverDistance, 1e-15);
    }

    [Fact]
    public void TableReproducesTheFormulaItWasMadeFrom()
    {
        var table = PairFunction.Of(Tabulated.From(0.8, 2.5, r => 1 / r, r => -1 / (r * r), r => 2 / (r * r * r)));
        for (var r = 0.82; r < 2.49; r += 0.0137)
        {
            // Hermite error: (h/x)⁴/384 times a factor of order 10 to 60 from the fourth derivative of x^(-3/2), h/x = 5.6/4096/0.67: 3e-12.
            Cells.Near(1 / r, table.At(r * r).Energy, 1e-11);
            Cells.Near(1 / (r * r * r), table.At(r * r).ForceOverDistance, 1e-11);
        }
        // Inside the first distance −U′/r stays what it was there: no jump, no wrap-around.
        Cells.Near(1 / (0.8 * 0.8 * 0.8), table.At(0.25).ForceOverDistance, 1e-12);
        Cells.Near(1 / 0.8 + 0.5 * (0.64 - 0.25) / (0.8 * 0.8 * 0.8), table.At(0.25).Energy, 1e-12);
    }

    private static void Check(object potential, string method) => typeof(PairFormulaTests)
        .GetMethod(method, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
        .MakeGenericMethod(potential.GetType()).Invoke(null, [potential]);

    private static void CompareWithDual<T>(T potential)
        where T : struct, IPairPotential<T>
    {
        foreach (var r in Distances(potential.Cutoff))
        {
            var x = new Real(r * r);
            var byHand = T.EnergyAndForce(in potential, x);
            Assert.Equal(byHand.ForceOverDistance, T.ForceOverDistance(in potential, x));
            var dual = T.Energy(in potential, Dual<Real>.Variable(x));
            // Both are correct to a few roundings of their largest term, which U/r² bounds up to the exponents involved.
            var scale = Math.Abs(dual.Value.Value) + Math.Abs(dual.Derivative.Value) * r * r;
            Cells.Near(dual.Value.Value, byHand.Energy.Value, 1e-13, 1e-13 * scale);
            // The force of a table is interpolated by itself: consistent with its energy to the third order of the spacing.
            var relative = potential is Tabulated ? 1e-8 : 1e-13;
            Cells.Near(-2 * dual.Derivative.Value, byHand.ForceOverDistance.Value, relative, 1e-12 * scale / (r * r));
            Assert.Equal(T.Energy(in potential, x).Value, dual.Value.Value, 1e-13 * scale);
        }
    }

    private static IEnumerable<double> Distances(double cutoff)
    {
        for (var share = 0.3; share < 0.99; share += 0.0731)
        {
            yield return share * cutoff;
        }
    }
}
