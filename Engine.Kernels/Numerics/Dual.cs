namespace Engine.Kernels.Numerics;

/// <summary>
/// A value and its derivative with respect to one variable (forward differentiation): a formula evaluated with <see cref="Variable"/> as its
/// argument returns its own derivative beside its value, so that nobody writes a force by hand.
/// </summary>
public readonly record struct Dual<F>(F Value, F Derivative) : IReal<Dual<F>>
    where F : struct, IReal<F>
{
    /// <summary>The variable itself: derivative one.</summary>
    public static Dual<F> Variable(F value) => new(value, F.One);

    public static Dual<F> operator +(Dual<F> a, Dual<F> b) => new(a.Value + b.Value, a.Derivative + b.Derivative);

    public static Dual<F> operator -(Dual<F> a, Dual<F> b) => new(a.Value - b.Value, a.Derivative - b.Derivative);

    public static Dual<F> operator *(Dual<F> a, Dual<F> b) =>
        new(a.Value * b.Value, F.MultiplyAdd(a.Derivative, b.Value, a.Value * b.Derivative));

    public static Dual<F> operator /(Dual<F> a, Dual<F> b)
    {
        var inverse = F.Reciprocal(b.Value);
        var quotient = a.Value * inverse;
        return new(quotient, (a.Derivative - quotient * b.Derivative) * inverse);
    }

    public static Dual<F> operator -(Dual<F> a) => new(-a.Value, -a.Derivative);

    public static Dual<F> Const(double value) => new(F.Const(value), F.Zero);

    static Dual<F> IReal<Dual<F>>.Parameter(double value, string name) => new(F.Parameter(value, name), F.Zero);

    static Dual<F> IReal<Dual<F>>.Parameter(in Coefficient value, string name) => new(F.Parameter(value, name), F.Zero);

    public static Dual<F> MultiplyAdd(Dual<F> a, Dual<F> b, Dual<F> c) => new(
        F.MultiplyAdd(a.Value, b.Value, c.Value),
        F.MultiplyAdd(a.Derivative, b.Value, F.MultiplyAdd(a.Value, b.Derivative, c.Derivative)));

    public static Dual<F> Reciprocal(Dual<F> a)
    {
        var inverse = F.Reciprocal(a.Value);
        return new(inverse, -(a.Derivative * inverse * inverse));
    }

    public static Dual<F> Sqrt(Dual<F> a)
    {
        var inverseRoot = F.ReciprocalSqrt(a.Value);
        return new(a.Value * inverseRoot, F.Const(0.5) * a.Derivative * inverseRoot);
    }

    public static Dual<F> ReciprocalSqrt(Dual<F> a)
    {
        var inverseRoot = F.ReciprocalSqrt(a.Value);
        return new(inverseRoot, F.Const(-0.5) * a.Derivative * inverseRoot * inverseRoot * inverseRoot);
    }

    public static Dual<F> Exp(Dual<F> a)
    {
        var e = F.Exp(a.Value);
        return new(e, a.Derivative * e);
    }

    public static Dual<F> Log(Dual<F> a) => new(F.Log(a.Value), a.Derivative / a.Value);

    public static (Dual<F> Erfc, Dual<F> Gaussian) ErfcGaussian(Dual<F> x)
    {
        var (erfc, gaussian) = F.ErfcGaussian(x.Value);
        var slope = x.Derivative * gaussian;
        return (new(erfc, F.Const(-2 / Math.Sqrt(Math.PI)) * slope), new(gaussian, F.Const(-2) * x.Value * slope));
    }

    public static Dual<F> Min(Dual<F> a, Dual<F> b) => SelectLess(a, b, a, b);

    public static Dual<F> Max(Dual<F> a, Dual<F> b) => SelectLess(a, b, b, a);

    public static Dual<F> SelectLess(Dual<F> a, Dual<F> b, Dual<F> ifLess, Dual<F> otherwise) => new(
        F.SelectLess(a.Value, b.Value, ifLess.Value, otherwise.Value),
        F.SelectLess(a.Value, b.Value, ifLess.Derivative, otherwise.Derivative));

    public static bool AnyLess(Dual<F> a, Dual<F> b) => F.AnyLess(a.Value, b.Value);

    public static Dual<F> Lookup(CubicTable table, Dual<F> x) =>
        new(F.Lookup(table, x.Value), x.Derivative * F.LookupDerivative(table, x.Value));

    public static Dual<F> LookupDerivative(CubicTable table, Dual<F> x) =>
        throw new NotSupportedException("The table is piecewise cubic; its second derivative is not continuous.");
}
