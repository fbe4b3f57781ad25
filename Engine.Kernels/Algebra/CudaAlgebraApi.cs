using System.Runtime.InteropServices;

namespace Engine.Kernels.Algebra;

/// <summary>The calls of cuBLAS and of cuSOLVER's 64-bit interface. Both store columns.</summary>
internal static unsafe partial class CudaAlgebraApi
{
    internal const int NotTransposed = 0;
    internal const int Transposed = 1;
    internal const int Lower = 0;
    internal const int Upper = 1;
    internal const int Right = 1;
    internal const int NonUnit = 0;

    /// <summary>CUDA_R_64F.</summary>
    internal const int Real64 = 1;

    [LibraryImport("cublas")]
    internal static partial int cublasCreate_v2(nint* handle);

    [LibraryImport("cublas")]
    internal static partial int cublasDestroy_v2(nint handle);

    [LibraryImport("cublas")]
    internal static partial int cublasSetStream_v2(nint handle, nint stream);

    [LibraryImport("cublas")]
    internal static partial int cublasSetWorkspace_v2(nint handle, nint workspace, nuint bytes);

    [LibraryImport("cublas")]
    internal static partial int cublasSgemm_v2(
        nint handle, int transA, int transB, int m, int n, int k, float* alpha, void* a, int lda, void* b, int ldb, float* beta, void* c, int ldc);

    [LibraryImport("cublas")]
    internal static partial int cublasDgemm_v2(
        nint handle, int transA, int transB, int m, int n, int k, double* alpha, void* a, int lda, void* b, int ldb, double* beta, void* c, int ldc);

    [LibraryImport("cublas")]
    internal static partial int cublasSsyrk_v2(nint handle, int uplo, int trans, int n, int k, float* alpha, void* a, int lda, float* beta, void* c, int ldc);

    [LibraryImport("cublas")]
    internal static partial int cublasDsyrk_v2(nint handle, int uplo, int trans, int n, int k, double* alpha, void* a, int lda, double* beta, void* c, int ldc);

    [LibraryImport("cublas")]
    internal static partial int cublasDtrsm_v2(nint handle, int side, int uplo, int trans, int diag, int m, int n, double* alpha, void* a, int lda, void* b, int ldb);

    /// <summary>C = α op(A) + β op(B): with β 0 a transposition.</summary>
    [LibraryImport("cublas")]
    internal static partial int cublasDgeam(
        nint handle, int transA, int transB, int m, int n, double* alpha, void* a, int lda, double* beta, void* b, int ldb, void* c, int ldc);

    [LibraryImport("cusolver")]
    internal static partial int cusolverDnCreate(nint* handle);

    [LibraryImport("cusolver")]
    internal static partial int cusolverDnDestroy(nint handle);

    [LibraryImport("cusolver")]
    internal static partial int cusolverDnSetStream(nint handle, nint stream);

    [LibraryImport("cusolver")]
    internal static partial int cusolverDnXpotrf_bufferSize(
        nint handle, nint parameters, int uplo, long n, int typeA, void* a, long lda, int computeType, nuint* deviceBytes, nuint* hostBytes);

    [LibraryImport("cusolver")]
    internal static partial int cusolverDnXpotrf(
        nint handle, nint parameters, int uplo, long n, int typeA, void* a, long lda, int computeType, void* device, nuint deviceBytes, void* host, nuint hostBytes,
        void* info);

    [LibraryImport("cusolver")]
    internal static partial int cusolverDnXsyevd_bufferSize(
        nint handle, nint parameters, int jobz, int uplo, long n, int typeA, void* a, long lda, int typeW, void* w, int computeType, nuint* deviceBytes, nuint* hostBytes);

    [LibraryImport("cusolver")]
    internal static partial int cusolverDnXsyevd(
        nint handle, nint parameters, int jobz, int uplo, long n, int typeA, void* a, long lda, int typeW, void* w, int computeType, void* device, nuint deviceBytes,
        void* host, nuint hostBytes, void* info);

    [LibraryImport("cusolver")]
    internal static partial int cusolverDnDgeqrf_bufferSize(nint handle, int m, int n, void* a, int lda, int* length);

    [LibraryImport("cusolver")]
    internal static partial int cusolverDnDgeqrf(nint handle, int m, int n, void* a, int lda, void* tau, void* work, int length, void* info);

    [LibraryImport("cusolver")]
    internal static partial int cusolverDnDormqr_bufferSize(
        nint handle, int side, int trans, int m, int n, int k, void* a, int lda, void* tau, void* c, int ldc, int* length);

    [LibraryImport("cusolver")]
    internal static partial int cusolverDnDormqr(
        nint handle, int side, int trans, int m, int n, int k, void* a, int lda, void* tau, void* c, int ldc, void* work, int length, void* info);
}
