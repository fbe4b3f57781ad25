using System.Diagnostics;
using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;

namespace Engine.Learn.Spectra;

/// <summary>The speed of the eigenvalues of symmetric matrices.</summary>
public static class EigenRate
{
    private const int Size = 256;
    private const int Rounds = 3;

    /// <summary>Seconds for each n³, measured in about a tenth of a second: larger matrices take a little less.</summary>
    public static double Measure(Workers workers)
    {
        using var algebra = LinearAlgebra.OfProcessor(workers);
        using var matrix = new MatrixBuffer<double>(Size, Size);
        using var values = new MatrixBuffer<double>(1, Size);
        var seconds = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            // Of full rank, so that nothing is found early.
            for (var i = 0; i < Size; i++)
            {
                for (var j = 0; j < Size; j++)
                {
                    matrix.Matrix[i, j] = 1.0 / (1 + i + j) + (i == j ? i : 0);
                }
            }
            var start = Stopwatch.GetTimestamp();
            algebra.SymmetricEigen(matrix.Matrix, values.Matrix, vectors: false);
            seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return seconds / Math.Pow(Size, 3);
    }
}
