using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Networks;

[Collection(LibtorchCollection.Name)]
public class LayerGradientsTests
{
    public static TheoryData<string> Names => TestNetworks.Names;

    /// <summary>The gradients that follow from the blocks by their rules are those of autograd, to rounding: 1e-10 of the largest.</summary>
    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void BlocksHoldTheJacobianOfEveryLayer(string name)
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition(name), seed: 3);
        var batch = TestNetworks.Batch(network.Definition);
        foreach (var output in network.Forward(batch).Names)
        {
            var expected = NetworkJacobian.Compute(network, batch, output);
            using var gradients = LayerGradients.Capture(network, batch, output);
            var found = Reconstruct(network, gradients);
            var largest = expected.Max(Math.Abs);
            Assert.True(largest > 1e-3);
            Assert.Equal(expected.Length, found.Length);
            for (var k = 0; k < expected.Length; k++)
            {
                Assert.Equal(expected[k], found[k], 1e-10 * largest);
            }
            Assert.All(gradients.Blocks, block => Assert.Equal(batch.Count + 1, block.Offsets.Length));
            Assert.All(gradients.Blocks, block => Assert.Equal(block.Offsets[^1], (block.Input ?? block.Gradient.select(0, 0)).shape[0]));
            Assert.Equal(network.Forward(batch)[output].to_double(), gradients.Values.to_double());
        }
    }

    [SkippableFact]
    public void QueryKeyAndValueShareWhatTheyAreGiven()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition("attention"), seed: 3);
        using var gradients = LayerGradients.Capture(network, TestNetworks.Batch(network.Definition));
        var of = gradients.Blocks.ToDictionary(b => b.Layer, b => b);
        Assert.Same(of["attention1.query"].Input, of["attention1.key"].Input);
        Assert.Same(of["attention1.query"].Input, of["attention1.value"].Input);
        Assert.NotSame(of["attention1.query"].Input, of["attention1.output"].Input);
        gradients.FreeAllBut(new HashSet<Tensor> { of["attention1.query"].Gradient });
        Assert.True(of["attention1.key"].Input!.IsDisposed);
        Assert.True(of["attention1.key"].Gradient.IsDisposed);
        Assert.False(of["attention1.query"].Gradient.IsDisposed);
    }

    [SkippableFact]
    public void BatchNormInTrainingIsNoKernel()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition("residual"), seed: 3);
        var error = Assert.Throws<InputException>(() => LayerGradients.Capture(network, TestNetworks.Batch(network.Definition), isTraining: true));
        Assert.Contains("residual0.batchNorm1: batch norm while training couples the samples", error.Message);
    }

    /// <summary>[N, C, P] from the blocks.</summary>
    private static double[] Reconstruct(Network network, LayerGradients gradients)
    {
        var jacobian = new double[gradients.Samples * gradients.Outputs * network.ParameterCount];
        foreach (var block in gradients.Blocks)
        {
            var (a, g, b) = (block.Input?.to_double() ?? [], block.Gradient.to_double(), (int)block.Gradient.shape[2]);
            var positions = block.Offsets[^1];
            var inputs = a.Length / positions;
            for (var i = 0; i < gradients.Samples; i++)
            {
                for (var c = 0; c < gradients.Outputs; c++)
                {
                    var weight = Row(block.Weight, i, c);
                    var bias = block.Bias is null ? default : Row(block.Bias, i, c);
                    for (var p = block.Offsets[i]; p < block.Offsets[i + 1]; p++)
                    {
                        for (var k = 0; k < b; k++)
                        {
                            var value = g[(c * positions + p) * b + k];
                            if (!bias.IsEmpty)
                            {
                                bias[k] += block.BiasScale * value;
                            }
                            switch (block.Rule)
                            {
                                case UseRule.Product:
                                    var width = inputs / block.Groups;
                                    var first = k / (b / block.Groups) * width;
                                    // Of weights [b, channels, kernel, kernel] the pixels come last, of patches the channels.
                                    var pixels = block.Weight.Value.dim() == 4 ? (int)(block.Weight.Value.shape[2] * block.Weight.Value.shape[3]) : 1;
                                    for (var j = 0; j < width; j++)
                                    {
                                        var place = j % pixels * (width / pixels) + j / pixels;
                                        weight[k * width + j] += block.Scale * value * a[p * inputs + first + place];
                                    }
                                    break;
                                case UseRule.Vector:
                                    weight[k] += value;
                                    break;
                                default:
                                    weight[(int)a[p] * b + k] += block.Scale * value;
                                    break;
                            }
                        }
                    }
                }
            }
        }
        return jacobian;

        Span<double> Row(Parameter parameter, int sample, int output)
        {
            var before = network.Parameters.TakeWhile(p => p != parameter).Sum(p => p.Count);
            return jacobian.AsSpan((int)((sample * gradients.Outputs + output) * network.ParameterCount + before), (int)parameter.Count);
        }
    }
}
