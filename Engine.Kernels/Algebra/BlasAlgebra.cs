using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Engine.Kernels.Errors;
using Engine.Kernels.Memory;
using Engine.Kernels.Native;
using Engine.Kernels.Threading;
using static Engine.Kernels.Algebra.BlasApi;

namespace Engine.Kernels.Algebra;

/// <summary>
/// OpenBLAS, or another BLAS with LAPACK. LAPACK stores columns: to it a matrix of ours is the transpose, its upper triangle our lower one. The library runs on the threads
/// that call it: its own would share out sums in a way that depends on their number.
/// </summary>
internal sealed unsafe class BlasAlgebra : ProcessorAlgebra
{
    /// <summary>Above this, the length of dsyevd's workspace, 1 + 6 n + 2 n², is no 32-bit integer; without vectors it is 2 n + 1.</summary>
    private const int MostRowsWithVectors = 32_766;

    private readonly LibraryDescription library;
    private readonly Workers team;

    public BlasAlgebra(Workers workers, LibraryDescription library)
        : base(workers)
    {
        (this.library, team) = (library, workers);
        if (NativeLibraries.TryGet("blas", out var handle, out _) && NativeLibrary.TryGetExport(handle, "openblas_set_num_threads", out var call))
        {
            ((delegate* unmanaged<int, void>)call)(1);
        }
    }

    public override string Name => library.Version ?? library.Path!;

    private protected override void MultiplyTile<T>(T alpha, Matrix<T> a, Matrix<T> b, T beta, Matrix<T> c)
    {
        var (transA, transB) = (a.IsTransposed ? Transposed : NotTransposed, b.IsTransposed ? Transposed : NotTransposed);
        if (typeof(T) == typeof(float))
        {
            cblas_sgemm(
                RowMajor, transA, transB, c.Rows, c.Columns, a.Columns, Unsafe.BitCast<T, float>(alpha), (float*)a.Elements, a.Stride, (float*)b.Elements, b.Stride,
                Unsafe.BitCast<T, float>(beta), (float*)c.Elements, c.Stride);
            return;
        }
        cblas_dgemm(
            RowMajor, transA, transB, c.Rows, c.Columns, a.Columns, Unsafe.BitCast<T, double>(alpha), (double*)a.Elements, a.Stride, (double*)b.Elements, b.Stride,
            Unsafe.BitCast<T, double>(beta), (double*)c.Elements, c.Stride);
    }

    private protected override void MultiplyTileByTransposed<T>(T alpha, Matrix<T> a, T beta, Matrix<T> c)
    {
        var trans = a.IsTransposed ? Transposed : NotTransposed;
        if (typeof(T) == typeof(float))
        {
            cblas_ssyrk(
                RowMajor, Lower, trans, c.Rows, a.Columns, Unsafe.BitCast<T, float>(alpha), (float*)a.Elements, a.Stride, Unsafe.BitCast<T, float>(beta), (float*)c.Elements, c.Stride);
            return;
        }
        cblas_dsyrk(
            RowMajor, Lower, trans, c.Rows, a.Columns, Unsafe.BitCast<T, double>(alpha), (double*)a.Elements, a.Stride, Unsafe.BitCast<T, double>(beta), (double*)c.Elements, c.Stride);
    }

    private protected override int FactorBlock(Matrix<double> a)
    {
        var (n, lda, info, upper) = (a.Rows, a.Stride, 0, (byte)'U');
        dpotrf_(&upper, &n, a.Elements, &lda, &info, 1);
        return info - 1;
    }

    private protected override void SolveFromRight(Matrix<double> lower, Matrix<double> x) =>
        cblas_dtrsm(RowMajor, Right, Lower, Transposed, NonUnit, x.Rows, x.Columns, 1, lower.Elements, lower.Stride, x.Elements, x.Stride);

    private protected override void Substitute(Matrix<double> t, bool lower, Matrix<double> b)
    {
        // In memory a transpose has the other triangle.
        var (triangle, trans) = (lower != t.IsTransposed ? Lower : Upper, t.IsTransposed ? Transposed : NotTransposed);
        const int Columns = 64;
        team.For(b.Columns, Columns, (start, end) =>
            cblas_dtrsm(RowMajor, Left, triangle, trans, NonUnit, b.Rows, end - start, 1, t.Elements, t.Stride, b.At(0, start), b.Stride));
    }

    private protected override void Diagonalise(Matrix<double> a, Matrix<double> values, bool vectors)
    {
        if (vectors && a.Rows > MostRowsWithVectors)
        {
            throw new InputException(
                $"eigenvectors of {a.Rows} rows were asked for, expected at most {MostRowsWithVectors}: LAPACK counts its workspace in 32-bit integers; ask for eigenvalues alone");
        }
        var (n, lda, info, upper, job) = (a.Rows, a.Stride, 0, (byte)'U', vectors ? (byte)'V' : (byte)'N');
        var (length, lengthOfIntegers, query, integerQuery) = (-1, -1, 0.0, 0);
        dsyevd_(&job, &upper, &n, a.Elements, &lda, values.Elements, &query, &length, &integerQuery, &lengthOfIntegers, &info, 1, 1);
        (length, lengthOfIntegers) = ((int)query, integerQuery);
        using var work = new AlignedBuffer<double>(length);
        using var integers = new AlignedBuffer<int>(lengthOfIntegers);
        dsyevd_(&job, &upper, &n, a.Elements, &lda, values.Elements, work.Pointer, &length, integers.Pointer, &lengthOfIntegers, &info, 1, 1);
        if (info != 0)
        {
            throw NotConverged(n);
        }
    }

    /// <summary>To LAPACK Aᵀ = L P with A = Pᵀ Lᵀ: Q is Pᵀ, R is Lᵀ, and (Qᵀ B)ᵀ = Bᵀ Pᵀ.</summary>
    private protected override void FactorQR(Matrix<double> a, Matrix<double> b)
    {
        var (rows, columns, lda, right, ldb, info) = (a.Rows, a.Columns, a.Stride, b.Columns, b.Stride, 0);
        var (side, trans, length, query, queryOfProduct) = ((byte)'R', (byte)'T', -1, 0.0, 0.0);
        using var tau = new AlignedBuffer<double>(columns);
        dgelqf_(&columns, &rows, a.Elements, &lda, tau.Pointer, &query, &length, &info);
        if (right > 0)
        {
            dormlq_(&side, &trans, &right, &rows, &columns, a.Elements, &lda, tau.Pointer, b.Elements, &ldb, &queryOfProduct, &length, &info, 1, 1);
        }
        length = (int)Math.Max(query, queryOfProduct);
        using var work = new AlignedBuffer<double>(length);
        dgelqf_(&columns, &rows, a.Elements, &lda, tau.Pointer, work.Pointer, &length, &info);
        if (right > 0)
        {
            dormlq_(&side, &trans, &right, &rows, &columns, a.Elements, &lda, tau.Pointer, b.Elements, &ldb, work.Pointer, &length, &info, 1, 1);
        }
    }
}
