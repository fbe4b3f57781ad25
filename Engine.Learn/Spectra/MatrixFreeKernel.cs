using Engine.Kernels.Algebra;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;

namespace Engine.Learn.Spectra;

/// <summary>A kernel of which only products are computed, by <see cref="TangentOperator"/>: one for each vector of the full kernel and of a single output, C of one that is traced over outputs.</summary>
public sealed class MatrixFreeKernel : IKernelOperator
{
    private readonly TangentOperator tangent;
    private readonly OutputReduction reduction;
    private readonly CancellationToken cancellation;
    private readonly int samples;

    /// <param name="network">The network, as it is when products are asked for.</param>
    /// <param name="data">N samples.</param>
    /// <param name="output">Which output of the network.</param>
    /// <param name="reduction">What becomes of its C numbers; not diagonal.</param>
    /// <param name="cancellation">Ends a product.</param>
    public MatrixFreeKernel(Network network, SampleSet data, string output, OutputReduction reduction, CancellationToken cancellation = default)
    {
        tangent = new(network, data, output);
        (this.reduction, this.cancellation, samples) = (reduction, cancellation, data.Count);
        reduction.Require(tangent.Outputs);
        reduction.RequireOneKernel("products without a kernel");
    }

    /// <inheritdoc/>
    public int Size => reduction.RowsOf(samples, tangent.Outputs);

    /// <inheritdoc/>
    public void Multiply(Matrix<double> vectors, Matrix<double> products)
    {
        var outputs = tangent.Outputs;
        int[] kept = reduction.Kind == OutputReductionKind.SingleOutput ? [reduction.Output] : [.. Enumerable.Range(0, outputs)];
        var wide = new double[samples * outputs];
        for (var row = 0; row < vectors.Rows; row++)
        {
            var vector = vectors.Row(row);
            var product = products.Row(row);
            if (reduction.Kind == OutputReductionKind.Full)
            {
                tangent.Apply(vector, cancellation).CopyTo(product);
                continue;
            }
            product.Clear();
            foreach (var output in kept)
            {
                Array.Clear(wide);
                for (var i = 0; i < samples; i++)
                {
                    wide[i * outputs + output] = vector[i];
                }
                var found = tangent.Apply(wide, cancellation);
                for (var i = 0; i < samples; i++)
                {
                    product[i] += reduction.Weight(outputs) * found[i * outputs + output];
                }
            }
        }
    }
}
