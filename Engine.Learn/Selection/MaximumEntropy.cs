using System.Numerics.Tensors;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Torch;

namespace Engine.Learn.Selection;

/// <summary>
/// "maximumEntropy": one sample after another, each the one whose gradient the chosen ones say least about. With the tangent kernel of the network as the covariance of a Gaussian
/// process, each step adds most to the entropy ½ ln det K of the chosen samples (M. C. Shewry and H. P. Wynn, J. Appl. Stat. 14, 165 (1987)); it is Cholesky's factorisation with the
/// largest pivot first (H. Harbrecht, M. Peters and R. Schneider, Appl. Numer. Math. 62, 428 (2012)), which takes the columns of chosen samples only. Distances are the pivots, the
/// variance of each sample given those before it.
/// </summary>
public sealed record MaximumEntropy : SelectionMethod
{
    internal const string Type = "maximumEntropy";

    /// <summary>Samples up to which the whole kernel is computed at once, 128 MB; above, a column for each that is chosen.</summary>
    private const int LargestKernel = 4096;

    /// <summary>Share of the largest diagonal element below which a pivot is rounding.</summary>
    private const double Rounding = 1e-12;

    /// <summary>The same where columns come from other passes of a float network than the diagonal, in which gradients differ in their last bits, 2⁻²⁴ for each of some sums.</summary>
    private const double RoundingOfPasses = 1e-6;

    private protected override string Kind => Type;

    /// <summary>The whole kernel whatever the size, or its columns.</summary>
    internal override double Work(int size, int pool) => pool <= LargestKernel ? 1 : size;

    private protected override SelectionResult Choose(SelectionTask task) => Choose(task, LargestKernel);

    /// <param name="task">What is to be chosen from.</param>
    /// <param name="largestKernel">Samples up to which the whole kernel is computed at once.</param>
    internal SelectionResult Choose(SelectionTask task, int largestKernel)
    {
        var network = task.RequireNetwork(Label);
        // Products in double whatever the network: those of float would leave noise above what is rounding, and choose by it.
        using var kernel = new TangentKernel<double>(new(), task.Workers);
        var pool = new NetworkFactors<double>(network, task.Pool, cancellation: task.Cancellation);
        using var whole = pool.Samples <= largestKernel ? kernel.Compute(pool, cancellation: task.Cancellation) : null;
        return Choose(
            whole is null ? kernel.Diagonal(pool) : [.. Enumerable.Range(0, pool.Samples).Select(i => whole.Sum.Values.Row(i)[i])],
            task.Size,
            pivot =>
            {
                task.Cancellation.ThrowIfCancellationRequested();
                if (whole is not null)
                {
                    return whole.Sum.Values.Row(pivot).ToArray();
                }
                using var sample = new SampleSubset(task.Pool, [pivot]);
                using var column = kernel.Cross(new NetworkFactors<double>(network, sample), pool, cancellation: task.Cancellation);
                return column.Sum.Values.Row(0).ToArray();
            },
            task.Progress,
            whole is null && network.Type == ScalarType.Float32 ? RoundingOfPasses : Rounding);
    }

    /// <param name="diagonal">Of the kernel; becomes what is left of it.</param>
    /// <param name="size">Samples to choose.</param>
    /// <param name="column">A column of the kernel.</param>
    /// <param name="progress">Told how many are chosen.</param>
    /// <param name="rounding">Share of the largest diagonal element below which nothing is left.</param>
    internal static SelectionResult Choose(double[] diagonal, int size, Func<int, double[]> column, Action<int>? progress = null, double rounding = Rounding)
    {
        var smallest = rounding * TensorPrimitives.Max<double>(diagonal);
        var (chosen, pivots, factor) = (new List<int>(), new List<double>(), new List<double[]>());
        while (chosen.Count < size)
        {
            var pivot = TensorPrimitives.IndexOfMax<double>(diagonal);
            var left = diagonal[pivot];
            if (!(left > smallest))
            {
                return new(chosen, pivots, chosen.Count + 1, SelectionStop.NothingIndependent);
            }
            var row = column(pivot);
            foreach (var before in factor)
            {
                TensorPrimitives.MultiplyAdd<double>(before, -before[pivot], row, row);
            }
            TensorPrimitives.Divide(row, Math.Sqrt(left), row);
            for (var i = 0; i < row.Length; i++)
            {
                diagonal[i] -= row[i] * row[i];
            }
            diagonal[pivot] = double.NegativeInfinity;
            factor.Add(row);
            chosen.Add(pivot);
            pivots.Add(left);
            progress?.Invoke(chosen.Count);
        }
        return new(chosen, pivots, chosen.Count, SelectionStop.SizeReached);
    }
}
