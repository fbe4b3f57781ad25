using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Engine.Kernels.Algebra;
using Engine.Kernels.Devices;
using Engine.Kernels.Threading;

namespace Engine.Learn.Ntk;

/// <summary>
/// Empirical neural tangent kernels Θ[i, a; j, b] = Σ_p ∂f_a(x_i)/∂θ_p ∂f_b(x_j)/∂θ_p layer by layer from inputs and derivatives, on the processor or on a device: a weight gradient
/// g aᵀ is never formed where the products (a·a')(g·g') are cheaper. Work is cut into tiles of samples whose size depends on the network only, so that neither the memory limit nor the
/// number of threads changes a bit of the result; another device rounds differently.
/// </summary>
/// <typeparam name="T">Precision of factors and of their products, float or double; sums over layers and the kernel are double.</typeparam>
public sealed class TangentKernel<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Of the free memory of a device; the rest is for the passes of a network there, and others.</summary>
    private const double DeviceShare = 0.5;

    private readonly KernelOptions options;
    private readonly Workers workers;
    private readonly Device? device;
    private readonly LinearAlgebra algebra = LinearAlgebra.OfProcessor(Workers.Single);
    private readonly ScratchPool<T> scratches = new();

    /// <param name="options">Reduction of outputs, limit of memory.</param>
    /// <param name="workers">The thread team that computes.</param>
    /// <param name="device">Where kernels are computed; null for the processor. Diagonals are always the processor's.</param>
    public TangentKernel(KernelOptions options, Workers workers, Device? device = null) => (this.options, this.workers, this.device) = (options, workers, device);

    /// <summary>The kernel of samples with themselves, symmetric.</summary>
    /// <param name="source">Where the factors come from.</param>
    /// <param name="progress">Told the share of pairs of tiles that is done.</param>
    /// <param name="cancellation">Ends the computation.</param>
    /// <exception cref="Engine.Kernels.Errors.InputException">The memory limit is too small.</exception>
    /// <exception cref="Engine.Kernels.Errors.RunFailedException">A factor is not finite; the message names layer and sample.</exception>
    public KernelResult Compute(IFactorSource<T> source, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        Compute(source, source, progress, cancellation);

    /// <summary>The kernel of samples (rows) with others (columns), of one network; sums over outputs also need its last weights to be the same for both.</summary>
    /// <inheritdoc cref="Compute(IFactorSource{T}, IProgress{double}?, CancellationToken)"/>
    public KernelResult Cross(IFactorSource<T> rows, IFactorSource<T> columns, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        if (rows.Outputs != columns.Outputs || !rows.Layers.Select(Identity).SequenceEqual(columns.Layers.Select(Identity)))
        {
            throw new ArgumentException("a kernel between two data sets needs the same network for both: their layers or outputs differ");
        }
        RequireSameDirections(rows, columns);
        return Compute(rows, columns, progress, cancellation);
    }

    /// <summary>Θ[i, c; i, c] without a kernel, in O(N): N numbers, or N · C of <see cref="OutputReduction.Full"/> (output fastest) and <see cref="OutputReduction.Diagonal"/> (by output).</summary>
    public double[] Diagonal(IFactorSource<T> source)
    {
        options.Reduction.Require(source.Outputs);
        var grid = TileGrid.Of(source.Samples, source.Layers, source.Outputs, OutputReduction.MeanTrace, Unsafe.SizeOf<T>());
        var kept = options.Reduction.Kind == OutputReductionKind.SingleOutput ? 1 : source.Outputs;
        var byOutput = new double[source.Samples * kept];
        var diagonal = new KernelDiagonal<T>(algebra, workers);
        for (var tile = 0; tile < grid.Tiles; tile++)
        {
            var (start, end) = grid.Tile(tile);
            using var factors = FactorTile<T>.Load(source, start, end, options.Reduction, null, workers);
            diagonal.Add(factors, byOutput.AsSpan(start * kept, (end - start) * kept));
        }
        return options.Reduction.Kind switch
        {
            OutputReductionKind.Full => byOutput,
            OutputReductionKind.Diagonal => [.. Enumerable.Range(0, byOutput.Length).Select(k => byOutput[k % source.Samples * kept + k / source.Samples])],
            _ => [.. Enumerable.Range(0, source.Samples).Select(i => options.Reduction.Weight(kept) * byOutput.AsSpan(i * kept, kept).ToArray().Sum())],
        };
    }

    /// <summary>tr K without a kernel, in O(N).</summary>
    public double Trace(IFactorSource<T> source) => Diagonal(source).Sum();

    /// <summary>What a kernel takes, before it is computed.</summary>
    /// <param name="source">Rows.</param>
    /// <param name="columns">Columns, where they are other samples.</param>
    /// <param name="rate">Operations per second of this machine, see <see cref="GemmRate"/>.</param>
    public KernelEstimate Estimate(IFactorSource<T> source, IFactorSource<T>? columns, double rate)
    {
        var plan = Plan(source, columns ?? source);
        return new(2 * plan.MultiplyAdds, plan.Bytes, plan.KernelBytes, 2 * plan.MultiplyAdds / rate, [.. plan.Describe()]);
    }

    public void Dispose()
    {
        scratches.Dispose();
        algebra.Dispose();
    }

    private static (string, LayerRule, int, int, bool) Identity(LayerShape l) => (l.Name, l.Rule, l.InputWidth, l.GradientWidth, l.IsSeparable);

    /// <summary>Sums over outputs that are taken in the layer (<see cref="LayerFactors{T}.Directions"/>) are those of one set of last weights.</summary>
    private void RequireSameDirections(IFactorSource<T> rows, IFactorSource<T> columns)
    {
        if (rows.Samples == 0 || columns.Samples == 0 || rows.Layers.All(l => l.Kept(rows.Outputs, options.Reduction) == rows.Outputs))
        {
            return;
        }
        using var left = rows.Factors(0, 1);
        using var right = columns.Factors(0, 1);
        foreach (var (x, y) in left.Layers.Zip(right.Layers))
        {
            for (var c = 0; c < x.Directions.Rows; c++)
            {
                if (!x.Directions.Row(c).SequenceEqual(y.Directions.Row(c)))
                {
                    throw new ArgumentException(
                        $"a kernel between networks of different weights has no sums over outputs: the weights after layer {x.Name} differ; take all pairs of outputs, or the diagonal");
                }
            }
        }
    }

    private KernelPlan Plan(IFactorSource<T> rows, IFactorSource<T> columns) => new(
        rows.Samples, rows.Layers, columns.Samples, columns.Layers, ReferenceEquals(rows, columns), rows.Outputs, options, Unsafe.SizeOf<T>(), workers.Count,
        device is null ? double.PositiveInfinity : DeviceShare * device.BytesFree);

    private KernelResult Compute(IFactorSource<T> rows, IFactorSource<T> columns, IProgress<double>? progress, CancellationToken cancellation)
    {
        var (symmetric, plan) = (ReferenceEquals(rows, columns), Plan(rows, columns));
        KernelMatrix New() => new(options.Reduction, rows.Outputs, rows.Samples, columns.Samples, symmetric);
        var result = new KernelResult(New(), options.ByLayer ? [.. plan.LayerNames.Select(name => KeyValuePair.Create(name, New()))] : []);
        try
        {
            if (device is null)
            {
                var targets = rows.Layers.Select(l => options.ByLayer ? result.ByLayer[Array.IndexOf(plan.LayerNames, l.Name)].Value.Values : result.Sum.Values).ToArray();
                AddBlocks(rows, columns, plan, new KernelWork<T>(algebra, workers, scratches, plan, targets, progress, cancellation));
            }
            else
            {
                AddBlocks(rows, columns, plan, new DeviceKernelWork<T>(device, plan, result, progress, cancellation));
            }
            Finish(result, symmetric);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private static void AddBlocks<TBlock>(IFactorSource<T> rows, IFactorSource<T> columns, KernelPlan plan, IKernelWork<T, TBlock> work)
        where TBlock : IDisposable
    {
        var symmetric = ReferenceEquals(rows, columns);
        for (var i = 0; i < plan.Rows.Blocks; i++)
        {
            using var left = work.Load(rows, plan.Rows, i);
            if (symmetric)
            {
                work.Add(left, left);
            }
            for (var j = 0; j < (symmetric ? i : plan.Columns.Blocks); j++)
            {
                using var right = work.Load(columns, plan.Columns, j);
                work.Add(left, right);
            }
        }
    }

    /// <summary>The sum over layers, and the other triangles.</summary>
    private void Finish(KernelResult result, bool symmetric)
    {
        var sum = result.Sum.Values;
        workers.Run(sum.Rows, row =>
        {
            foreach (var (_, layer) in result.ByLayer)
            {
                TensorPrimitives.Add<double>(sum.Row(row), layer.Values.Row(row), sum.Row(row));
            }
        });
        if (!symmetric)
        {
            return;
        }
        foreach (var kernel in result.ByLayer.Select(l => l.Value).Prepend(result.Sum))
        {
            var (values, n) = (kernel.Values, kernel.Values.Columns);
            for (var block = 0; block < values.Rows / Math.Max(1, n); block++)
            {
                Triangle.Mirror(values.Block(block * n, 0, n, n), workers);
            }
        }
    }
}
