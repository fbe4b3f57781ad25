using System.Diagnostics;
using Engine.Kernels.Algebra;
using Engine.Kernels.Devices;
using Engine.Kernels.Threading;

namespace Engine.Learn.Spectra;

/// <summary>The speed of the eigenvalues of symmetric matrices.</summary>
public static class EigenRate
{
    private const int SizeOnProcessor = 256;

    /// <summary>So large that it is worth a device's while.</summary>
    private const int SizeOnDevice = 1024;

    private const int Rounds = 3;

    /// <summary>Seconds for each n³, measured in about a tenth of a second: larger matrices take a little less, on a device much less.</summary>
    /// <param name="workers">The thread team.</param>
    /// <param name="device">A device that takes part, as for <see cref="LinearAlgebra.OfHost"/>.</param>
    public static double Measure(Workers workers, Device? device = null)
    {
        using var algebra = LinearAlgebra.OfHost(workers, device);
        var size = algebra.IsOffloaded ? SizeOnDevice : SizeOnProcessor;
        using var matrix = new MatrixBuffer<double>(size, size);
        using var values = new MatrixBuffer<double>(1, size);
        var seconds = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            // Of full rank, so that nothing is found early.
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++)
                {
                    matrix.Matrix[i, j] = 1.0 / (1 + i + j) + (i == j ? i : 0);
                }
            }
            var start = Stopwatch.GetTimestamp();
            algebra.SymmetricEigen(matrix.Matrix, values.Matrix, vectors: false);
            seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return seconds / Math.Pow(size, 3);
    }
}
