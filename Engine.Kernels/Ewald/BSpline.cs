using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Kernels.Ewald;

/// <summary>
/// The cardinal B-spline M₈, which shares a charge out among the <see cref="Order"/> nearest points of a mesh along an axis (U. Essmann et al., J. Chem. Phys. 103, 8577 (1995), eq. 4.1).
/// Between two points of the mesh each of the weights is a polynomial, so that all eight are found at once.
/// </summary>
internal static class BSpline
{
    /// <summary>Points of the mesh that a charge is shared out among along each axis; the weights fill a vector.</summary>
    public const int Order = 8;

    /// <summary>[power][point]: weight of the k-th of the points as a polynomial of the distance from the middle between the last two, the first point being the lowest.</summary>
    private static readonly Vector512<double>[] Powers = Polynomials();

    /// <summary>[power − 1][point]: the same of the derivatives.</summary>
    private static readonly Vector512<double>[] SlopePowers = [.. Powers.Select((power, k) => k * power).Skip(1)];

    /// <summary>The coefficients of the weights as numbers: [power][point].</summary>
    public static IEnumerable<double> Coefficients => Powers.SelectMany(power => Enumerable.Range(0, Order).Select(point => power[point]));

    /// <summary>M₈(u − k) for the points k = ⌊u⌋ − 7 … ⌊u⌋.</summary>
    /// <param name="fraction">u − ⌊u⌋.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Weights(double fraction)
    {
        var t = Vector512.Create(fraction - 0.5);
        var sum = Powers[Order - 1];
        for (var power = Order - 2; power >= 0; power--)
        {
            sum = Vector512.FusedMultiplyAdd(sum, t, Powers[power]);
        }
        return sum;
    }

    /// <summary>Derivatives of <see cref="Weights"/> by u.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Slopes(double fraction)
    {
        var t = Vector512.Create(fraction - 0.5);
        var sum = SlopePowers[Order - 2];
        for (var power = Order - 3; power >= 0; power--)
        {
            sum = Vector512.FusedMultiplyAdd(sum, t, SlopePowers[power]);
        }
        return sum;
    }

    /// <summary>
    /// |b(n)|² = 1/|Σ_k M₈(k + 1) exp(2πink/K)|² for n = 0 … K − 1 (Essmann et al., eq. 4.4 and 4.7), by which the interpolation is undone; 0 at n = K/2, where a mesh cannot tell K from −K.
    /// </summary>
    public static double[] InverseSquares(int points)
    {
        var atPoints = Weights(0);
        var squares = new double[points];
        for (var n = 0; n < points; n++)
        {
            double re = 0, im = 0;
            for (var k = 0; k < Order; k++)
            {
                var (sine, cosine) = Math.SinCos(2 * Math.PI * ((long)n * k % points) / points);
                re += atPoints[k] * cosine;
                im += atPoints[k] * sine;
            }
            squares[n] = 2 * n == points ? 0 : 1 / (re * re + im * im);
        }
        return squares;
    }

    /// <summary>M_n(x) = [x M_{n−1}(x) + (n − x) M_{n−1}(x − 1)]/(n − 1), piece by piece, with x = j + ½ + t on the piece j.</summary>
    private static Vector512<double>[] Polynomials()
    {
        double[][] pieces = [[1]];
        for (var n = 2; n <= Order; n++)
        {
            var next = new double[n][];
            for (var j = 0; j < n; j++)
            {
                next[j] = new double[n];
                Add(next[j], j < n - 1 ? pieces[j] : null, (j + 0.5) / (n - 1), 1.0 / (n - 1));
                Add(next[j], j > 0 ? pieces[j - 1] : null, (n - j - 0.5) / (n - 1), -1.0 / (n - 1));
            }
            pieces = next;
        }
        // The point k = ⌊u⌋ − 7 + i has x = u − k on the piece 7 − i.
        return [.. Enumerable.Range(0, Order).Select(power => Vector512.Create([.. Enumerable.Range(0, Order).Select(i => pieces[Order - 1 - i][power])]))];

        static void Add(double[] sum, double[]? piece, double constant, double slope)
        {
            for (var power = 0; power < (piece?.Length ?? 0); power++)
            {
                sum[power] += constant * piece![power];
                sum[power + 1] += slope * piece[power];
            }
        }
    }
}
