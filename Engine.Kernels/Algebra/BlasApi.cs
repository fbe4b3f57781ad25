using System.Runtime.InteropServices;

namespace Engine.Kernels.Algebra;

/// <summary>CBLAS, and LAPACK by its Fortran names: integers of 32 bits, everything by address, the lengths of texts after all arguments.</summary>
internal static unsafe partial class BlasApi
{
    internal const int RowMajor = 101;
    internal const int NotTransposed = 111;
    internal const int Transposed = 112;
    internal const int Upper = 121;
    internal const int Lower = 122;
    internal const int NonUnit = 131;
    internal const int Left = 141;
    internal const int Right = 142;

    [LibraryImport("blas")]
    internal static partial void cblas_sgemm(
        int order, int transA, int transB, int m, int n, int k, float alpha, float* a, int lda, float* b, int ldb, float beta, float* c, int ldc);

    [LibraryImport("blas")]
    internal static partial void cblas_dgemm(
        int order, int transA, int transB, int m, int n, int k, double alpha, double* a, int lda, double* b, int ldb, double beta, double* c, int ldc);

    [LibraryImport("blas")]
    internal static partial void cblas_ssyrk(int order, int uplo, int trans, int n, int k, float alpha, float* a, int lda, float beta, float* c, int ldc);

    [LibraryImport("blas")]
    internal static partial void cblas_dsyrk(int order, int uplo, int trans, int n, int k, double alpha, double* a, int lda, double beta, double* c, int ldc);

    [LibraryImport("blas")]
    internal static partial void cblas_dtrsm(
        int order, int side, int uplo, int trans, int diag, int m, int n, double alpha, double* a, int lda, double* b, int ldb);

    [LibraryImport("lapack")]
    internal static partial void dpotrf_(byte* uplo, int* n, double* a, int* lda, int* info, nint uploLength);

    [LibraryImport("lapack")]
    internal static partial void dsyevd_(
        byte* jobz, byte* uplo, int* n, double* a, int* lda, double* w, double* work, int* lwork, int* iwork, int* liwork, int* info, nint jobzLength, nint uploLength);

    [LibraryImport("lapack")]
    internal static partial void dgelqf_(int* m, int* n, double* a, int* lda, double* tau, double* work, int* lwork, int* info);

    [LibraryImport("lapack")]
    internal static partial void dormlq_(
        byte* side, byte* trans, int* m, int* n, int* k, double* a, int* lda, double* tau, double* c, int* ldc, double* work, int* lwork, int* info,
        nint sideLength, nint transLength);
}
