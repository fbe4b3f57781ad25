using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
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

    /// <summary>The derivatives by a norm's weights are the same to the last bit whatever samples are beside, also where libtorch has them in another layout for one.</summary>
    [SkippableFact]
    public void VectorsDoNotDependOnTheSamplesBeside()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var definition = new NetworkDefinition
        {
            Precision = Precision.Double,
            Input = new NumbersInput { Sizes = [3, 16, 16] },
            Layers =
            [
                new ConvolutionLayer { Channels = 19, Kernel = 1 }, new BatchNormLayer(), new PoolingLayer { Global = true }, new DenseLayer { Units = 2 },
            ],
        };
        using var network = new Network(definition, seed: 3);
        var samples = new TensorSamples(torch.tensor([.. Enumerable.Range(0, 7 * 3 * 256).Select(k => Math.Sin(0.7 * k * k))], [7, 3, 16, 16]));
        using var one = LayerGradients.Capture(network, samples.Range(0, 1));
        using var all = LayerGradients.Capture(network, samples.Range(0, 7));
        var norms = one.Blocks.Zip(all.Blocks).Where(pair => pair.First.Rule == UseRule.Vector).ToArray();
        Assert.Equal(2, norms.Length);
        foreach (var (alone, beside) in norms)
        {
            for (var c = 0; c < 2; c++)
            {
                Assert.Equal(alone.Gradient.select(0, c).to_double(), beside.Gradient.select(0, c).to_double()[..19]);
            }
        }
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
