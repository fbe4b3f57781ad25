using System.Runtime.CompilerServices;

namespace Engine.Kernels.Numerics;

/// <summary>
/// The number type under which a formula prints itself: every operation is recorded in the <see cref="ExpressionTrace"/> that is open on this thread, and the
/// trace is printed as C for the kernel it is spliced into. Together with <see cref="Dual{F}"/> it prints derivatives.
/// </summary>
public readonly struct DeviceExpression : IReal<DeviceExpression>
{
    internal DeviceExpression(int node)
    {
        Node = node;
    }

    /// <summary>Index in the trace; 0, the default, is the constant zero.</summary>
    internal int Node { get; }

    private static ExpressionTrace Trace => ExpressionTrace.Current;

    public static DeviceExpression operator +(DeviceExpression a, DeviceExpression b) => Trace.Add(a, b);

    public static DeviceExpression operator -(DeviceExpression a, DeviceExpression b) => Trace.Subtract(a, b);

    public static DeviceExpression operator *(DeviceExpression a, DeviceExpression b) => Trace.Multiply(a, b);

    public static DeviceExpression operator /(DeviceExpression a, DeviceExpression b) => Trace.Divide(a, b);

    public static DeviceExpression operator -(DeviceExpression a) => Trace.Negate(a);

    public static DeviceExpression Const(double value) => Trace.Constant(value);

    public static DeviceExpression Parameter(double value, [CallerArgumentExpression(nameof(value))] string name = "") => Trace.Parameter(value, name);

    public static DeviceExpression MultiplyAdd(DeviceExpression a, DeviceExpression b, DeviceExpression c) => Trace.MultiplyAdd(a, b, c);

    public static DeviceExpression Reciprocal(DeviceExpression a) => Const(1) / a;

    public static DeviceExpression Sqrt(DeviceExpression a) => Trace.Call("SQRT", a);

    public static DeviceExpression ReciprocalSqrt(DeviceExpression a) => Trace.Call("RSQRT", a);

    public static DeviceExpression Exp(DeviceExpression a) => Trace.Call("EXP", a);

    public static DeviceExpression Log(DeviceExpression a) => Trace.Call("LOG", a);

    /// <summary>erfc(x) = exp(−x²)·P(t)/(1 + 2x) as in <see cref="Vector8"/>, see <see cref="SpecialFunctions.ErfcScaledCoefficientsFloat"/>.</summary>
    public static (DeviceExpression Erfc, DeviceExpression Gaussian) ErfcGaussian(DeviceExpression x)
    {
        var three = Const(3);
        var sum = x + three;
        var weight = MultiplyAdd(x, Const(2), Const(1));
        var inverse = Reciprocal(sum * weight);
        var t = (x - three) * weight * inverse;
        var coefficients = SpecialFunctions.ErfcScaledCoefficientsFloat;
        var p = Const(coefficients[^1]);
        for (var i = coefficients.Length - 2; i >= 0; i--)
        {
            p = MultiplyAdd(p, t, Const(coefficients[i]));
        }
        var gaussian = Exp(-(x * x));
        return (gaussian * (p * (sum * inverse)), gaussian);
    }

    public static DeviceExpression Min(DeviceExpression a, DeviceExpression b) => Trace.Call("MIN", a, b);

    public static DeviceExpression Max(DeviceExpression a, DeviceExpression b) => Trace.Call("MAX", a, b);

    public static DeviceExpression SelectLess(DeviceExpression a, DeviceExpression b, DeviceExpression ifLess, DeviceExpression otherwise) =>
        Trace.SelectLess(a, b, ifLess, otherwise);

    /// <summary>Both sides of a branch are recorded.</summary>
    public static bool AnyLess(DeviceExpression a, DeviceExpression b) => true;

    public static DeviceExpression Lookup(CubicTable table, DeviceExpression x) => Trace.Lookup("TABLE_VALUE", table, x);

    public static DeviceExpression LookupDerivative(CubicTable table, DeviceExpression x) => Trace.Lookup("TABLE_DERIVATIVE", table, x);
}
