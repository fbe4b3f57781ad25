namespace Engine.Kernels.Numerics;

/// <summary>One double: the oracle every other <see cref="IReal{F}"/> is tested against.</summary>
public readonly record struct Real(double Value) : IReal<Real>
{
    public static Real operator +(Real a, Real b) => new(a.Value + b.Value);

    public static Real operator -(Real a, Real b) => new(a.Value - b.Value);

    public static Real operator *(Real a, Real b) => new(a.Value * b.Value);

    public static Real operator /(Real a, Real b) => new(a.Value / b.Value);

    public static Real operator -(Real a) => new(-a.Value);

    public static Real Const(double value) => new(value);

    public static Real Sqrt(Real a) => new(Math.Sqrt(a.Value));

    public static Real Exp(Real a) => new(Math.Exp(a.Value));

    public static Real Log(Real a) => new(Math.Log(a.Value));

    public static (Real Erfc, Real Gaussian) ErfcGaussian(Real x)
    {
        var gaussian = Math.Exp(-x.Value * x.Value);
        return (new(SpecialFunctions.ErfcScaled(x.Value) * gaussian), new(gaussian));
    }

    public static Real Min(Real a, Real b) => new(Math.Min(a.Value, b.Value));

    public static Real Max(Real a, Real b) => new(Math.Max(a.Value, b.Value));

    public static Real SelectLess(Real a, Real b, Real ifLess, Real otherwise) => a.Value < b.Value ? ifLess : otherwise;

    public static bool AnyLess(Real a, Real b) => a.Value < b.Value;

    public static Real Lookup(CubicTable table, Real x) => new(table.Evaluate(x.Value));

    public static Real LookupDerivative(CubicTable table, Real x) => new(table.EvaluateDerivative(x.Value));
}
