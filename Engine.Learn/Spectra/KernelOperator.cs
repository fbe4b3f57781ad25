using Engine.Kernels.Algebra;

namespace Engine.Learn.Spectra;

/// <summary>A symmetric kernel in memory.</summary>
/// <param name="kernel">All of it, [n, n].</param>
/// <param name="algebra">Of the processor.</param>
public sealed class KernelOperator(Matrix<double> kernel, LinearAlgebra algebra) : IKernelOperator
{
    public int Size => kernel.Rows;

    public void Multiply(Matrix<double> vectors, Matrix<double> products) => algebra.Gemm(1, vectors, kernel, 0, products);
}
