using System.Numerics;
using Engine.Kernels.Devices;
using Engine.Kernels.Ntk;

namespace Engine.Learn.Ntk;

/// <summary>
/// A kernel by layers on a device, which has the factors of two blocks and the part of the kernel where they meet, which goes back to the host when all
/// layers were added. Neither where blocks end nor how much is launched at once shows in an element.
/// </summary>
/// <param name="device">Where.</param>
/// <param name="plan">Routes of the layers.</param>
/// <param name="result">Gets the kernels: by layer, or their sum.</param>
/// <param name="progress">Told the share of pairs of tiles that is done.</param>
/// <param name="cancellation">Looked at before each layer.</param>
internal sealed class DeviceKernelWork<T>(
    Device device, KernelPlan plan, KernelResult result, IProgress<double>? progress, CancellationToken cancellation) : IKernelWork<T, DeviceBlock<T>>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly DeviceLayerKernel<T> layerKernel = new(device);
    private double pairsDone;

    public DeviceBlock<T> Load(IFactorSource<T> source, TileGrid grid, int block) => new(device, source, grid, block, plan.Reduction);

    public void Add(DeviceBlock<T> left, DeviceBlock<T> right)
    {
        var outputs = result.Sum.Outputs;
        var (rows, columns) = (plan.Reduction.RowsOf(left.Count, outputs), plan.Reduction.ColumnsOf(right.Count, outputs));
        using var kernel = new DeviceKernelMatrix(device, rows, columns, plan.Planes);
        foreach (var (name, target) in result.ByLayer.Select(l => ((string?)l.Key, l.Value)).DefaultIfEmpty((null, result.Sum)))
        {
            kernel.Elements.Clear();
            for (var layer = 0; layer < left.Layers.Length; layer++)
            {
                if (name is null || left.Sources[layer].Name == name)
                {
                    cancellation.ThrowIfCancellationRequested();
                    AddLayer(left, right, layer, kernel);
                }
            }
            layerKernel.AddUp(kernel);
            Fetch(kernel.Elements, target, left, right);
        }
        pairsDone += ReferenceEquals(left, right) ? left.Tiles * (left.Tiles + 1.0) / 2 : (double)left.Tiles * right.Tiles;
        progress?.Report(pairsDone / plan.PairsOfTiles);
    }

    private void AddLayer(DeviceBlock<T> left, DeviceBlock<T> right, int layer, DeviceKernelMatrix kernel)
    {
        var (source, x, y, lower) = (left.Sources[layer], left.Layers[layer], right.Layers[layer], ReferenceEquals(left, right));
        var (scale, offset) = (plan.Weight * source.WeightScale * source.WeightScale, plan.Weight * source.BiasScale * source.BiasScale);
        if (plan.Explicit[layer])
        {
            AddGradients(left, right, layer, scale, offset, kernel);
        }
        else if (source.Rule == LayerRule.Table)
        {
            layerKernel.AddTable(x, y, lower, scale, Pairs(x.Outputs, x.Width, left.Count), kernel);
        }
        else
        {
            // Gradients that are there already have no inputs: all there is stands in the offset.
            layerKernel.AddProducts(x, y, lower, scale, source.Rule == LayerRule.Vector ? scale : offset, Pairs(x.Outputs, x.Width, left.Count), kernel);
        }
    }

    private void AddGradients(DeviceBlock<T> left, DeviceBlock<T> right, int layer, double scale, double offset, DeviceKernelMatrix kernel)
    {
        var (x, y, lower) = (left.Layers[layer], right.Layers[layer], ReferenceEquals(left, right));
        var parts = plan.Parts[layer];
        using var rows = device.Allocate<T>((long)left.Count * parts.Elements);
        using var columns = lower ? null : device.Allocate<T>((long)right.Count * parts.Elements);
        foreach (var part in parts.OfWeights())
        {
            Add(part, part.Rows * x.InputWidth, scale, (factors, formed) =>
                layerKernel.FormWeightGradients(factors, part.FirstOutput, part.Outputs, part.FirstRow, part.Rows, formed));
        }
        foreach (var part in offset == 0 ? [] : parts.OfBias())
        {
            Add(part, x.Width, offset, (factors, formed) => layerKernel.FormBiasGradients(factors, part.FirstOutput, part.Outputs, formed));
        }

        void Add(GradientParts.Part part, int width, double weight, Action<DeviceFactors<T>, DeviceBuffer<T>> form)
        {
            form(x, rows);
            var formed = new DeviceFactors<T>(left.Each, null, 0, rows, part.Outputs, width);
            var others = formed;
            if (columns is not null)
            {
                form(y, columns);
                others = new(right.Each, null, 0, columns, part.Outputs, width);
            }
            layerKernel.AddProducts(formed, others, lower, 0, weight, Pairs(part.Outputs, width, left.Count, part.FirstOutput), kernel);
        }
    }

    private OutputPairs Pairs(int outputs, int width, int rowSamples, int first = 0) => plan.Reduction.Kind switch
    {
        OutputReductionKind.Full => OutputPairs.All(outputs, width),
        OutputReductionKind.Diagonal => OutputPairs.Each(outputs, width, rowSamples, first),
        _ => OutputPairs.Sum(outputs, width),
    };

    /// <summary>Waits for the layers and takes the part of the kernel to the host.</summary>
    private void Fetch(DeviceBuffer<double> kernel, KernelMatrix target, DeviceBlock<T> left, DeviceBlock<T> right)
    {
        var (byOutput, perSample) = (plan.Reduction.Kind == OutputReductionKind.Diagonal ? target.Outputs : 1, plan.Reduction.Kind == OutputReductionKind.Full ? target.Outputs : 1);
        var (rows, columns) = (left.Count * perSample, right.Count * perSample);
        // Rows that lie side by side there and here come in one piece.
        var atOnce = columns == target.Values.Columns ? int.MaxValue / Math.Max(1, columns) : 1;
        for (var output = 0; output < byOutput; output++)
        {
            var place = target.Values.Block(output * target.RowSamples + left.Start * perSample, right.Start * perSample, rows, columns);
            for (int row = 0, count; row < rows && columns > 0; row += count)
            {
                count = Math.Min(atOnce, rows - row);
                kernel.Download(place.Block(row, 0, count, columns).Reshaped(1, count * columns).Row(0), (long)(output * rows + row) * columns);
            }
        }
    }
}
