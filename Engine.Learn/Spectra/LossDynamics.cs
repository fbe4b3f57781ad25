using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Learn.Ntk;

namespace Engine.Learn.Spectra;

/// <summary>The derivative of a loss by the predictions, and what the kernel makes of it.</summary>
public static class LossDynamics
{
    /// <summary>L_pq norm of a matrix, (Σ_j (Σ_i |a_ij|^p)^(q/p))^(1/q), i over rows.</summary>
    /// <param name="matrix">∂L/∂f, [N, C]; of a mean loss it contains the 1/N.</param>
    /// <param name="p">Within a column, positive.</param>
    /// <param name="q">Over columns, positive.</param>
    public static double Norm(Matrix<double> matrix, double p, double q)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(p);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(q);
        var outer = 0.0;
        for (var j = 0; j < matrix.Columns; j++)
        {
            var inner = 0.0;
            for (var i = 0; i < matrix.Rows; i++)
            {
                inner += Math.Pow(Math.Abs(matrix[i, j]), p);
            }
            outer += Math.Pow(inner, q / p);
        }
        return Math.Pow(outer, 1 / q);
    }

    /// <summary>
    /// dL/dt = −gᵀ Θ g under gradient flow, with g = ∂L/∂f: the change of the loss per unit of learning rate and step, to first order. Exact for the full kernel. A kernel that
    /// was traced over outputs stands for its mean beside every output, Θ ≈ K̄ ⊗ 1; of the diagonal only products of an output with itself count, and of a single output only that one.
    /// </summary>
    /// <param name="kernel">Of the samples of the loss.</param>
    /// <param name="derivative">g, [N, C].</param>
    public static double PredictedLossChange(KernelMatrix kernel, Matrix<double> derivative)
    {
        var (n, c) = (kernel.RowSamples, kernel.Outputs);
        if (!kernel.IsSymmetric || derivative.Rows != n || derivative.Columns != c)
        {
            throw new ArgumentException($"a derivative of {derivative.Rows} × {derivative.Columns} does not fit a kernel of {n} samples and {c} outputs with themselves");
        }
        var (values, kind) = (kernel.Values, kernel.Reduction.Kind);
        if (kind == OutputReductionKind.Full)
        {
            return -Form(values, i => derivative[i / c, i % c]);
        }
        if (kind == OutputReductionKind.SingleOutput)
        {
            return -Form(values, i => derivative[i, kernel.Reduction.Output]);
        }
        var share = kind == OutputReductionKind.SumTrace ? 1.0 / c : 1;
        return -share * Enumerable.Range(0, c).Sum(output => Form(kind == OutputReductionKind.Diagonal ? kernel.Block(output) : values, i => derivative[i, output]));
    }

    /// <summary>Σ g_i K_ij g_j.</summary>
    private static double Form(Matrix<double> kernel, Func<int, double> g)
    {
        var vector = Enumerable.Range(0, kernel.Rows).Select(g).ToArray();
        var sum = 0.0;
        for (var i = 0; i < kernel.Rows; i++)
        {
            sum += vector[i] * TensorPrimitives.Dot<double>(kernel.Row(i), vector);
        }
        return sum;
    }
}
