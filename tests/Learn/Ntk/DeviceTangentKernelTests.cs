using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Ntk;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Learn.Ntk;

/// <summary>Kernels on a device beside those of the processor in double.</summary>
[Collection("device")]
public sealed class DeviceTangentKernelTests
{
    public static TheoryData<string, string> Reductions
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var kind in new[] { "opencl", "cuda" })
            {
                foreach (var reduction in new[] { "meanTrace", "sumTrace", "full", "diagonal", "singleOutput:1" })
                {
                    cases.Add(kind, reduction);
                }
            }
            return cases;
        }
    }

    /// <summary>Every rule and route, with itself and with other samples.</summary>
    [SkippableTheory]
    [MemberData(nameof(Reductions))]
    public void EveryRuleIsThatOfTheProcessor(string kind, string name)
    {
        var device = TestDevices.Get(kind);
        var options = new KernelOptions { Reduction = OutputReduction.Parse(name) };
        using var layers = RandomLayers<double>.OfEveryRule(67, 3);
        using var others = RandomLayers<double>.OfEveryRule(35, 3, seed: 2);
        using var processor = new TangentKernel<double>(options, Workers.Single);
        using var kernel = new TangentKernel<double>(options, Workers.Single, device);
        using var expected = processor.Compute(layers.Set);
        using var found = kernel.Compute(layers.Set);
        using var expectedCross = processor.Cross(layers.Set, others.Set);
        using var foundCross = kernel.Cross(layers.Set, others.Set);
        // Sums of some thousand products in another order.
        Assert.True(Difference(expected.Sum, found.Sum) < 1e-12);
        Assert.True(Difference(expectedCross.Sum, foundCross.Sum) < 1e-12);
        for (var i = 0; i < found.Sum.Values.Columns; i++)
        {
            for (var j = 0; j < i; j++)
            {
                Assert.Equal(found.Sum.Values[i, j], found.Sum.Values[j, i]);
            }
        }
    }

    /// <summary>
    /// Products in float of the same numbers: each rounds by 6e-8 at most, and the longest sum, that of formed gradients over 30 · 40 elements of three outputs, by √3600 of that if
    /// roundings are independent; relative to the largest element.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Reductions))]
    public void FloatRounds(string kind, string name)
    {
        var device = TestDevices.Get(kind);
        var reduction = OutputReduction.Parse(name);
        using var layers = RandomLayers<float>.OfEveryRule(23, 3);
        using var kernel = new TangentKernel<float>(new() { Reduction = reduction }, Workers.Single, device);
        using var found = kernel.Compute(layers.Set);
        var jacobian = layers.Jacobian();
        var expected = RandomLayers<float>.Kernel(jacobian, jacobian, reduction, 3);
        var largest = expected.Cast<double>().Max(Math.Abs);
        for (var i = 0; i < expected.GetLength(0); i++)
        {
            for (var j = 0; j < expected.GetLength(1); j++)
            {
                Assert.Equal(expected[i, j], found.Sum.Values[i, j], 6e-8 * Math.Sqrt(3600) * largest);
            }
        }
    }

    /// <summary>Neither the memory limit, which decides what is on the device at once, nor a second time. Four tiles, two blocks.</summary>
    [SkippableTheory]
    [InlineData("opencl", "meanTrace")]
    [InlineData("opencl", "full")]
    [InlineData("opencl", "diagonal")]
    [InlineData("cuda", "meanTrace")]
    [InlineData("cuda", "full")]
    [InlineData("cuda", "diagonal")]
    public void MemoryChangesNoBit(string kind, string name)
    {
        var device = TestDevices.Get(kind);
        var reduction = OutputReduction.Parse(name);
        using var layers = RandomLayers<float>.OfEveryRule(reduction.Kind == OutputReductionKind.Full ? 300 : 800, 3);
        var before = device.BytesAllocated;
        using var plain = new TangentKernel<float>(new() { Reduction = reduction }, Workers.Single, device);
        var estimate = plain.Estimate(layers.Set, null, 1e9);
        using var expected = plain.Compute(layers.Set);
        using var again = plain.Compute(layers.Set);
        var limit = (long)(estimate.KernelBytes + 0.85 * (estimate.Bytes - estimate.KernelBytes)) + 1;
        using var narrow = new TangentKernel<float>(new() { Reduction = reduction, MemoryLimit = limit }, Workers.Single, device);
        Assert.NotEqual(estimate.Bytes, narrow.Estimate(layers.Set, null, 1e9).Bytes);
        using var blocks = narrow.Compute(layers.Set);
        Assert.Equal(0, Difference(expected.Sum, again.Sum));
        Assert.Equal(0, Difference(expected.Sum, blocks.Sum));
        Assert.Equal(before, device.BytesAllocated);
    }

    /// <summary>In the second of two tiles: layer and sample are named as by the processor.</summary>
    [SkippableTheory]
    [InlineData("opencl", 3, true, double.NaN)]
    [InlineData("opencl", 2, false, double.PositiveInfinity)]
    [InlineData("opencl", 7, false, double.NaN)]
    [InlineData("cuda", 3, true, double.NaN)]
    [InlineData("cuda", 2, false, double.PositiveInfinity)]
    [InlineData("cuda", 7, false, double.NaN)]
    public void FactorsThatAreNoNumbersAreNamed(string kind, int layer, bool inInputs, double value)
    {
        var device = TestDevices.Get(kind);
        using var layers = RandomLayers<double>.OfEveryRule(300, 2);
        var factors = layers.Layers[layer];
        var matrix = inInputs ? factors.Inputs : factors.Gradients;
        matrix[factors.Offsets[290], 1] = value;
        using var processor = new TangentKernel<double>(new(), Workers.Single);
        using var kernel = new TangentKernel<double>(new(), Workers.Single, device);
        var expected = Assert.Throws<RunFailedException>(() => processor.Compute(layers.Set)).Message;
        Assert.Contains($"layer {factors.Name}: {(inInputs ? "inputs" : "derivatives")} of sample 290", expected);
        Assert.Equal(expected, Assert.Throws<RunFailedException>(() => kernel.Compute(layers.Set)).Message);
    }

    [SkippableTheory]
    [MemberData(nameof(TestDevices.Kinds), MemberType = typeof(TestDevices))]
    public void LayersHaveKernelsOfTheirOwn(string kind)
    {
        var device = TestDevices.Get(kind);
        using var layers = RandomLayers<double>.OfEveryRule(19, 4);
        using var processor = new TangentKernel<double>(new() { ByLayer = true }, Workers.Single);
        using var kernel = new TangentKernel<double>(new() { ByLayer = true }, Workers.Single, device);
        var shares = new List<double>();
        using var expected = processor.Compute(layers.Set);
        using var found = kernel.Compute(layers.Set, new Shares(shares));
        Assert.Equal(expected.ByLayer.Select(l => l.Key), found.ByLayer.Select(l => l.Key));
        Assert.All(expected.ByLayer.Zip(found.ByLayer), pair => Assert.True(Difference(pair.First.Value, pair.Second.Value) < 1e-12));
        Assert.True(Difference(expected.Sum, found.Sum) < 1e-12);
        Assert.Equal([1.0], shares);
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => kernel.Compute(layers.Set, cancellation: stopped.Token));
    }

    /// <summary>Blocks become as small as the memory of a device asks for, and tiles no smaller.</summary>
    [Fact]
    public void ADeviceWithLittleMemoryHasSmallBlocks()
    {
        LayerShape[] layers = [new("dense", LayerRule.Product, 100, 100, 1)];
        KernelPlan Plan(double room) => new(2000, layers, 2000, layers, symmetric: true, outputs: 1, new(), sizeof(double), threads: 1, room);
        Assert.Equal((8, 1), (Plan(double.PositiveInfinity).Rows.TilesPerBlock, Plan(double.PositiveInfinity).Rows.Blocks));
        // 1600 bytes of factors for a sample of rows and of columns, and 8 for an element of the kernel: 2.5 MB for two tiles of each.
        Assert.Equal((2, 4), (Plan(2.6e6 + 1.2e6).Rows.TilesPerBlock, Plan(2.6e6 + 1.2e6).Columns.Blocks));
        Assert.Contains("the device has room for 1 MiB, expected at least 1 MiB", Assert.Throws<InputException>(() => Plan(0.9e6)).Message);
    }

    private static double Difference(KernelMatrix expected, KernelMatrix found)
    {
        Assert.Equal((expected.Values.Rows, expected.Values.Columns), (found.Values.Rows, found.Values.Columns));
        var (largest, difference) = (0.0, 0.0);
        for (var i = 0; i < found.Values.Rows; i++)
        {
            for (var j = 0; j < found.Values.Columns; j++)
            {
                largest = Math.Max(largest, Math.Abs(expected.Values[i, j]));
                difference = Math.Max(difference, Math.Abs(found.Values[i, j] - expected.Values[i, j]));
            }
        }
        return difference / largest;
    }

    private sealed class Shares(List<double> values) : IProgress<double>
    {
        public void Report(double value) => values.Add(value);
    }
}
