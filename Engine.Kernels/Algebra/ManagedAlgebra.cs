using System.Numerics;
using Engine.Kernels.Memory;
using Engine.Kernels.Threading;

namespace Engine.Kernels.Algebra;

/// <summary>Where there is no BLAS, and what the libraries are tested against: short, exact and slow.</summary>
internal sealed unsafe class ManagedAlgebra(Workers workers, string reason) : ProcessorAlgebra(workers)
{
    /// <summary>Jacobi's method halves its error again and again: the few matrices that need more sweeps are none.</summary>
    private const int LargestNumberOfSweeps = 60;

    public override string Name => $"our own fallback, many times slower than OpenBLAS: {reason}";

    private protected override void MultiplyTile<T>(T alpha, Matrix<T> a, Matrix<T> b, T beta, Matrix<T> c)
    {
        using var plainA = new AlignedBuffer<T>();
        using var plainB = new AlignedBuffer<T>();
        (a, b) = (Plain(a, plainA), Plain(b, plainB));
        for (var i = 0; i < c.Rows; i++)
        {
            var row = new Span<T>(c.At(i, 0), c.Columns);
            if (beta == T.Zero)
            {
                row.Clear();
            }
            else if (beta != T.One)
            {
                for (var j = 0; j < row.Length; j++)
                {
                    row[j] *= beta;
                }
            }
            for (var k = 0; k < a.Columns; k++)
            {
                AddMultiple(row, alpha * a[i, k], b.At(k, 0));
            }
        }
    }

    private protected override void MultiplyTileByTransposed<T>(T alpha, Matrix<T> a, T beta, Matrix<T> c) => MultiplyTile(alpha, a, a.Transposed, beta, c);

    private protected override int FactorBlock(Matrix<double> a)
    {
        for (var i = 0; i < a.Rows; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i, j];
                for (var k = 0; k < j; k++)
                {
                    sum -= a[i, k] * a[j, k];
                }
                if (i == j && !(sum > 0))
                {
                    return i;
                }
                a[i, j] = i == j ? Math.Sqrt(sum) : sum / a[j, j];
            }
        }
        return -1;
    }

    private protected override void SolveFromRight(Matrix<double> lower, Matrix<double> x)
    {
        for (var i = 0; i < x.Rows; i++)
        {
            for (var j = 0; j < x.Columns; j++)
            {
                var sum = x[i, j];
                for (var k = 0; k < j; k++)
                {
                    sum -= x[i, k] * lower[j, k];
                }
                x[i, j] = sum / lower[j, j];
            }
        }
    }

    private protected override void Substitute(Matrix<double> t, bool lower, Matrix<double> b)
    {
        for (var step = 0; step < b.Rows; step++)
        {
            var i = lower ? step : b.Rows - 1 - step;
            var row = new Span<double>(b.At(i, 0), b.Columns);
            for (var k = lower ? 0 : i + 1; k < (lower ? i : b.Rows); k++)
            {
                AddMultiple(row, -t[i, k], b.At(k, 0));
            }
            foreach (ref var element in row)
            {
                element /= t[i, i];
            }
        }
    }

    /// <summary>Jacobi's rotations, row by row (G. H. Golub and C. F. Van Loan, Matrix Computations, 4th ed., section 8.5): no method is more accurate.</summary>
    private protected override void Diagonalise(Matrix<double> a, Matrix<double> values, bool vectors)
    {
        var n = a.Rows;
        using var symmetric = new AlignedBuffer<double>(n * n);
        var s = new Matrix<double>(symmetric, n, n);
        using var rows = new AlignedBuffer<double>(n * n);
        var v = new Matrix<double>(rows, n, n);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                (s[i, j], s[j, i]) = (a[i, j], a[i, j]);
            }
            v[i, i] = 1;
        }
        for (var sweep = 0; Rotate(s, v); sweep++)
        {
            if (sweep == LargestNumberOfSweeps)
            {
                throw NotConverged(n);
            }
        }
        var order = Enumerable.Range(0, n).OrderBy(i => s[i, i]).ToArray();
        for (var i = 0; i < n; i++)
        {
            values[0, i] = s[order[i], order[i]];
            if (vectors)
            {
                new Span<double>(v.At(order[i], 0), n).CopyTo(new Span<double>(a.At(i, 0), n));
            }
        }
    }

    /// <summary>Householder's reflections, one column after the other (same book, section 5.2).</summary>
    private protected override void FactorQR(Matrix<double> a, Matrix<double> b)
    {
        using var reflection = new AlignedBuffer<double>(a.Rows);
        var v = reflection.Span;
        for (var k = 0; k < a.Columns; k++)
        {
            var square = 0.0;
            for (var i = k; i < a.Rows; i++)
            {
                v[i] = a[i, k];
                square += v[i] * v[i];
            }
            var norm = Math.Sqrt(square);
            if (norm == 0)
            {
                continue;
            }
            var sign = v[k] < 0 ? -1 : 1;
            v[k] += sign * norm;
            var scale = 1 / (norm * (norm + Math.Abs(a[k, k])));
            Reflect(a.Block(k, k, a.Rows - k, a.Columns - k), v[k..], scale);
            Reflect(b.Block(k, 0, b.Rows - k, b.Columns), v[k..], scale);
        }
    }

    /// <summary>A ← A − s v (vᵀ A).</summary>
    private static void Reflect(Matrix<double> a, ReadOnlySpan<double> v, double s)
    {
        var product = new double[a.Columns];
        fixed (double* p = product)
        {
            for (var i = 0; i < a.Rows; i++)
            {
                AddMultiple(product, v[i], a.At(i, 0));
            }
            for (var i = 0; i < a.Rows; i++)
            {
                AddMultiple(new Span<double>(a.At(i, 0), a.Columns), -s * v[i], p);
            }
        }
    }

    /// <summary>One sweep over all pairs of rows; false when nothing is left to rotate away.</summary>
    private static bool Rotate(Matrix<double> s, Matrix<double> v)
    {
        var rotated = false;
        var square = 0.0;
        for (var i = 0; i < s.Rows; i++)
        {
            foreach (var element in new ReadOnlySpan<double>(s.At(i, 0), s.Columns))
            {
                square += element * element;
            }
        }
        var negligible = 1e-18 * Math.Sqrt(square);
        for (var p = 0; p < s.Rows; p++)
        {
            for (var q = p + 1; q < s.Rows; q++)
            {
                if (Math.Abs(s[p, q]) <= negligible)
                {
                    continue;
                }
                rotated = true;
                var theta = (s[q, q] - s[p, p]) / (2 * s[p, q]);
                var t = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
                var cosine = 1 / Math.Sqrt(t * t + 1);
                Turn(s.Transposed, p, q, cosine, t * cosine);
                Turn(s, p, q, cosine, t * cosine);
                (s[p, q], s[q, p]) = (0, 0);
                Turn(v, p, q, cosine, t * cosine);
            }
        }
        return rotated;
    }

    private static void Turn(Matrix<double> m, int p, int q, double cosine, double sine)
    {
        for (var k = 0; k < m.Columns; k++)
        {
            var (x, y) = (m[p, k], m[q, k]);
            m[p, k] = cosine * x - sine * y;
            m[q, k] = sine * x + cosine * y;
        }
    }

    private static void AddMultiple<T>(Span<T> row, T factor, T* other)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var j = 0;
        fixed (T* p = row)
        {
            for (var f = new Vector<T>(factor); j <= row.Length - Vector<T>.Count; j += Vector<T>.Count)
            {
                (Vector.Load(p + j) + f * Vector.Load(other + j)).Store(p + j);
            }
        }
        for (; j < row.Length; j++)
        {
            row[j] += factor * other[j];
        }
    }

    /// <summary>The matrix itself, or what a transpose is in memory of its own.</summary>
    private static Matrix<T> Plain<T>(Matrix<T> a, AlignedBuffer<T> memory)
        where T : unmanaged
    {
        if (!a.IsTransposed)
        {
            return a;
        }
        memory.Require(a.Rows * a.Columns);
        var plain = new Matrix<T>(memory, a.Rows, a.Columns);
        for (var i = 0; i < a.Rows; i++)
        {
            for (var j = 0; j < a.Columns; j++)
            {
                plain[i, j] = a[i, j];
            }
        }
        return plain;
    }
}
