using System.Numerics;
using Engine.Kernels.Algebra;
using Engine.Kernels.Memory;
using Engine.Kernels.Ntk;
using Xunit;

namespace Engine.Tests.Kernels.Ntk;

/// <summary>Against sums in double, for sizes with and without a rest.</summary>
public sealed class GradientProductsTests
{
    private const string NoAvx512 = "this processor has no registers of 512 bits: OpenBLAS multiplies";

    [SkippableTheory]
    [InlineData(64, 128, 128)]
    [InlineData(65, 17, 70)]
    [InlineData(130, 70, 97)]
    [InlineData(200, 4, 64)]
    [InlineData(1, 31, 97)]
    [InlineData(0, 4, 64)]
    public void GradientsAreFormed(int positions, int rows, int columns)
    {
        Skip.IfNot(GradientProducts.IsSupported, NoAvx512);
        Check<float>(6e-8);
        Check<double>(1.2e-16);

        void Check<T>(double epsilon)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            // Blocks of larger matrices.
            using var g = Filled<T>(positions + 1, rows + 5, 1);
            using var a = Filled<T>(positions + 1, columns + 3, 2);
            using var found = Filled<T>(rows, columns, 3);
            using var scratch = new AlignedBuffer<T>();
            var (left, right) = (g.Matrix.Block(1, 5, positions, rows), a.Matrix.Block(1, 3, positions, columns));
            Assert.True(GradientProducts.CanForm<T>(rows, columns));
            GradientProducts.Form(left, right, found.Matrix, scratch);
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var sum = Enumerable.Range(0, positions).Sum(p => double.CreateTruncating(left[p, i]) * double.CreateTruncating(right[p, j]));
                    // Rounding of each addition of numbers below 1/4, the sum of which is below positions/4.
                    Assert.Equal(sum, double.CreateTruncating(found.Matrix[i, j]), 0.25 * epsilon * positions * Math.Sqrt(positions + 1) + 1e-300);
                }
            }
        }
    }

    [SkippableTheory]
    [InlineData(25, 25, 5000, false)]
    [InlineData(25, 25, 5000, true)]
    [InlineData(3, 70, 4097, false)]
    [InlineData(1, 1, 7, true)]
    [InlineData(130, 6, 4096, false)]
    public void ProductsAreAddedAndDoNotDependOnTheirNeighbours(int n, int m, int elements, bool lower)
    {
        Skip.IfNot(GradientProducts.IsSupported, NoAvx512);
        Check<float>(6e-8);
        Check<double>(1.2e-16);

        void Check<T>(double epsilon)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            using var g = Filled<T>(n, elements + 8, 4);
            using var h = Filled<T>(m, elements + 8, 5);
            using var kernel = Filled<double>(n, m, 6);
            using var before = Filled<double>(n, m, 6);
            using var alone = new MatrixBuffer<double>(1, 1);
            var (left, right) = (g.Matrix.Block(0, 0, n, elements), lower ? g.Matrix.Block(0, 0, n, elements) : h.Matrix.Block(0, 0, m, elements));
            GradientProducts.Add(left, right, 0.5, kernel.Matrix, lower);
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < (lower ? i + 1 : m); j++)
                {
                    var sum = Enumerable.Range(0, elements).Sum(k => double.CreateTruncating(left[i, k]) * double.CreateTruncating(right[j, k]));
                    // Of squares, each addition rounds a sum of up to elements/12; as many roundings, of both signs.
                    Assert.Equal(before.Matrix[i, j] + 0.5 * sum, kernel.Matrix[i, j], epsilon * elements / 12 * Math.Sqrt(elements));
                    // The same bits whatever block it is in.
                    alone.Matrix[0, 0] = before.Matrix[i, j];
                    GradientProducts.Add(left.Block(i, 0, 1, elements), right.Block(j, 0, 1, elements), 0.5, alone.Matrix, false);
                    Assert.Equal(alone.Matrix[0, 0], kernel.Matrix[i, j]);
                }
            }
        }
    }

    private static MatrixBuffer<T> Filled<T>(int rows, int columns, int seed)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var random = new System.Random(seed);
        var buffer = new MatrixBuffer<T>(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var element in buffer.Matrix.Row(i))
            {
                element = T.CreateTruncating(random.NextDouble() - 0.5);
            }
        }
        return buffer;
    }
}
