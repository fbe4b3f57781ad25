using Engine.Kernels.Algebra;

namespace Engine.Learn.Spectra;

/// <summary>A symmetric positive semi-definite matrix of which only products with vectors are known: a kernel in memory, or J Jᵀ by a forward and a backward pass.</summary>
public interface IKernelOperator
{
    /// <summary>n, rows and columns.</summary>
    int Size { get; }

    /// <summary>K v for several vectors at once.</summary>
    /// <param name="vectors">Vectors as rows, [k, n].</param>
    /// <param name="products">K times each, as rows, [k, n].</param>
    void Multiply(Matrix<double> vectors, Matrix<double> products);
}
