using System.Numerics;
using Engine.Kernels.Algebra;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Memory;
using Engine.Kernels.Native;
using Engine.Kernels.Threading;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Kernels.Algebra;

/// <summary>
/// Every library behind the surface against sums written out, on matrices that are not square and on blocks of larger ones, which a mistaken order of rows or a mistaken stride
/// does not survive. Sizes cross the edges of tiles.
/// </summary>
[Collection("device")]
public sealed unsafe class LinearAlgebraTests : IDisposable
{
    private readonly List<IDisposable> owned = [];
    private readonly System.Random random = new(5);

    public static TheoryData<string> Kinds => ["managed", "blas", "cuda"];

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ProductsOfEveryOrientation(string kind)
    {
        var algebra = Open(kind);
        foreach (var (m, n, k) in new[] { (3, 5, 7), (401, 30, 61), (20, 790, 33), (1, 1, 1), (4, 6, 0) })
        {
            for (var orientation = 0; orientation < 4; orientation++)
            {
                ProductIs<double>(algebra, m, n, k, orientation, 1e-13);
                ProductIs<float>(algebra, m, n, k, orientation, 1e-4);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ProductsWithTheTransposeAreSymmetric(string kind)
    {
        var algebra = Open(kind);
        foreach (var (n, k) in new[] { (5, 3), (430, 17), (800, 4) })
        {
            var (a, c) = (Random<double>(algebra, n, k), Random<double>(algebra, n, n));
            var before = Copy(c);
            algebra.Syrk(0.5, a.Place, 2, c.Place);
            var (x, after) = (Copy(a), Copy(c));
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    // The lower triangle of what was there, in both.
                    var expected = 0.5 * Enumerable.Range(0, k).Sum(l => x[i, l] * x[j, l]) + 2 * before[i, j];
                    Assert.Equal(expected, after[i, j], 1e-13 * (k + 2));
                    Assert.Equal(after[i, j], after[j, i]);
                }
            }
        }
        var (wide, small) = (Random<float>(algebra, 5, 40), Random<float>(algebra, 40, 40));
        algebra.Syrk(1f, wide.Place.Transposed, 0f, small.Place);
        var (w, s) = (Copy(wide), Copy(small));
        Assert.Equal(Enumerable.Range(0, 5).Sum(l => w[l, 39] * w[l, 2]), s[2, 39], 1e-5f);
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void EigenvaluesAndVectorsOfASymmetricMatrix(string kind)
    {
        var algebra = Open(kind);
        foreach (var n in new[] { 1, 2, 37, 110 })
        {
            var (a, values) = (Random<double>(algebra, n, n), Random<double>(algebra, 1, n));
            var before = Copy(a);
            algebra.SymmetricEigen(a.Place, values.Place, vectors: true);
            var (v, e) = (Copy(a), Copy(values));
            for (var i = 0; i < n; i++)
            {
                Assert.True(i == 0 || e[0, i] >= e[0, i - 1]);
                for (var row = 0; row < n; row++)
                {
                    var product = Enumerable.Range(0, n).Sum(k => before[Math.Max(row, k), Math.Min(row, k)] * v[i, k]);
                    Assert.Equal(e[0, i] * v[i, row], product, 1e-13 * n);
                }
                Assert.Equal(1, Enumerable.Range(0, n).Sum(k => v[i, k] * v[i, k]), 1e-13);
            }
            Write(a, before);
            algebra.SymmetricEigen(a.Place, values.Place, vectors: false);
            var alone = Copy(values);
            for (var i = 0; i < n; i++)
            {
                Assert.Equal(e[0, i], alone[0, i], 1e-13 * n);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void CholeskyFactorsMultiplyBackAndSolve(string kind)
    {
        var algebra = Open(kind);
        foreach (var n in new[] { 1, 50, 193, 450 })
        {
            var (a, root, b) = (Random<double>(algebra, n, n), Random<double>(algebra, n, n), Random<double>(algebra, n, 3));
            algebra.Syrk(1.0, root.Place, 0, a.Place);
            var m = Copy(a);
            for (var i = 0; i < n; i++)
            {
                m[i, i] += 0.1 * n;
            }
            Write(a, m);
            var right = Copy(b);
            algebra.Cholesky(a.Place);
            var l = Copy(a);
            for (var i = 0; i < n; i += 7)
            {
                for (var j = 0; j <= i; j++)
                {
                    Assert.Equal(m[i, j], Enumerable.Range(0, j + 1).Sum(k => l[i, k] * l[j, k]), 1e-13 * n);
                }
            }
            algebra.SolveTriangular(a.Place, lower: true, b.Place);
            algebra.SolveTriangular(a.Place.Transposed, lower: false, b.Place);
            var solution = Copy(b);
            for (var i = 0; i < n; i++)
            {
                Assert.Equal(right[i, 2], Enumerable.Range(0, n).Sum(k => m[i, k] * solution[k, 2]), 1e-11);
            }
        }
        var indefinite = Random<double>(algebra, 300, 300);
        var elements = new double[300, 300];
        for (var i = 0; i < 300; i++)
        {
            elements[i, i] = i == 250 ? -1 : 1;
        }
        Write(indefinite, elements);
        Assert.Contains("row 250", Assert.Throws<RunFailedException>(() => algebra.Cholesky(indefinite.Place)).Message);
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void LeastSquaresByQR(string kind)
    {
        var algebra = Open(kind);
        foreach (var (rows, columns) in new[] { (1, 1), (9, 9), (120, 41), (500, 70) })
        {
            var (a, b) = (Random<double>(algebra, rows, columns), Random<double>(algebra, rows, 2));
            var (m, right) = (Copy(a), Copy(b));
            algebra.QR(a.Place, b.Place);
            var solution = b.Place.Block(0, 0, columns, 2);
            algebra.SolveTriangular(a.Place.Block(0, 0, columns, columns), lower: false, solution);
            var (r, x) = (Copy(a), Copy(b));
            for (var j = 0; j < columns; j++)
            {
                // R has the lengths of A's columns, and what is left over is orthogonal to them.
                var square = Enumerable.Range(0, rows).Sum(i => m[i, j] * m[i, j]);
                Assert.Equal(square, Enumerable.Range(0, j + 1).Sum(i => r[i, j] * r[i, j]), 1e-12 * square);
                for (var side = 0; side < 2; side++)
                {
                    var rest = Enumerable.Range(0, rows).Sum(i => m[i, j] * (right[i, side] - Enumerable.Range(0, columns).Sum(k => m[i, k] * x[k, side])));
                    Assert.True(Math.Abs(rest) < 1e-10, $"column {j} of {rows} × {columns}: {rest:G3}");
                }
            }
        }
    }

    /// <summary>Sums are shared out in the same way for any number of threads.</summary>
    [SkippableTheory]
    [InlineData("managed")]
    [InlineData("blas")]
    public void ThreadsChangeNoBit(string kind)
    {
        var results = new[] { 1, 3 }.Select(threads =>
        {
            var generator = new System.Random(3);
            var algebra = Open(kind, threads);
            var (a, c, d) = (Random<double>(algebra, 500, 45, generator), Random<double>(algebra, 500, 500, generator), Random<double>(algebra, 500, 500, generator));
            algebra.Gemm(1, a.Place, a.Place.Transposed, 0, d.Place);
            algebra.Syrk(1, a.Place, 0, c.Place);
            var m = Copy(c);
            for (var i = 0; i < 500; i++)
            {
                m[i, i] += 50;
            }
            Write(c, m);
            algebra.Cholesky(c.Place);
            algebra.SolveTriangular(c.Place, lower: true, d.Place);
            return Copy(d);
        }).ToArray();
        Assert.Equal(results[0], results[1]);
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void WhatDoesNotFitIsRefused(string kind)
    {
        var algebra = Open(kind);
        var (a, b) = (Random<double>(algebra, 4, 3), Random<double>(algebra, 4, 4));
        Assert.Contains("4 × 3, 4 × 3, 4 × 4", Assert.Throws<ArgumentException>(() => algebra.Gemm(1, a.Place, a.Place, 0, b.Place)).Message);
        Assert.Contains("transpose", Assert.Throws<ArgumentException>(() => algebra.Cholesky(b.Place.Transposed)).Message);
        Assert.Contains("no part", Assert.Throws<ArgumentException>(() => a.Place.Block(2, 0, 3, 3)).Message);
        var values = Random<double>(algebra, 1, 4);
        var infinite = new double[4, 4];
        infinite[2, 1] = double.NaN;
        Write(b, infinite);
        if (kind == "managed")
        {
            // The libraries' answers differ: some converge to NaN.
            Assert.Contains("finite", Assert.Throws<RunFailedException>(() => algebra.SymmetricEigen(b.Place, values.Place, vectors: false)).Message);
        }
    }

    /// <summary>Beyond 32766 rows LAPACK's workspace for eigenvectors has no 32-bit length, which other programs took for zeros.</summary>
    [SkippableFact]
    public void EigenvectorsOfTooManyRowsAreRefused()
    {
        const int rows = 32_767;
        var algebra = Open("blas");
        using var values = new MatrixBuffer<double>(1, rows);
        // Pages that nobody touches take no memory, but some machines promise none.
        MatrixBuffer<double>? matrix = null;
        try
        {
            matrix = new(rows, rows);
        }
        catch (RunFailedException noRoom)
        {
            Skip.If(true, noRoom.Message);
        }
        using (matrix)
        {
            Assert.Contains("expected at most 32766", Assert.Throws<InputException>(() => algebra.SymmetricEigen(matrix!.Matrix, values.Matrix, vectors: true)).Message);
        }
    }

    /// <summary>Without a device, or with one that is not of CUDA, matrices of the host are the processor's business whatever their size.</summary>
    [SkippableTheory]
    [InlineData("none")]
    [InlineData("opencl")]
    public void OnlyCudaTakesEigenvaluesFromTheProcessor(string kind)
    {
        const int rows = 1001;
        var device = kind == "none" ? null : TestDevices.Get(kind);
        var workers = Owned(new Workers(2));
        var (processor, host) = (Owned(LinearAlgebra.OfProcessor(workers)), Owned(LinearAlgebra.OfHost(workers, device)));
        Assert.Equal((processor.Name, false), (host.Name, host.IsOffloaded));
        Assert.IsType(processor.GetType(), host);
        var (expected, found) = (Owned(new MatrixBuffer<double>(1, rows)), Owned(new MatrixBuffer<double>(1, rows)));
        var before = device?.BytesAllocated;
        processor.SymmetricEigen(Symmetric().Matrix, expected.Matrix, vectors: false);
        host.SymmetricEigen(Symmetric().Matrix, found.Matrix, vectors: false);
        Assert.Equal(expected.Matrix.Row(0).ToArray(), found.Matrix.Row(0).ToArray());
        Assert.Equal(before, device?.BytesAllocated);

        MatrixBuffer<double> Symmetric()
        {
            var (matrix, numbers) = (Owned(new MatrixBuffer<double>(rows, rows)), new System.Random(4));
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    matrix.Matrix[i, j] = matrix.Matrix[j, i] = numbers.NextDouble() - 0.5;
                }
            }
            return matrix;
        }
    }

    /// <summary>Eigenvalues of matrices of the host by a device: of small ones by the processor, of large ones there.</summary>
    [SkippableTheory]
    [InlineData(100, false)]
    [InlineData(1100, false)]
    [InlineData(1100, true)]
    public void EigenvaluesOfTheHostMayBeComputedOnADevice(int n, bool vectors)
    {
        TestDevices.Require("cuda");
        var device = TestDevices.Get("cuda");
        var workers = Owned(new Workers(2));
        var (host, offloaded) = (Owned(LinearAlgebra.OfProcessor(workers)), Owned(LinearAlgebra.OfHost(workers, device)));
        var (a, b) = (Owned(new MatrixBuffer<double>(n, n)), Owned(new MatrixBuffer<double>(n, n)));
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                a.Matrix[i, j] = a.Matrix[j, i] = b.Matrix[i, j] = b.Matrix[j, i] = random.NextDouble() - 0.5;
            }
        }
        var original = a.Matrix.Row(0).ToArray();
        var (expected, found) = (Owned(new MatrixBuffer<double>(1, n)), Owned(new MatrixBuffer<double>(1, n)));
        host.SymmetricEigen(a.Matrix, expected.Matrix, vectors: false);
        offloaded.SymmetricEigen(b.Matrix, found.Matrix, vectors);
        for (var k = 0; k < n; k++)
        {
            Assert.Equal(expected.Matrix[0, k], found.Matrix[0, k], 1e-13 * n);
        }
        if (vectors)
        {
            // A = Σ λ v vᵀ: its first row again.
            for (var j = 0; j < n; j++)
            {
                Assert.Equal(original[j], Enumerable.Range(0, n).Sum(k => found.Matrix[0, k] * b.Matrix[k, 0] * b.Matrix[k, j]), 1e-13 * n);
            }
        }
    }

    /// <summary>The kernel that completes symmetric matrices, which belongs to CUDA only but is the same text everywhere.</summary>
    [SkippableFact]
    public void TheLowerTriangleIsMirrored()
    {
        var device = TestDevices.Get("opencl");
        const int n = 300;
        const int stride = 307;
        var elements = Enumerable.Range(0, n * stride).Select(i => (float)i).ToArray();
        using var buffer = device.Allocate<float>(elements);
        CudaAlgebra.MirrorTriangle<float>(device).Launch(n * 64, 64, buffer, n, stride);
        var found = buffer.ToArray();
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < stride; j++)
            {
                Assert.Equal(j > i && j < n ? elements[j * stride + i] : elements[i * stride + j], found[i * stride + j]);
            }
        }
    }

    public void Dispose()
    {
        owned.Reverse();
        owned.ForEach(o => o.Dispose());
    }

    private void ProductIs<T>(LinearAlgebra algebra, int m, int n, int k, int orientation, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (turnA, turnB) = ((orientation & 1) != 0, (orientation & 2) != 0);
        var (a, b, c) = (Random<T>(algebra, turnA ? k : m, turnA ? m : k), Random<T>(algebra, turnB ? n : k, turnB ? k : n), Random<T>(algebra, m, n));
        var before = Copy(c);
        var (alpha, beta) = (T.CreateChecked(0.5), T.CreateChecked(orientation == 3 ? 0 : 2));
        algebra.Gemm(alpha, turnA ? a.Place.Transposed : a.Place, turnB ? b.Place.Transposed : b.Place, beta, c.Place);
        var (x, y, z) = (Copy(a), Copy(b), Copy(c));
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = double.CreateChecked(beta * before[i, j]);
                for (var l = 0; l < k; l++)
                {
                    sum += 0.5 * double.CreateChecked(turnA ? x[l, i] : x[i, l]) * double.CreateChecked(turnB ? y[j, l] : y[l, j]);
                }
                Assert.Equal(sum, double.CreateChecked(z[i, j]), tolerance * (k + 2));
            }
        }
    }

    private LinearAlgebra Open(string kind, int threads = 2)
    {
        if (kind == "cuda")
        {
            TestDevices.Require(kind);
            return Owned(LinearAlgebra.On(TestDevices.Get(kind)));
        }
        Skip.If(kind == "blas" && LibraryDescription.Of("lapack").Reason is not null, LibraryDescription.Of("lapack").Reason);
        var workers = Owned(new Workers(threads));
        return Owned(kind == "blas" ? LinearAlgebra.OfProcessor(workers) : new ManagedAlgebra(workers, "a test"));
    }

    /// <summary>A block of a larger matrix, with random elements in the block and NaN around it.</summary>
    private Part<T> Random<T>(LinearAlgebra algebra, int rows, int columns, System.Random? generator = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var elements = new T[rows, columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                elements[i, j] = T.CreateChecked(2 * (generator ?? random).NextDouble() - 1);
            }
        }
        var (outerRows, outerColumns) = (rows + 3, columns + 5);
        Part<T> part;
        if (algebra is CudaAlgebra)
        {
            var buffer = Owned(TestDevices.Get("cuda").Allocate<T>((long)outerRows * outerColumns));
            part = new(new Matrix<T>(buffer, outerRows, outerColumns).Block(1, 2, rows, columns), outerRows, outerColumns, null, buffer);
        }
        else
        {
            var buffer = Owned(new AlignedBuffer<T>(outerRows * outerColumns));
            part = new(new Matrix<T>(buffer, outerRows, outerColumns).Block(1, 2, rows, columns), outerRows, outerColumns, buffer, null);
        }
        Write(part, elements);
        return part;
    }

    private static void Write<T>(Part<T> part, T[,] elements)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var all = new T[part.OuterRows * part.OuterColumns];
        all.AsSpan().Fill(T.NaN);
        for (var i = 0; i < part.Place.Rows; i++)
        {
            for (var j = 0; j < part.Place.Columns; j++)
            {
                all[(i + 1) * part.OuterColumns + j + 2] = elements[i, j];
            }
        }
        part.OnDevice?.Upload(all);
        all.AsSpan().CopyTo(part.OnHost is null ? all : part.OnHost.Span);
    }

    /// <summary>The block; around it nothing may have been written.</summary>
    private static T[,] Copy<T>(Part<T> part)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var all = part.OnDevice?.ToArray() ?? part.OnHost!.Span[..(part.OuterRows * part.OuterColumns)].ToArray();
        var result = new T[part.Place.Rows, part.Place.Columns];
        for (var i = 0; i < part.OuterRows; i++)
        {
            for (var j = 0; j < part.OuterColumns; j++)
            {
                var element = all[i * part.OuterColumns + j];
                var (row, column) = (i - 1, j - 2);
                if (row >= 0 && row < part.Place.Rows && column >= 0 && column < part.Place.Columns)
                {
                    result[row, column] = element;
                }
                else
                {
                    Assert.True(T.IsNaN(element), $"({row}, {column}) is outside the matrix");
                }
            }
        }
        return result;
    }

    private T Owned<T>(T resource)
        where T : IDisposable
    {
        owned.Add(resource);
        return resource;
    }

    private sealed record Part<T>(Matrix<T> Place, int OuterRows, int OuterColumns, AlignedBuffer<T>? OnHost, DeviceBuffer<T>? OnDevice)
        where T : unmanaged;
}
