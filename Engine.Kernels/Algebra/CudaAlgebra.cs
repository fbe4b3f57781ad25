using System.Runtime.CompilerServices;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Memory;
using Engine.Kernels.Native;
using static Engine.Kernels.Algebra.CudaAlgebraApi;

namespace Engine.Kernels.Algebra;

/// <summary>
/// cuBLAS and cuSOLVER on a device's stream. They store columns: to them a matrix of ours is the transpose, its upper triangle our lower one. cuBLAS works in memory given to it
/// once, without which it is not the same from run to run.
/// </summary>
internal sealed unsafe class CudaAlgebra : LinearAlgebra
{
    /// <summary>What cuBLAS's documentation recommends for compute capability 9.0.</summary>
    private const int WorkspaceBytes = 32 << 20;

    private const int MirrorGroup = 128;

    private readonly CudaDevice device;
    private readonly DeviceBuffer<byte> workspace;
    private readonly DeviceBuffer<int> info;
    private readonly nint blas;
    private readonly nint solver;

    public CudaAlgebra(CudaDevice device)
    {
        RequireLibraries();
        this.device = device;
        device.Enter();
        nint handle;
        Check(cublasCreate_v2(&handle));
        blas = handle;
        Check(cublasSetStream_v2(blas, device.Stream));
        workspace = device.Allocate<byte>(WorkspaceBytes);
        Check(cublasSetWorkspace_v2(blas, workspace.Handle, WorkspaceBytes));
        Check(cusolverDnCreate(&handle));
        solver = handle;
        Check(cusolverDnSetStream(solver, device.Stream));
        info = device.Allocate<int>(1);
    }

    public override string Name => $"cuBLAS and cuSOLVER on {device.Description.Name}";

    private protected override Device? Device => device;

    /// <exception cref="MissingLibraryException">cuBLAS or cuSOLVER is not there; the message says what was looked for and how to get it.</exception>
    internal static void RequireLibraries()
    {
        _ = NativeLibraries.Require("cublas");
        _ = NativeLibraries.Require("cusolver");
    }

    /// <summary>Completes a symmetric matrix; a group for each row.</summary>
    internal static DeviceKernel MirrorTriangle<T>(Device device) =>
        device.Compile(KernelText.Load("algebra.cl"))[typeof(T) == typeof(float) ? "mirror_float" : "mirror_double"];

    private protected override void Multiply<T>(T alpha, Matrix<T> a, Matrix<T> b, T beta, Matrix<T> c)
    {
        device.Enter();
        var (transA, transB) = (a.IsTransposed ? Transposed : NotTransposed, b.IsTransposed ? Transposed : NotTransposed);
        // Cᵀ = Bᵀ Aᵀ.
        if (typeof(T) == typeof(float))
        {
            var (x, y) = (Unsafe.BitCast<T, float>(alpha), Unsafe.BitCast<T, float>(beta));
            Check(cublasSgemm_v2(blas, transB, transA, c.Columns, c.Rows, a.Columns, &x, b.Elements, b.Stride, a.Elements, a.Stride, &y, c.Elements, c.Stride));
        }
        else
        {
            var (x, y) = (Unsafe.BitCast<T, double>(alpha), Unsafe.BitCast<T, double>(beta));
            Check(cublasDgemm_v2(blas, transB, transA, c.Columns, c.Rows, a.Columns, &x, b.Elements, b.Stride, a.Elements, a.Stride, &y, c.Elements, c.Stride));
        }
    }

    private protected override void MultiplyByTransposed<T>(T alpha, Matrix<T> a, T beta, Matrix<T> c)
    {
        device.Enter();
        // In memory A is (Aᵀ)ᵀ: the product A Aᵀ is one of a transposed first factor.
        var trans = a.IsTransposed ? NotTransposed : Transposed;
        if (typeof(T) == typeof(float))
        {
            var (x, y) = (Unsafe.BitCast<T, float>(alpha), Unsafe.BitCast<T, float>(beta));
            Check(cublasSsyrk_v2(blas, Upper, trans, c.Rows, a.Columns, &x, a.Elements, a.Stride, &y, c.Elements, c.Stride));
        }
        else
        {
            var (x, y) = (Unsafe.BitCast<T, double>(alpha), Unsafe.BitCast<T, double>(beta));
            Check(cublasDsyrk_v2(blas, Upper, trans, c.Rows, a.Columns, &x, a.Elements, a.Stride, &y, c.Elements, c.Stride));
        }
        MirrorTriangle<T>(device).Launch(c.Rows * MirrorGroup, MirrorGroup, KernelArgument.At<T>((nint)c.Elements), c.Rows, c.Stride);
    }

    private protected override void Diagonalise(Matrix<double> a, Matrix<double> values, bool vectors)
    {
        device.Enter();
        var job = vectors ? 1 : 0;
        nuint onDevice, onHost;
        Check(cusolverDnXsyevd_bufferSize(solver, 0, job, Upper, a.Rows, Real64, a.Elements, a.Stride, Real64, values.Elements, Real64, &onDevice, &onHost));
        using var memory = device.Allocate<byte>((long)onDevice);
        using var host = new AlignedBuffer<byte>(checked((int)onHost));
        Check(cusolverDnXsyevd(
            solver, 0, job, Upper, a.Rows, Real64, a.Elements, a.Stride, Real64, values.Elements, Real64, (void*)memory.Handle, onDevice, host.Pointer, onHost,
            (void*)info.Handle));
        if (Info("cusolverDnXsyevd") != 0)
        {
            throw NotConverged(a.Rows);
        }
    }

    private protected override void FactorCholesky(Matrix<double> a)
    {
        device.Enter();
        nuint onDevice, onHost;
        Check(cusolverDnXpotrf_bufferSize(solver, 0, Upper, a.Rows, Real64, a.Elements, a.Stride, Real64, &onDevice, &onHost));
        using var memory = device.Allocate<byte>((long)onDevice);
        using var host = new AlignedBuffer<byte>(checked((int)onHost));
        Check(cusolverDnXpotrf(
            solver, 0, Upper, a.Rows, Real64, a.Elements, a.Stride, Real64, (void*)memory.Handle, onDevice, host.Pointer, onHost, (void*)info.Handle));
        if (Info("cusolverDnXpotrf") is > 0 and var row)
        {
            throw NotPositive(row - 1);
        }
    }

    /// <summary>By way of A's transpose, because cuSOLVER has no LQ factor: A = Q R in its own order, R back, and (Qᵀ B)ᵀ = Bᵀ Q.</summary>
    private protected override void FactorQR(Matrix<double> a, Matrix<double> b)
    {
        device.Enter();
        var (rows, columns) = (a.Rows, a.Columns);
        var (one, zero) = (1.0, 0.0);
        using var byColumns = device.Allocate<double>((long)rows * columns);
        using var tau = device.Allocate<double>(columns);
        void* factor = (void*)byColumns.Handle, scales = (void*)tau.Handle;
        Check(cublasDgeam(blas, Transposed, NotTransposed, rows, columns, &one, a.Elements, a.Stride, &zero, factor, rows, factor, rows));
        int length;
        var ofProduct = 0;
        Check(cusolverDnDgeqrf_bufferSize(solver, rows, columns, factor, rows, &length));
        if (b.Columns > 0)
        {
            Check(cusolverDnDormqr_bufferSize(solver, Right, NotTransposed, b.Columns, rows, columns, factor, rows, scales, b.Elements, b.Stride, &ofProduct));
        }
        using var work = device.Allocate<double>(Math.Max(length, ofProduct));
        Check(cusolverDnDgeqrf(solver, rows, columns, factor, rows, scales, (void*)work.Handle, length, (void*)info.Handle));
        _ = Info("cusolverDnDgeqrf");
        if (b.Columns > 0)
        {
            Check(cusolverDnDormqr(
                solver, Right, NotTransposed, b.Columns, rows, columns, factor, rows, scales, b.Elements, b.Stride, (void*)work.Handle, ofProduct, (void*)info.Handle));
            _ = Info("cusolverDnDormqr");
        }
        Check(cublasDgeam(blas, Transposed, NotTransposed, columns, columns, &one, factor, rows, &zero, a.Elements, a.Stride, a.Elements, a.Stride));
    }

    private protected override void Substitute(Matrix<double> t, bool lower, Matrix<double> b)
    {
        device.Enter();
        var one = 1.0;
        // X = T⁻¹ B is Xᵀ Tᵀ = Bᵀ; Tᵀ is what is in memory, unless T is a transpose itself.
        Check(cublasDtrsm_v2(
            blas, Right, lower != t.IsTransposed ? Upper : Lower, t.IsTransposed ? Transposed : NotTransposed, NonUnit, b.Columns, b.Rows, &one, t.Elements, t.Stride,
            b.Elements, b.Stride));
    }

    private protected override void Release()
    {
        device.Enter();
        _ = cusolverDnDestroy(solver);
        _ = cublasDestroy_v2(blas);
        info.Dispose();
        workspace.Dispose();
    }

    /// <summary>What cuSOLVER reports of the matrix.</summary>
    private int Info(string call)
    {
        var result = info.ToArray()[0];
        return result >= 0 ? result : throw new RunFailedException($"{call} says that argument {-result} is wrong; this is an error of the program, please report it");
    }

    private static void Check(int status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != 0)
        {
            throw new RunFailedException($"{call[..call.IndexOf('(', StringComparison.Ordinal)]} failed with status {status}; expected 0; use another device, or a smaller matrix");
        }
    }
}
