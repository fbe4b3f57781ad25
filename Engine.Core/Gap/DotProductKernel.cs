using System.Numerics.Tensors;

namespace Engine.Core.Gap;

/// <summary>The covariance δ² t^ζ of descriptors by their dot product t.</summary>
internal static class DotProductKernel
{
    private const int MostMultiplications = 16;

    /// <summary>δ² t^ζ in the place of t.</summary>
    public static void Apply(Span<double> products, double zeta, double delta)
    {
        Power(products, zeta, products);
        TensorPrimitives.Multiply(products, delta * delta, products);
    }

    /// <summary>Whole powers by multiplication: to the last digit, and faster.</summary>
    public static void Power(ReadOnlySpan<double> x, double exponent, Span<double> result)
    {
        if (exponent != Math.Floor(exponent) || exponent > MostMultiplications || exponent < 1)
        {
            TensorPrimitives.Pow(x, exponent, result);
            return;
        }
        var by = x.Overlaps(result) ? x.ToArray() : x;
        by.CopyTo(result);
        for (var k = 1; k < exponent; k++)
        {
            TensorPrimitives.Multiply(result, by, result);
        }
    }
}
