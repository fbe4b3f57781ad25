using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Kernels.Ewald;

/// <summary>The second pass: forces from the coefficients that the structure factors gave.</summary>
public sealed partial class ReciprocalSum
{
    private unsafe void AddForces(int block)
    {
        var end = Math.Min(BlockSize, count - block * BlockSize);
        fixed (double* tableX = Tables())
        fixed (double* coefficient = coefficients)
        {
            var tableY = tableX + 2 * BlockSize * (waves.MaximumX + 1);
            var tableZ = tableY + 2 * BlockSize * (waves.MaximumY + 1);
            var row = tableZ + 2 * BlockSize * (waves.MaximumZ + 1);
            FillTable(tableX, waves.MaximumX, 0, block);
            FillTable(tableY, waves.MaximumY, 1, block);
            FillTable(tableZ, waves.MaximumZ, 2, block);
            var gradient = stackalloc double[3 * BlockSize];
            new Span<double>(gradient, 3 * BlockSize).Clear();
            for (var k = 0; k < waves.RowY.Length; k++)
            {
                RowPhase(tableY, tableZ, k, row);
                var pairs = waves.RowStart[k + 1] - waves.RowStart[k];
                var rowCoefficients = coefficient + 8 * waves.RowStart[k];
                Vector256<double> ny = Vector256.Create((double)waves.RowY[k]), nz = Vector256.Create((double)waves.RowZ[k]);
                for (var i = 0; i < end; i += 2 * Lanes)
                {
                    RowForces(tableX + i, rowCoefficients, pairs, row + i, gradient + i, ny, nz);
                }
            }
            for (var i = 0; i < end; i++)
            {
                var slot = block * BlockSize + i;
                var q = 2 * Math.PI * charges[slot];
                if (q == 0)
                {
                    continue;
                }
                var force = q * (gradient[i] * waves.Axes.X + gradient[BlockSize + i] * waves.Axes.Y + gradient[2 * BlockSize + i] * waves.Axes.Z);
                fx[slot] += force.X;
                fy[slot] += force.Y;
                fz[slot] += force.Z;
            }
        }
    }

    /// <summary>One row, eight particles: T = Σ w S* e^{i n_x x} and T′ = Σ n_x w S* e^{i n_x x} over both signs, then Im of each times e^{i(n_y y + n_z z)}.</summary>
    private static unsafe void RowForces(
        double* table, double* coefficient, int pairs, double* row, double* gradient, Vector256<double> ny, Vector256<double> nz)
    {
        Vector256<double> real0 = default, imaginary0 = default, slopeReal0 = default, slopeImaginary0 = default;
        Vector256<double> real1 = default, imaginary1 = default, slopeReal1 = default, slopeImaginary1 = default;
        for (var n = 0; n < pairs; n++, table += 2 * BlockSize, coefficient += 8)
        {
            Vector256<double> c0 = Vector256.Load(table), s0 = Vector256.Load(table + BlockSize);
            Vector256<double> c1 = Vector256.Load(table + Lanes), s1 = Vector256.Load(table + BlockSize + Lanes);
            var w = Vector256.Create(coefficient[0]);
            real0 = Vector256.FusedMultiplyAdd(c0, w, real0);
            real1 = Vector256.FusedMultiplyAdd(c1, w, real1);
            w = Vector256.Create(coefficient[1]);
            real0 = Vector256.FusedMultiplyAdd(s0, w, real0);
            real1 = Vector256.FusedMultiplyAdd(s1, w, real1);
            w = Vector256.Create(coefficient[2]);
            imaginary0 = Vector256.FusedMultiplyAdd(c0, w, imaginary0);
            imaginary1 = Vector256.FusedMultiplyAdd(c1, w, imaginary1);
            w = Vector256.Create(coefficient[3]);
            imaginary0 = Vector256.FusedMultiplyAdd(s0, w, imaginary0);
            imaginary1 = Vector256.FusedMultiplyAdd(s1, w, imaginary1);
            w = Vector256.Create(coefficient[4]);
            slopeReal0 = Vector256.FusedMultiplyAdd(c0, w, slopeReal0);
            slopeReal1 = Vector256.FusedMultiplyAdd(c1, w, slopeReal1);
            w = Vector256.Create(coefficient[5]);
            slopeReal0 = Vector256.FusedMultiplyAdd(s0, w, slopeReal0);
            slopeReal1 = Vector256.FusedMultiplyAdd(s1, w, slopeReal1);
            w = Vector256.Create(coefficient[6]);
            slopeImaginary0 = Vector256.FusedMultiplyAdd(c0, w, slopeImaginary0);
            slopeImaginary1 = Vector256.FusedMultiplyAdd(c1, w, slopeImaginary1);
            w = Vector256.Create(coefficient[7]);
            slopeImaginary0 = Vector256.FusedMultiplyAdd(s0, w, slopeImaginary0);
            slopeImaginary1 = Vector256.FusedMultiplyAdd(s1, w, slopeImaginary1);
        }
        AddGradient(gradient, row, real0, imaginary0, slopeReal0, slopeImaginary0, ny, nz);
        AddGradient(gradient + Lanes, row + Lanes, real1, imaginary1, slopeReal1, slopeImaginary1, ny, nz);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void AddGradient(
        double* gradient, double* row, Vector256<double> real, Vector256<double> imaginary, Vector256<double> slopeReal,
        Vector256<double> slopeImaginary, Vector256<double> ny, Vector256<double> nz)
    {
        Vector256<double> c = Vector256.Load(row), s = Vector256.Load(row + BlockSize);
        var along = real * s + imaginary * c;
        (Vector256.Load(gradient) + (slopeReal * s + slopeImaginary * c)).Store(gradient);
        (Vector256.Load(gradient + BlockSize) + ny * along).Store(gradient + BlockSize);
        (Vector256.Load(gradient + 2 * BlockSize) + nz * along).Store(gradient + 2 * BlockSize);
    }
}
