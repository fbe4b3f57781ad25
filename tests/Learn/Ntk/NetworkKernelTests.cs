using Engine.Core.Json;
using Engine.Kernels.Devices;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Ntk;
using Engine.Learn.Torch;
using Engine.Tests.Kernels.Devices;
using Engine.Tests.Learn.Networks;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Ntk;

/// <summary>Kernels of whole networks beside J·Jᵀ from one backward pass for each output of each sample.</summary>
[Collection(LibtorchCollection.Name)]
public class NetworkKernelTests
{
    public static TheoryData<string> Names => TestNetworks.Names;

    /// <summary>Both are sums of the same products in another order: 1e-10 of the largest element.</summary>
    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void TheKernelOfEveryLayerIsJacobianTimesItsTranspose(string name)
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition(name), seed: 3);
        var data = TestNetworks.Samples(network.Definition);
        var batch = data.Range(0, data.Count);
        var jacobian = NetworkJacobian.Compute(network, batch);
        var (n, p) = (data.Count, (int)network.ParameterCount);
        var rows = jacobian.Length / p;
        var source = new NetworkFactors<double>(network, data);
        Assert.Equal((n, rows / n), (source.Samples, source.Outputs));
        using var kernel = new TangentKernel<double>(new() { Reduction = OutputReduction.Full, ByLayer = true }, Workers.Single);
        using var result = kernel.Compute(source);
        Compare(result.Sum, jacobian, rows, 0, p);
        Assert.Equal(
            network.Parameters.Select(q => q.Name[..q.Name.LastIndexOf('.')]).Distinct().Order(), result.ByLayer.Select(l => l.Key).Order());
        foreach (var (layer, part) in result.ByLayer)
        {
            var own = network.Parameters.Select((q, k) => (q, k)).Where(q => q.q.Name[..q.q.Name.LastIndexOf('.')] == layer).ToArray();
            var first = (int)network.Parameters.Take(own[0].k).Sum(q => q.Count);
            Compare(part, jacobian, rows, first, first + (int)own.Sum(q => q.q.Count));
        }
        // The exact trace without a kernel.
        Assert.Equal(jacobian.Sum(x => x * x), kernel.Trace(source), 1e-10 * jacobian.Sum(x => x * x));

        void Compare(KernelMatrix found, double[] j, int size, int from, int to)
        {
            var expected = new double[size * size];
            for (var a = 0; a < size; a++)
            {
                for (var b = 0; b < size; b++)
                {
                    for (var k = from; k < to; k++)
                    {
                        expected[a * size + b] += j[a * p + k] * j[b * p + k];
                    }
                }
            }
            var tolerance = 1e-10 * expected.Max(Math.Abs);
            for (var k = 0; k < expected.Length; k++)
            {
                Assert.Equal(expected[k], found.Values[k / size, k % size], tolerance);
            }
        }
    }

    public static TheoryData<string, string> NamesOfEachKind
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var name in TestNetworks.Names)
            {
                cases.Add("opencl", name);
                cases.Add("cuda", name);
            }
            return cases;
        }
    }

    /// <summary>
    /// The same sums on a device, in another order: 1e-12 of the largest element. On a CUDA device libtorch, if it can, runs the network there, and its derivatives are rounded in another order,
    /// too: 1e-10.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(NamesOfEachKind))]
    public void ADeviceComputesTheSame(string kind, string name)
    {
        Libtorch.Require();
        TestDevices.Require(kind);
        using var device = Device.Open(kind);
        var tolerance = kind == "cuda" && torch.cuda_is_available() ? 1e-10 : 1e-12;
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition(name), seed: 3);
        var source = new NetworkFactors<double>(network, TestNetworks.Samples(network.Definition));
        foreach (var reduction in new[] { OutputReduction.Full, OutputReduction.MeanTrace })
        {
            var options = new KernelOptions { Reduction = reduction };
            using var processor = new TangentKernel<double>(options, Workers.Single);
            using var kernel = new TangentKernel<double>(options, Workers.Single, device);
            using var expected = processor.Compute(source);
            using var found = kernel.Compute(source);
            var (size, largest) = (expected.Sum.Values.Rows, Enumerable.Range(0, expected.Sum.Values.Rows).Max(i => expected.Sum.Values[i, i]));
            for (var k = 0; k < size * size; k++)
            {
                Assert.Equal(expected.Sum.Values[k / size, k % size], found.Sum.Values[k / size, k % size], tolerance * largest);
            }
        }
    }

    /// <summary>
    /// Groups of channels are columns of wider matrices, one output is every second of their rows, and factors of a network in float become double on their way: Σ_p J_ip J_jp of that output,
    /// to the rounding of the network's own derivatives (float: some hundred roundings of 6e-8), and to that of the order of sums beside the processor.
    /// </summary>
    [SkippableTheory]
    [InlineData(Precision.Double, 1e-10)]
    [InlineData(Precision.Float, 1e-5)]
    public void ADeviceTakesGroupsOfChannelsAndOneOutput(Precision precision, double rounding)
    {
        Libtorch.Require();
        TestDevices.Require("opencl");
        using var device = Device.Open("opencl");
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition("groups") with { Precision = precision }, seed: 3);
        var batch = TestNetworks.Samples(network.Definition).Range(0, 7);
        var data = new TensorSamples(batch.Input.to(network.Type));
        var jacobian = NetworkJacobian.Compute(network, data.Range(0, 7));
        var p = (int)network.ParameterCount;
        var source = new NetworkFactors<double>(network, data);
        var options = new KernelOptions { Reduction = OutputReduction.SingleOutput(1) };
        using var processor = new TangentKernel<double>(options, Workers.Single);
        using var kernel = new TangentKernel<double>(options, Workers.Single, device);
        using var expected = processor.Compute(source);
        using var found = kernel.Compute(source);
        Assert.Equal((7, 7), (found.Sum.Values.Rows, found.Sum.Values.Columns));
        var largest = Enumerable.Range(0, 7).Max(i => expected.Sum.Values[i, i]);
        for (var k = 0; k < 7 * 7; k++)
        {
            var (i, j) = (k / 7, k % 7);
            var product = Enumerable.Range(0, p).Sum(q => jacobian[(2 * i + 1) * p + q] * jacobian[(2 * j + 1) * p + q]);
            Assert.Equal(product, found.Sum.Values[i, j], rounding * largest);
            Assert.Equal(expected.Sum.Values[i, j], found.Sum.Values[i, j], 1e-12 * largest);
        }
    }

    /// <summary>Kernel times vector without a kernel, and J w beside central differences (h = 1e-5: error h² and 1e-16/h).</summary>
    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void ProductsWithVectorsNeedNoKernel(string name)
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition(name), seed: 3);
        var data = TestNetworks.Samples(network.Definition);
        var jacobian = NetworkJacobian.Compute(network, data.Range(0, data.Count));
        var p = (int)network.ParameterCount;
        var random = new Random(1);
        var product = new TangentOperator(network, data, batchSize: 2);
        double[] vector = [.. Enumerable.Range(0, product.Size).Select(_ => random.NextDouble() - 0.5)];
        Assert.Equal(jacobian.Length / p, product.Size);
        var direction = new double[p];
        for (var k = 0; k < jacobian.Length; k++)
        {
            direction[k % p] += jacobian[k] * vector[k / p];
        }
        var found = product.TransposeMultiply(vector);
        Close(direction, found, 1e-10);
        var expected = new double[product.Size];
        for (var k = 0; k < jacobian.Length; k++)
        {
            expected[k / p] += jacobian[k] * direction[k % p];
        }
        Close(expected, product.Apply(vector), 1e-10);
        // A step of this length in the space of parameters, wherever it goes.
        var length = Math.Sqrt(direction.Sum(x => x * x));
        direction = [.. direction.Select(x => x / length)];
        var (forwards, backwards) = (Moved(1e-5), Moved(-1e-5));
        Close([.. forwards.Zip(backwards, (a, b) => (a - b) / 2e-5)], product.Multiply(direction), 1e-6);

        double[] Moved(double step)
        {
            using var inner = new TensorScope();
            using var no = Autograd.no_grad();
            Move(step);
            var values = network.Forward(data.Range(0, data.Count)).Main.to_double();
            Move(-step);
            return values;
        }

        void Move(double step)
        {
            var next = 0;
            foreach (var parameter in network.Parameters)
            {
                parameter.Value.add_(torch.tensor(direction.AsSpan(next, (int)parameter.Count), parameter.Value.shape), step);
                next += (int)parameter.Count;
            }
        }

        static void Close(double[] expected, double[] found, double relative)
        {
            var tolerance = relative * expected.Max(Math.Abs);
            Assert.Equal(expected.Length, found.Length);
            Assert.All(Enumerable.Range(0, expected.Length), k => Assert.Equal(expected[k], found[k], tolerance));
        }
    }

    /// <summary>The first graph of the subset is the smallest: of it alone, layers would look cheaper than they are.</summary>
    [SkippableFact]
    public void ASubsetOfGraphsHasThePlanOfTheGraphs()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition("graph"), seed: 3);
        var graphs = TestNetworks.Samples(network.Definition);
        using var reversed = new SampleSubset(graphs, [1, 0, 2]);
        using var kernel = new TangentKernel<double>(new(), Workers.Single);
        Assert.Equal(new NetworkFactors<double>(network, graphs).Layers, new NetworkFactors<double>(network, reversed).Layers);
        Assert.Equal(kernel.Estimate(new NetworkFactors<double>(network, graphs), null, rate: 1).Operations, kernel.Estimate(new NetworkFactors<double>(network, reversed), null, rate: 1).Operations);
    }

    /// <summary>Whichever way sums over outputs are taken: the same sums in another order, 1e-12 of the largest element.</summary>
    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void SumsOverOutputsAreThoseOfTheFullKernel(string name)
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition(name), seed: 3);
        Sums(network, TestNetworks.Samples(network.Definition));
    }

    /// <summary>A function of each number and a dense layer come after: one row of derivatives serves all outputs, here also with an output weight of zero and weights that are scaled.</summary>
    [SkippableTheory]
    [InlineData("hidden", ", \"activation\": \"tanh\"", "{ \"type\": \"dense\", \"units\": 3 }")]
    [InlineData("hidden", "", "{ \"type\": \"dense\", \"units\": 3 }")]
    [InlineData("hidden", ", \"activation\": \"relu\"", "{ \"type\": \"dropout\", \"rate\": 0.2 }, { \"type\": \"activation\", \"function\": \"gelu\" }, { \"type\": \"dense\", \"units\": 3, \"bias\": false }")]
    [InlineData(null, ", \"activation\": \"softmax\"", "{ \"type\": \"dense\", \"units\": 3 }")]
    [InlineData(null, "", "{ \"type\": \"activation\", \"function\": \"softmax\" }, { \"type\": \"dense\", \"units\": 3 }")]
    [InlineData(null, ", \"activation\": \"tanh\"", "{ \"type\": \"dense\", \"units\": 3, \"activation\": \"tanh\" }")]
    [InlineData(null, ", \"activation\": \"tanh\"", "{ \"type\": \"layerNorm\" }, { \"type\": \"dense\", \"units\": 3 }")]
    [InlineData(null, ", \"activation\": \"tanh\"", "{ \"type\": \"residual\", \"layers\": [ { \"type\": \"dense\", \"units\": 4 } ] }, { \"type\": \"dense\", \"units\": 3 }")]
    public void DerivativesThatDifferByTheLastWeightsOnlyAreOneRow(string? expected, string activation, string end)
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var definition = StrictJson.Read<NetworkDefinition>(
            $$"""
            { "precision": "double", "input": { "type": "numbers", "shape": [5] }, "initialisation": { "scheme": "ntk" },
              "layers": [ { "type": "dense", "units": 6, "activation": "silu" }, { "type": "dense", "name": "hidden", "units": 4{{activation}} }, {{end}} ] }
            """,
            "test");
        using var network = new Network(definition, seed: 4);
        var last = network.Parameters.Last(p => p.Name.EndsWith(".weight", StringComparison.Ordinal)).Value;
        using (Autograd.no_grad())
        {
            last.select(1, 2).zero_();
        }
        var data = TestNetworks.Samples(definition);
        var separable = Assert.Single(new NetworkFactors<double>(network, data).Layers, l => l.Name == "hidden").IsSeparable;
        Assert.Equal(expected == "hidden", separable);
        Sums(network, data);
    }

    private static void Sums(Network network, SampleSet data)
    {
        var source = new NetworkFactors<double>(network, data);
        var (n, c) = (data.Count, source.Outputs);
        using var full = new TangentKernel<double>(new() { Reduction = OutputReduction.Full }, Workers.Single);
        using var expected = full.Compute(source);
        var largest = Enumerable.Range(0, n * c).Max(i => expected.Sum.Values[i, i]);
        foreach (var (reduction, weight) in new[] { (OutputReduction.SumTrace, 1.0), (OutputReduction.MeanTrace, 1.0 / c) })
        {
            using var kernel = new TangentKernel<double>(new() { Reduction = reduction }, Workers.Single);
            using var found = kernel.Compute(source);
            for (var k = 0; k < n * n; k++)
            {
                var sum = Enumerable.Range(0, c).Sum(o => expected.Sum.Values[k / n * c + o, k % n * c + o]);
                Assert.Equal(weight * sum, found.Sum.Values[k / n, k % n], 1e-12 * largest * c);
            }
        }
    }

    /// <summary>One row stands for all outputs only where the same weights come after it.</summary>
    [SkippableFact]
    public void SumsOverOutputsOfDifferentNetworksAreRefused()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var definition = new NetworkDefinition
        {
            Precision = Precision.Double,
            Input = new NumbersInput { Sizes = [5] },
            Layers = [new DenseLayer { Name = "hidden", Units = 4, Activation = Activation.Tanh }, new DenseLayer { Units = 3 }],
        };
        using var one = new Network(definition, seed: 1);
        using var other = new Network(definition, seed: 2);
        var samples = TestNetworks.Samples(definition);
        var (rows, columns) = (new NetworkFactors<double>(one, samples), new NetworkFactors<double>(other, samples));
        using var sums = new TangentKernel<double>(new() { Reduction = OutputReduction.SumTrace }, Workers.Single);
        Assert.Contains("layer hidden", Assert.Throws<ArgumentException>(() => sums.Cross(rows, columns)).Message, StringComparison.Ordinal);
        using var pairs = new TangentKernel<double>(new() { Reduction = OutputReduction.Full }, Workers.Single);
        pairs.Cross(rows, columns).Dispose();
    }

    [SkippableFact]
    public void ReductionsAndCrossKernelsAgreeAndFloatIsNear()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition("encoder"), seed: 3);
        var data = TestNetworks.Samples(network.Definition);
        var source = new NetworkFactors<double>(network, data);
        var c = source.Outputs;
        using var full = Compute(OutputReduction.Full);
        using var mean = Compute(OutputReduction.MeanTrace);
        using var single = Compute(OutputReduction.SingleOutput(4));
        using var coarse = new TangentKernel<float>(new(), Workers.Single);
        using var narrow = coarse.Compute(new NetworkFactors<float>(network, data));
        using var between = new TangentKernel<double>(new(), Workers.Single);
        using var cross = between.Cross(source, new NetworkFactors<double>(network, TestNetworks.Samples(network.Definition)));
        for (var i = 0; i < data.Count; i++)
        {
            for (var j = 0; j < data.Count; j++)
            {
                var sum = Enumerable.Range(0, c).Sum(k => full.Sum.Values[i * c + k, j * c + k]);
                Assert.Equal(sum / c, mean.Sum.Values[i, j], 1e-12 * Math.Abs(sum) + 1e-14);
                Assert.Equal(full.Sum.Values[i * c + 4, j * c + 4], single.Sum.Values[i, j], 1e-12);
                Assert.Equal(mean.Sum.Values[i, j], cross.Sum.Values[i, j], 1e-12);
                // Single precision, 6e-8 of the largest, with sums of some hundred terms.
                Assert.Equal(mean.Sum.Values[i, j], narrow.Sum.Values[i, j], 1e-5 * mean.Sum.Values[0, 0]);
            }
        }

        KernelResult Compute(OutputReduction reduction)
        {
            using var kernel = new TangentKernel<double>(new() { Reduction = reduction }, Workers.Single);
            return kernel.Compute(source);
        }
    }
}
