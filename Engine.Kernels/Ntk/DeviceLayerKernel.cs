using System.Numerics;
using Engine.Kernels.Devices;

namespace Engine.Kernels.Ntk;

/// <summary>
/// What a layer adds to a kernel in double on a device: K_ij += Σ_pq (s² a_p·a_q + t²)(g_p·g_q) over the positions of two samples. The two products of a pair of positions meet in
/// registers and go nowhere else. The order in which an element is summed depends on its two samples and the number of planes alone.
/// </summary>
/// <typeparam name="T">Precision of factors and of their products, float or double.</typeparam>
public sealed class DeviceLayerKernel<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // As in ntk.cl.
    private const int Group = 256;
    private const int Tile = 64;
    private const int TableGroup = 32;

    /// <summary>The number of threads of a launch is a 32-bit integer.</summary>
    private const int MostGroups = 1 << 22;

    private readonly int mostGroups;
    private readonly DeviceKernel products;
    private readonly DeviceKernel gradients;
    private readonly DeviceKernel table;
    private readonly DeviceKernel sums;

    public DeviceLayerKernel(Device device)
        : this(device, MostGroups)
    {
    }

    /// <param name="device">Where.</param>
    /// <param name="mostGroups">Groups of one launch.</param>
    internal DeviceLayerKernel(Device device, int mostGroups)
    {
        this.mostGroups = mostGroups;
        var program = device.Compile(KernelText.Load("ntk.cl", null, ("REAL", typeof(T) == typeof(double) ? "double" : "float")));
        (products, gradients, table, sums) = (program["ntk_products"], program["ntk_gradients"], program["ntk_table"], program["ntk_planes"]);
    }

    /// <summary>Products of positions; without inputs, of derivatives alone: K += offset · G Gᵀ, which planes share.</summary>
    /// <param name="rows">Factors of the rows.</param>
    /// <param name="columns">Of the columns.</param>
    /// <param name="lower">Whether both are the same, and only elements with row ≥ column are wanted: the others are left without meaning.</param>
    /// <param name="scale">s².</param>
    /// <param name="offset">t².</param>
    /// <param name="pairs">Which outputs, and where to.</param>
    /// <param name="kernel">K, in planes whose sum it is.</param>
    public void AddProducts(DeviceFactors<T> rows, DeviceFactors<T> columns, bool lower, double scale, double offset, OutputPairs pairs, DeviceKernelMatrix kernel)
    {
        var (left, right) = (rows.Positions, columns.Positions);
        var planes = rows.Inputs is null ? kernel.Planes : 1;
        InStrips(left.BundleCount, right.BundleCount, lower, pairs.Splits * planes, (first, groups) => products.Launch(
            groups * Group, Group, rows.Inputs ?? rows.Gradients, columns.Inputs ?? columns.Gradients, rows.InputWidth, rows.Gradients, columns.Gradients,
            rows.Outputs * rows.Width, pairs.Width, left.Offsets, right.Offsets, left.Panels, right.Panels, left.Bundles, right.Bundles, first, right.BundleCount, lower ? 1 : 0,
            pairs.Splits, pairs.Loops, planes, kernel.Rows, scale, offset, kernel.Elements, kernel.Columns, pairs.SampleStep, pairs.FirstRow, pairs.RowShift, pairs.ColumnShift));
    }

    /// <summary>Products of derivatives by the rows of a table that both samples read.</summary>
    /// <inheritdoc cref="AddProducts"/>
    public void AddTable(DeviceFactors<T> rows, DeviceFactors<T> columns, bool lower, double scale, OutputPairs pairs, DeviceKernelMatrix kernel)
    {
        var (left, right) = (rows.Positions, columns.Positions);
        var across = (right.Samples + TableGroup - 1) / TableGroup;
        InStrips(left.Samples, across, lower: false, pairs.Splits, (first, groups) => table.Launch(
            groups * TableGroup, TableGroup, rows.Tokens!, columns.Tokens!, rows.Gradients, columns.Gradients, rows.Outputs * rows.Width, pairs.Width, left.Offsets, right.Offsets,
            first, right.Samples, lower ? 1 : 0, pairs.Splits, pairs.Loops, scale, kernel.Elements, kernel.Columns, pairs.SampleStep, pairs.FirstRow, pairs.RowShift, pairs.ColumnShift));
    }

    /// <summary>Gradients by some rows of the weights, Σ_p g_p a_pᵀ, of every sample: [samples, outputs · rows · a].</summary>
    /// <param name="factors">Of a layer with inputs.</param>
    /// <param name="firstOutput">The first output.</param>
    /// <param name="outputs">How many.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="formed">Gets them.</param>
    public void FormWeightGradients(DeviceFactors<T> factors, int firstOutput, int outputs, int firstRow, int rows, DeviceBuffer<T> formed) =>
        Form(factors, factors.InputWidth, firstOutput, outputs, firstRow, rows, formed);

    /// <summary>Gradients by the bias, Σ_p g_p: [samples, outputs · b].</summary>
    /// <inheritdoc cref="FormWeightGradients"/>
    public void FormBiasGradients(DeviceFactors<T> factors, int firstOutput, int outputs, DeviceBuffer<T> formed) =>
        Form(factors, 0, firstOutput, outputs, 0, factors.Width, formed);

    /// <summary>Adds up the planes of a kernel: the first is the kernel then, the others are as they were.</summary>
    public void AddUp(DeviceKernelMatrix kernel)
    {
        if (kernel.Planes > 1)
        {
            InStrips(kernel.Rows, 1, lower: false, 1, (first, groups) => sums.Launch(groups * Group, Group, kernel.Elements, kernel.Planes, kernel.Rows, kernel.Columns, first));
        }
    }

    private void Form(DeviceFactors<T> factors, int inputWidth, int firstOutput, int outputs, int firstRow, int rows, DeviceBuffer<T> formed)
    {
        var tiles = (outputs * rows + Tile - 1) / Tile * ((Math.Max(1, inputWidth) + Tile - 1) / Tile);
        gradients.Launch(
            checked(factors.Positions.Samples * tiles * Group), Group, factors.Inputs!, inputWidth, factors.Gradients, factors.Outputs * factors.Width, factors.Width,
            factors.Positions.Offsets, firstOutput, outputs, firstRow, rows, formed);
    }

    /// <summary>As many rows of pairs at once as a launch has room for.</summary>
    private void InStrips(int rows, int columns, bool lower, int groupsEach, Action<int, int> launch)
    {
        for (int first = 0, end; first < rows; first = end)
        {
            var groups = 0L;
            long Next(int row) => (long)groupsEach * (lower ? row + 1 : columns);
            for (end = first; end < rows && (end == first || groups + Next(end) <= mostGroups); end++)
            {
                groups += Next(end);
            }
            launch(first, checked((int)groups));
        }
    }
}
