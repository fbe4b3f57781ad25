using Engine.Kernels.Errors;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;
using Xunit;

namespace Engine.Tests.Kernels.Pair;

/// <summary>Formulas that no device can be given are refused in one line.</summary>
public class PairFormulasTests
{
    [Fact]
    public void AFormulaThatCannotBePrintedIsRefused()
    {
        var error = Assert.Throws<InputException>(() => PairFormulas.Of(new object?[,] { { new Throwing(2) } }));
        Assert.Equal(
            "the formula of Throwing cannot be printed for a device (not here), expected one of the operations of IReal alone; change it, or use --device cpu", error.Message);
        // The next formula on this thread is recorded again.
        Assert.Contains("pair_value", PairFormulas.Of(new object?[,] { { new Plain(2) } }).Text);
    }

    [Fact]
    public void ANumberThatIsNoFloatIsRefused() => Assert.StartsWith(
        "the formula of Huge has the number 1E+60, which is no float, expected numbers up to 3.4E+38",
        Assert.Throws<InputException>(() => PairFormulas.Of(new object?[,] { { new Huge(2) } })).Message);

    private readonly record struct Plain(double Cutoff) : IPairPotential<Plain>
    {
        public static F Energy<F>(in Plain p, F rSquared)
            where F : struct, IReal<F> => F.Exp(-rSquared);
    }

    private readonly record struct Throwing(double Cutoff) : IPairPotential<Throwing>
    {
        public static F Energy<F>(in Throwing p, F rSquared)
            where F : struct, IReal<F> => typeof(F) == typeof(Dual<DeviceExpression>) ? throw new NotSupportedException("not here.") : F.Exp(-rSquared);
    }

    /// <summary>Harmless where it is computed: never the smaller of two numbers.</summary>
    private readonly record struct Huge(double Cutoff) : IPairPotential<Huge>
    {
        public static F Energy<F>(in Huge p, F rSquared)
            where F : struct, IReal<F> => F.Exp(-F.Min(rSquared, F.Const(1e60)));
    }
}
