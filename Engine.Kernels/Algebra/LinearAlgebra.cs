using System.Numerics;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;
using Engine.Kernels.Threading;

namespace Engine.Kernels.Algebra;

/// <summary>
/// Dense linear algebra on the processor or on a device, by whichever library is there. Matrices are of the place they are computed in. The same bits for any number of threads;
/// another library or device rounds differently.
/// </summary>
public abstract class LinearAlgebra : IDisposable
{
    /// <summary>Who computes, for reports: "OpenBLAS 0.3.21 …".</summary>
    public abstract string Name { get; }

    /// <summary>Whether eigenvalues of large matrices are computed elsewhere than where the matrices are, see <see cref="OfHost"/>.</summary>
    public virtual bool IsOffloaded => false;

    /// <summary>Where matrices have to be; null for the host.</summary>
    private protected virtual Device? Device => null;

    /// <summary>On the processor: OpenBLAS where it is found, else code of our own that is many times slower.</summary>
    public static LinearAlgebra OfProcessor(Workers workers)
    {
        var (blas, lapack) = (LibraryDescription.Of("blas"), LibraryDescription.Of("lapack"));
        return blas.Reason is null && lapack.Reason is null ? new BlasAlgebra(workers, blas) : new ManagedAlgebra(workers, blas.Reason ?? lapack.Reason!);
    }

    /// <summary>
    /// Of matrices of the host: <see cref="OfProcessor"/>, with eigenvalues of large ones by the device where that is a CUDA device with cuSOLVER.
    /// </summary>
    public static LinearAlgebra OfHost(Workers workers, Device? device) =>
        device is CudaDevice cuda && LibraryDescription.Of("cusolver").Reason is null && LibraryDescription.Of("cublas").Reason is null
            ? new OffloadedAlgebra(OfProcessor(workers), cuda)
            : OfProcessor(workers);

    /// <summary>On a CUDA device by cuBLAS and cuSOLVER, in the order of the device's other work.</summary>
    /// <exception cref="MissingLibraryException">One of them is not there.</exception>
    /// <exception cref="InputException">The device has none: OpenCL.</exception>
    public static LinearAlgebra On(Device device) => device is CudaDevice cuda
        ? new CudaAlgebra(cuda)
        : throw new InputException($"there is no linear algebra for {device.Address}, expected a CUDA device; use the processor's");

    /// <summary>C ← α A B + β C; what C holds is ignored where β is 0.</summary>
    public void Gemm<T>(T alpha, Matrix<T> a, Matrix<T> b, T beta, Matrix<T> c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireHere(a, b, c);
        RequireShape("A B = C", a.Columns == b.Rows && a.Rows == c.Rows && b.Columns == c.Columns, a, b, c);
        RequirePlain(c);
        if (c.Rows > 0 && c.Columns > 0)
        {
            Multiply(alpha, a, b, beta, c);
        }
    }

    /// <summary>C ← α A Aᵀ + β C, both triangles of C, which is symmetric; what C holds is ignored where β is 0.</summary>
    public void Syrk<T>(T alpha, Matrix<T> a, T beta, Matrix<T> c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireHere(a, c);
        RequireShape("A Aᵀ = C", a.Rows == c.Rows && a.Rows == c.Columns, a, a, c);
        RequirePlain(c);
        if (c.Rows > 0)
        {
            MultiplyByTransposed(alpha, a, beta, c);
        }
    }

    /// <summary>Eigenvalues of a symmetric matrix in ascending order, and its eigenvectors.</summary>
    /// <param name="a">Read: the lower triangle. Left: nothing of meaning, or the eigenvectors as rows in the order of their values, normalised, sign undetermined.</param>
    /// <param name="values">One row or column, at least as long as a is.</param>
    /// <param name="vectors">Whether eigenvectors are wanted: they take a few times as long.</param>
    /// <exception cref="RunFailedException">No convergence: there are elements that are not finite.</exception>
    public void SymmetricEigen(Matrix<double> a, Matrix<double> values, bool vectors)
    {
        RequireHere(a, values);
        RequireShape("symmetric A, its values", a.Rows == a.Columns && values.Rows == 1 && values.Columns == a.Rows, a, values);
        RequirePlain(a);
        RequirePlain(values);
        if (a.Rows > 0)
        {
            Diagonalise(a, values, vectors);
        }
    }

    /// <summary>Cholesky factor: the lower triangle L of A = L Lᵀ takes the place of A's; the upper one is left as it was.</summary>
    /// <exception cref="RunFailedException">A is not positive definite; the message names the row where that shows.</exception>
    public void Cholesky(Matrix<double> a)
    {
        RequireHere(a);
        RequireShape("square A", a.Rows == a.Columns, a);
        RequirePlain(a);
        if (a.Rows > 0)
        {
            FactorCholesky(a);
        }
    }

    /// <summary>A = Q R: R takes the place of A's upper triangle (below it nothing of meaning is left) and Qᵀ B that of B.</summary>
    /// <param name="a">At least as many rows as columns.</param>
    /// <param name="b">As many rows as A: the right-hand sides of a least-squares problem, in columns.</param>
    public void QR(Matrix<double> a, Matrix<double> b)
    {
        RequireHere(a, b);
        RequireShape("A of more rows than columns, B of as many rows", a.Rows >= a.Columns && b.Rows == a.Rows, a, b);
        RequirePlain(a);
        RequirePlain(b);
        if (a.Columns > 0)
        {
            FactorQR(a, b);
        }
    }

    /// <summary>B ← T⁻¹ B for a triangular T, of which the other triangle is not read.</summary>
    /// <param name="t">The triangular matrix; it may be a transpose.</param>
    /// <param name="lower">Whether T, as given, is lower triangular.</param>
    /// <param name="b">Right-hand sides, in columns.</param>
    public void SolveTriangular(Matrix<double> t, bool lower, Matrix<double> b)
    {
        RequireHere(t, b);
        RequireShape("square T, B of as many rows", t.Rows == t.Columns && b.Rows == t.Rows, t, b);
        RequirePlain(b);
        if (b.Rows > 0 && b.Columns > 0)
        {
            Substitute(t, lower, b);
        }
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private protected abstract void Multiply<T>(T alpha, Matrix<T> a, Matrix<T> b, T beta, Matrix<T> c)
        where T : unmanaged, IFloatingPointIeee754<T>;

    private protected abstract void MultiplyByTransposed<T>(T alpha, Matrix<T> a, T beta, Matrix<T> c)
        where T : unmanaged, IFloatingPointIeee754<T>;

    private protected abstract void Diagonalise(Matrix<double> a, Matrix<double> values, bool vectors);

    private protected abstract void FactorCholesky(Matrix<double> a);

    private protected abstract void FactorQR(Matrix<double> a, Matrix<double> b);

    private protected abstract void Substitute(Matrix<double> t, bool lower, Matrix<double> b);

    private protected virtual void Release()
    {
    }

    private protected static RunFailedException NotPositive(int row) =>
        new($"the matrix is not positive definite: row {row} of its Cholesky factor has no real diagonal element; add a small multiple of the unit matrix");

    private protected static RunFailedException NotConverged(int n) =>
        new($"the eigenvalues of a {n} × {n} matrix do not converge; expected finite elements; check the data");

    private void RequireHere<T>(params ReadOnlySpan<Matrix<T>> matrices)
        where T : unmanaged
    {
        foreach (var matrix in matrices)
        {
            if (matrix.Device != Device)
            {
                throw new ArgumentException($"a matrix is in the memory of {matrix.Device?.Address ?? "the host"}, expected {Device?.Address ?? "the host"}");
            }
        }
    }

    private static void RequireShape<T>(string what, bool fits, params ReadOnlySpan<Matrix<T>> matrices)
        where T : unmanaged
    {
        if (!fits)
        {
            throw new ArgumentException($"matrices of {string.Join(", ", matrices.ToArray().Select(m => $"{m.Rows} × {m.Columns}"))} do not fit: expected {what}");
        }
    }

    private static void RequirePlain<T>(Matrix<T> matrix)
        where T : unmanaged
    {
        if (matrix.IsTransposed)
        {
            throw new ArgumentException("a transpose cannot be written to; give the matrix itself");
        }
    }
}
