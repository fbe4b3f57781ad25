using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;
using Engine.Learn.Spectra;

namespace Engine.Perf.Science;

/// <summary>A symmetric matrix whose eigenvalues are known: diag(λ) reflected, (1 − 2 v vᵀ) diag(λ) (1 − 2 v vᵀ), as products with vectors or element by element.</summary>
internal sealed class KnownSpectrum : IKernelOperator
{
    private readonly double[] eigenvalues;
    private readonly double[] direction;

    /// <param name="eigenvalues">λ.</param>
    /// <param name="seed">Of v.</param>
    public KnownSpectrum(IReadOnlyList<double> eigenvalues, int seed = 1)
    {
        var random = new Random(seed);
        this.eigenvalues = [.. eigenvalues];
        direction = [.. eigenvalues.Select(_ => random.NextDouble() - 0.5)];
        TensorPrimitives.Divide(direction, TensorPrimitives.Norm<double>(direction), direction);
    }

    public int Size => eigenvalues.Length;

    /// <summary>λ_i = i^−power, as the kernels of networks fall.</summary>
    public static double[] Falling(int n, double power) => [.. Enumerable.Range(1, n).Select(i => Math.Pow(i, -power))];

    /// <summary>The matrix in memory.</summary>
    public static MatrixBuffer<double> Of(IReadOnlyList<double> eigenvalues, int seed = 1) => new KnownSpectrum(eigenvalues, seed).ToMatrix(Workers.Single);

    /// <inheritdoc cref="Of"/>
    public MatrixBuffer<double> ToMatrix(Workers workers)
    {
        var rayleigh = Enumerable.Range(0, Size).Sum(i => direction[i] * direction[i] * eigenvalues[i]);
        var result = new MatrixBuffer<double>(Size, Size);
        var matrix = result.Matrix;
        workers.Run(Size, i =>
        {
            var row = matrix.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = (i == j ? eigenvalues[i] : 0) + direction[i] * direction[j] * (4 * rayleigh - 2 * eigenvalues[i] - 2 * eigenvalues[j]);
            }
        });
        return result;
    }

    public void Multiply(Matrix<double> vectors, Matrix<double> products)
    {
        for (var k = 0; k < vectors.Rows; k++)
        {
            var product = products.Row(k);
            vectors.Row(k).CopyTo(product);
            Reflect(product);
            TensorPrimitives.Multiply(product, eigenvalues, product);
            Reflect(product);
        }
    }

    private void Reflect(Span<double> vector) => TensorPrimitives.MultiplyAdd(direction, -2 * TensorPrimitives.Dot<double>(direction, vector), vector, vector);
}
