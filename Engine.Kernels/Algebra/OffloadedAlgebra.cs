using Engine.Kernels.Devices;

namespace Engine.Kernels.Algebra;

/// <summary>
/// Matrices of the host, computed by the processor but for one thing: eigenvalues of large ones by a CUDA device of enough memory. Products of such matrices would take longer on their way
/// there than on the processor.
/// </summary>
internal sealed class OffloadedAlgebra(LinearAlgebra host, CudaDevice device) : LinearAlgebra
{
    /// <summary>Fewer rows are done on the processor while a device is being told of them: an estimate, not measured.</summary>
    private const int FewestRows = 1000;

    /// <summary>Matrices in the memory of the device while eigenvectors are computed: that of cuSOLVER's divide and conquer is twice the matrix.</summary>
    private const int Matrices = 4;

    private readonly Lazy<CudaAlgebra> there = new(() => new(device));

    public override string Name => $"{host.Name}, eigenvalues of large matrices on {device.Description.Name}";

    public override bool IsOffloaded => true;

    private protected override void Diagonalise(Matrix<double> a, Matrix<double> values, bool vectors)
    {
        var n = a.Rows;
        // By what does not change from run to run: where it is computed decides the bits.
        if (n < FewestRows || 8.0 * Matrices * n * n > device.Description.MemoryBytes)
        {
            host.SymmetricEigen(a, values, vectors);
            return;
        }
        using var matrix = device.Allocate<double>((long)n * n);
        using var found = device.Allocate<double>(n);
        for (var row = 0; row < n; row++)
        {
            matrix.Upload(a.Row(row), (long)row * n);
        }
        there.Value.SymmetricEigen(new(matrix, n, n), new(found, 1, n), vectors);
        found.Download(values.Row(0));
        for (var row = 0; vectors && row < n; row++)
        {
            matrix.Download(a.Row(row), (long)row * n);
        }
    }

    private protected override void Multiply<T>(T alpha, Matrix<T> a, Matrix<T> b, T beta, Matrix<T> c) => host.Gemm(alpha, a, b, beta, c);

    private protected override void MultiplyByTransposed<T>(T alpha, Matrix<T> a, T beta, Matrix<T> c) => host.Syrk(alpha, a, beta, c);

    private protected override void FactorCholesky(Matrix<double> a) => host.Cholesky(a);

    private protected override void FactorQR(Matrix<double> a, Matrix<double> b) => host.QR(a, b);

    private protected override void Substitute(Matrix<double> t, bool lower, Matrix<double> b) => host.SolveTriangular(t, lower, b);

    private protected override void Release()
    {
        if (there.IsValueCreated)
        {
            there.Value.Dispose();
        }
        host.Dispose();
    }
}
