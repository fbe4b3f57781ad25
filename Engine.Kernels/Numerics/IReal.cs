using System.Runtime.CompilerServices;

namespace Engine.Kernels.Numerics;

/// <summary>
/// The numbers a formula is written over. The same formula text runs as <see cref="Real"/> (double, the oracle), as a vector of lanes (the CPU
/// kernels), as <see cref="Dual{F}"/> (value and derivative) and, on devices, as an expression that prints itself.
/// </summary>
public interface IReal<F>
    where F : struct, IReal<F>
{
    static abstract F operator +(F a, F b);

    static abstract F operator -(F a, F b);

    static abstract F operator *(F a, F b);

    static abstract F operator /(F a, F b);

    static abstract F operator -(F a);

    /// <summary>A literal of the formula.</summary>
    static abstract F Const(double value);

    /// <summary>A parameter of the model: a broadcast on the CPU, a named column of the parameter table on a device.</summary>
    static virtual F Parameter(double value, [CallerArgumentExpression(nameof(value))] string name = "") => F.Const(value);

    /// <inheritdoc cref="Parameter(double, string)"/>
    static virtual F Parameter(in Coefficient value, [CallerArgumentExpression(nameof(value))] string name = "") => F.Parameter(value.Value, name);

    static virtual F Zero => F.Const(0);

    static virtual F One => F.Const(1);

    /// <summary>a·b + c, fused where the hardware has it.</summary>
    static virtual F MultiplyAdd(F a, F b, F c) => a * b + c;

    static virtual F Reciprocal(F a) => F.One / a;

    static abstract F Sqrt(F a);

    static virtual F ReciprocalSqrt(F a) => F.Reciprocal(F.Sqrt(a));

    static abstract F Exp(F a);

    static abstract F Log(F a);

    /// <summary>erfc(x) and exp(−x²) for x ≥ 0; the second is what the derivative of the first needs.</summary>
    static abstract (F Erfc, F Gaussian) ErfcGaussian(F x);

    static abstract F Min(F a, F b);

    static abstract F Max(F a, F b);

    /// <summary><paramref name="ifLess"/> where a &lt; b, <paramref name="otherwise"/> elsewhere; both are evaluated.</summary>
    static abstract F SelectLess(F a, F b, F ifLess, F otherwise);

    /// <summary>Whether a &lt; b may hold in any lane: lets a formula skip a branch that is almost never taken. Always true while printing.</summary>
    static abstract bool AnyLess(F a, F b);

    /// <summary>Value of the cubic through a uniform table (see <see cref="CubicTable"/>) at x, which must lie inside the table.</summary>
    static abstract F Lookup(CubicTable table, F x);

    /// <summary>Derivative of <see cref="Lookup"/> with respect to x.</summary>
    static abstract F LookupDerivative(CubicTable table, F x);
}
