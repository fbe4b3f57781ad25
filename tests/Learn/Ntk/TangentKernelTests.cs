using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Ntk;
using Xunit;

namespace Engine.Tests.Learn.Ntk;

/// <summary>Kernels by layer factors against products of gradients that are written out.</summary>
public sealed class TangentKernelTests
{
    public static TheoryData<string> Reductions => ["meanTrace", "sumTrace", "full", "diagonal", "singleOutput:1"];

    [Theory]
    [MemberData(nameof(Reductions))]
    public void EveryRuleIsTheProductOfGradients(string name)
    {
        var reduction = OutputReduction.Parse(name);
        using var layers = RandomLayers<double>.OfEveryRule(23, 3);
        using var others = RandomLayers<double>.OfEveryRule(11, 3, seed: 2);
        using var kernel = new TangentKernel<double>(new() { Reduction = reduction }, Workers.Single);
        using var symmetric = kernel.Compute(layers.Set);
        using var cross = kernel.Cross(layers.Set, others.Set);
        var (jacobian, other) = (layers.Jacobian(), others.Jacobian());
        // Sums of some hundred products of numbers below one.
        Assert.True(Difference(symmetric.Sum, RandomLayers<double>.Kernel(jacobian, jacobian, reduction, 3)) < 1e-13);
        Assert.True(Difference(cross.Sum, RandomLayers<double>.Kernel(jacobian, other, reduction, 3)) < 1e-13);
        Assert.Contains("gradients formed", string.Join("; ", kernel.Estimate(layers.Set, null, 1e9).Layers));
        Assert.Contains("products of positions", string.Join("; ", kernel.Estimate(layers.Set, null, 1e9).Layers));
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public void TheDiagonalNeedsNoKernel(string name)
    {
        using var layers = RandomLayers<double>.OfEveryRule(23, 3);
        using var kernel = new TangentKernel<double>(new() { Reduction = OutputReduction.Parse(name) }, Workers.Single);
        using var result = kernel.Compute(layers.Set);
        var (values, diagonal) = (result.Sum.Values, kernel.Diagonal(layers.Set));
        Assert.Equal(values.Rows, diagonal.Length);
        var trace = 0.0;
        for (var row = 0; row < values.Rows; row++)
        {
            Assert.Equal(values[row, row % values.Columns], diagonal[row], 1e-13 * values[row, row % values.Columns]);
            trace += values[row, row % values.Columns];
        }
        Assert.Equal(trace, kernel.Trace(layers.Set), 1e-13 * trace);
    }

    /// <summary>Neither the memory limit, which decides what is in memory at once, nor the number of threads.</summary>
    [Theory]
    [InlineData("meanTrace")]
    [InlineData("full")]
    public void MemoryAndThreadsChangeNoBit(string name)
    {
        var reduction = OutputReduction.Parse(name);
        using var layers = RandomLayers<float>.OfEveryRule(1100, 3);
        double[,]? expected = null;
        foreach (var (threads, share) in new[] { (1, 1.0), (3, 1.0), (2, 0.75) })
        {
            using var workers = new Workers(threads);
            using var plain = new TangentKernel<float>(new() { Reduction = reduction }, workers);
            var estimate = plain.Estimate(layers.Set, null, 1e9);
            var limit = (long)(estimate.KernelBytes + share * (estimate.Bytes - estimate.KernelBytes)) + 1;
            using var kernel = new TangentKernel<float>(new() { Reduction = reduction, MemoryLimit = limit }, workers);
            Assert.Equal(share == 1, kernel.Estimate(layers.Set, null, 1e9).Bytes == estimate.Bytes);
            using var result = kernel.Compute(layers.Set);
            var found = Copy(result.Sum.Values);
            expected ??= found;
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public void LayersAddUpAndReductionsAgree()
    {
        using var layers = RandomLayers<double>.OfEveryRule(19, 4);
        KernelResult Compute(OutputReduction reduction)
        {
            using var kernel = new TangentKernel<double>(new() { Reduction = reduction, ByLayer = true }, Workers.Single);
            return kernel.Compute(layers.Set);
        }
        using var mean = Compute(OutputReduction.MeanTrace);
        using var full = Compute(OutputReduction.Full);
        using var diagonal = Compute(OutputReduction.Diagonal);
        Assert.Equal(["dense", "few positions", "many positions", "query", "key", "value", "norm", "embedding", "recurrent", "tables"], mean.ByLayer.Select(l => l.Key));
        var dense = RandomLayers<double>.Kernel(layers.Jacobian(l => l.Name == "dense"), layers.Jacobian(l => l.Name == "dense"), OutputReduction.MeanTrace, 4);
        Assert.True(Difference(mean.ByLayer[0].Value, dense) < 1e-13);
        var k = mean.Sum.Values;
        for (var i = 0; i < 19; i++)
        {
            for (var j = 0; j < 19; j++)
            {
                var scale = Math.Sqrt(k[i, i] * k[j, j]);
                Assert.Equal(k[i, j], k[j, i]);
                Assert.Equal(k[i, j], mean.ByLayer.Sum(l => l.Value.Values[i, j]), 1e-12 * scale);
                Assert.Equal(4 * k[i, j], Enumerable.Range(0, 4).Sum(c => full.Sum.Values[4 * i + c, 4 * j + c]), 4e-12 * scale);
                Assert.Equal(4 * k[i, j], Enumerable.Range(0, 4).Sum(c => diagonal.Sum.Block(c)[i, j]), 4e-12 * scale);
            }
        }
    }

    /// <summary>Single precision of factors costs its rounding, 6e-8 a product, not more.</summary>
    /// <summary>Inputs of many positions, which do not stay in a cache, are cut otherwise.</summary>
    [Theory]
    [InlineData("meanTrace")]
    [InlineData("full")]
    public void LayersOfManyPositionsAreTheProductOfGradients(string name)
    {
        using var layers = new RandomLayers<double>(3, 2);
        layers.Positions("image", layers.Ragged(1000, 1000), 144, 20);
        var reduction = OutputReduction.Parse(name);
        using var tangent = new TangentKernel<double>(new() { Reduction = reduction }, Workers.Single);
        Assert.Contains("gradients formed", tangent.Estimate(layers.Set, null, rate: 1).Layers[0], StringComparison.Ordinal);
        using var result = tangent.Compute(layers.Set);
        var jacobian = layers.Jacobian();
        Assert.True(Difference(result.Sum, RandomLayers<double>.Kernel(jacobian, jacobian, reduction, 2)) < 1e-13);
    }

    /// <summary>Products of inputs and of derivatives, and for each element as much as eight more; half of a symmetric kernel.</summary>
    [Fact]
    public void OperationsAreCounted()
    {
        using var layers = new RandomLayers<double>(23, 3);
        layers.Dense("dense", 7, 5);
        using var others = new RandomLayers<double>(11, 3, seed: 2);
        others.Dense("dense", 7, 5);
        using var tangent = new TangentKernel<double>(new(), Workers.Single);
        Assert.Equal(23 * 24 * (7 + 3 * 5 + 8), tangent.Estimate(layers.Set, null, rate: 1).Operations);
        Assert.Equal(2 * 23 * 11 * (7 + 3 * 5 + 8), tangent.Estimate(layers.Set, others.Set, rate: 1).Operations);
    }

    [Fact]
    public void SinglePrecisionRounds()
    {
        using var layers = RandomLayers<float>.OfEveryRule(23, 3);
        using var kernel = new TangentKernel<float>(new(), Workers.Single);
        using var result = kernel.Compute(layers.Set);
        var jacobian = layers.Jacobian();
        Assert.True(Difference(result.Sum, RandomLayers<float>.Kernel(jacobian, jacobian, OutputReduction.MeanTrace, 3)) < 1e-6);
    }

    [Fact]
    public void WhatCannotBeComputedIsSaid()
    {
        using var layers = RandomLayers<double>.OfEveryRule(400, 2);
        using var small = new TangentKernel<double>(new() { MemoryLimit = 2 << 20 }, Workers.Single);
        Assert.Contains("memory limit of 2 MiB is too small", Assert.Throws<InputException>(() => small.Compute(layers.Set)).Message);
        using var single = new TangentKernel<double>(new() { Reduction = OutputReduction.SingleOutput(2) }, Workers.Single);
        Assert.Contains("output 2", Assert.Throws<InputException>(() => single.Compute(layers.Set)).Message);
        layers.Layers[1].Gradients[0, 0] = double.NaN;
        using var kernel = new TangentKernel<double>(new(), Workers.Single);
        Assert.Contains("layer few positions: derivatives of sample", Assert.Throws<RunFailedException>(() => kernel.Compute(layers.Set)).Message);
        Assert.Contains("expected full", Assert.Throws<InputException>(() => OutputReduction.Parse("trace")).Message);
    }

    private static double Difference(KernelMatrix found, double[,] expected)
    {
        Assert.Equal((expected.GetLength(0), expected.GetLength(1)), (found.Values.Rows, found.Values.Columns));
        var (largest, difference) = (0.0, 0.0);
        for (var i = 0; i < found.Values.Rows; i++)
        {
            for (var j = 0; j < found.Values.Columns; j++)
            {
                largest = Math.Max(largest, Math.Abs(expected[i, j]));
                difference = Math.Max(difference, Math.Abs(found.Values[i, j] - expected[i, j]));
            }
        }
        return difference / largest;
    }

    private static double[,] Copy(Matrix<double> values)
    {
        var result = new double[values.Rows, values.Columns];
        for (var i = 0; i < values.Rows; i++)
        {
            for (var j = 0; j < values.Columns; j++)
            {
                result[i, j] = values[i, j];
            }
        }
        return result;
    }
}
