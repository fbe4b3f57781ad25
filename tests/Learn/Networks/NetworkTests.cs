using Engine.Core.Json;
using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Torch;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Networks;

[Collection(LibtorchCollection.Name)]
public class NetworkTests
{
    public static TheoryData<string> Names => TestNetworks.Names;

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void TheSameSeedIsTheSameNetworkAndTextTheSameRecord(string name)
    {
        Libtorch.Require();
        var definition = TestNetworks.Definition(name);
        var again = StrictJson.Read<NetworkDefinition>(StrictJson.Write(definition), name);
        Assert.Equal(StrictJson.Canonical(definition), StrictJson.Canonical(again));
        using var first = new Network(definition, 7);
        using var second = new Network(again, 7);
        using var other = new Network(definition, 8);
        Assert.Equal(Values(first), Values(second));
        Assert.NotEqual(Values(first), Values(other));
        Assert.Equal(first.Parameters.Count, first.Parameters.Select(p => p.Name).Distinct().Count());

        static double[] Values(Network network) => [.. network.Parameters.SelectMany(p => p.Value.to_double())];
    }

    /// <summary>Mean and variance of 10,000 weights: three standard errors, 0.03 and 0.042 of the variance (less for cut tails).</summary>
    [SkippableTheory]
    [InlineData(InitialisationScheme.LeCun, 1 / 100.0)]
    [InlineData(InitialisationScheme.He, 2 / 100.0)]
    [InlineData(InitialisationScheme.Xavier, 2 / 200.0)]
    [InlineData(InitialisationScheme.Ntk, 1.0)]
    public void WeightsHaveTheVarianceOfTheScheme(InitialisationScheme scheme, double variance)
    {
        Libtorch.Require();
        var definition = new NetworkDefinition
        {
            Precision = Precision.Double,
            Input = new NumbersInput { Sizes = [100] },
            Initialisation = new() { Scheme = scheme },
            Layers = [new DenseLayer { Units = 100 }],
        };
        using var network = new Network(definition, 1);
        var weights = network.Parameters[0].Value.to_double();
        Assert.Equal(0, weights.Average(), 0.03 * Math.Sqrt(variance));
        Assert.Equal(variance, weights.Average(w => w * w), 0.042 * variance);
        if (scheme != InitialisationScheme.Ntk)
        {
            Assert.True(weights.Max(Math.Abs) <= 2 * Math.Sqrt(variance) / 0.87962566103423978);
            Assert.All(network.Parameters[1].Value.to_double(), b => Assert.Equal(0, b));
        }
        // In the NTK parameterisation outputs have the variance of the weights times the mean square of the input.
        using var scope = new TensorScope();
        var z = network.Forward(new Batch { Input = torch.ones([1, 100], ScalarType.Float64) }).Main.to_double();
        Assert.Equal(scheme is InitialisationScheme.He ? 2 : 1, z.Average(x => x * x), 3 * Math.Sqrt(2 / 100.0) * 2);
    }

    [SkippableFact]
    public void CountsOfParametersAreThoseByHand()
    {
        Libtorch.Require();
        Assert.Equal(5 * 7 + 7 + 7 * 4 + 4 * 3 + 3, Count("dense"));
        Assert.Equal(6 * 2 * 4 + 6 + 6 * 9 + 6 + 6 * 2 * 2 * 2 + 2, Count("groups"));
        Assert.Equal(3 * 5 * (3 + 5 + 2) + 3 * 4 * (5 + 4 + 2) + 4 * 2 + 2, Count("gru"));

        static long Count(string name)
        {
            using var network = new Network(TestNetworks.Definition(name), 1);
            return network.ParameterCount;
        }
    }

    /// <summary>One step of a unit with one number, by the formula.</summary>
    [SkippableFact]
    public void AGruStepIsTheFormula()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var definition = new NetworkDefinition
        {
            Precision = Precision.Double,
            Input = new NumbersInput { Sizes = [2, 1] },
            Initialisation = new() { BiasStd = 0.5 },
            Layers = [new GruLayer { Units = 1 }],
        };
        using var network = new Network(definition, 4);
        var p = network.Parameters.ToDictionary(q => q.Name, q => q.Value.to_double());
        var (w, wb, u, ub) = (p["gru0.input.weight"], p["gru0.input.bias"], p["gru0.state.weight"], p["gru0.state.bias"]);
        var h = 0.0;
        foreach (var x in new[] { 0.7, -1.2 })
        {
            var r = Sigmoid(w[0] * x + wb[0] + u[0] * h + ub[0]);
            var z = Sigmoid(w[1] * x + wb[1] + u[1] * h + ub[1]);
            var n = Math.Tanh(w[2] * x + wb[2] + r * (u[2] * h + ub[2]));
            h = (1 - z) * n + z * h;
        }
        Assert.Equal(h, network.Forward(new Batch { Input = torch.tensor([0.7, -1.2], [1, 2, 1]) }).Main.item(), 1e-14);

        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
    }

    [SkippableFact]
    public void ACausalBlockDoesNotSeeWhatComesLater()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition("attention") with { Layers = [.. TestNetworks.Definition("attention").Layers.Take(2)] }, 2);
        var first = network.Forward(new Batch { Input = torch.tensor([1L, 2, 3, 4, 5], [1, 5]) }).Main.to_double();
        var second = network.Forward(new Batch { Input = torch.tensor([1L, 2, 3, 6, 0], [1, 5]) }).Main.to_double();
        // The same numbers in the same order, but the kernel of a matrix product may differ in the last digit.
        Assert.All(Enumerable.Range(0, 3 * 6), k => Assert.Equal(first[k], second[k], 1e-14));
        Assert.NotEqual(first[^1], second[^1]);
    }

    /// <summary>After one batch in training the running averages are (1 − m)·start + m·statistics, by hand.</summary>
    [SkippableFact]
    public void BatchNormKeepsItsAverages()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var definition = new NetworkDefinition
        {
            Precision = Precision.Double,
            Input = new NumbersInput { Sizes = [1] },
            Layers = [new BatchNormLayer()],
        };
        using var network = new Network(definition, 1);
        var batch = new Batch { Input = torch.tensor([1.0, 3, 8], [3, 1]) };
        var training = network.Forward(new ForwardContext(batch) { IsTraining = true }).Main.to_double();
        Assert.Equal(0, training.Sum(), 1e-14);
        Assert.Equal(1, training.Average(x => x * x), 1e-5);
        Assert.Equal(0.1 * 4, network.Buffers[0].Value.item(), 1e-15);
        Assert.Equal(0.9 + 0.1 * 13, network.Buffers[1].Value.item(), 1e-14);
        Assert.Equal((1 - 0.4) / Math.Sqrt(2.2 + 1e-5), network.Forward(batch).Main.to_double()[0], 1e-14);
        Assert.Contains("one value", Assert.Throws<InputException>(
            () => network.Forward(new ForwardContext(new() { Input = torch.ones([1, 1], ScalarType.Float64) }) { IsTraining = true })).Message);
    }

    [SkippableFact]
    public void DropoutWorksInTrainingOnlyAndRepeats()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var definition = new NetworkDefinition
        {
            Input = new NumbersInput { Sizes = [1000] },
            Layers = [new DropoutLayer { Rate = 0.25 }],
        };
        using var network = new Network(definition, 1);
        var batch = new Batch { Input = torch.ones([1, 1000]) };
        Assert.All(network.Forward(batch).Main.to_float(), x => Assert.Equal(1, x));
        var first = At(1);
        Assert.Equal(first, At(1));
        Assert.NotEqual(first, At(2));
        Assert.All(first, x => Assert.True(x == 0 || x == 4 / 3f));
        // Three standard deviations of a binomial: 3 √(1000 · 0.25 · 0.75) = 41.
        Assert.InRange(first.Count(x => x == 0), 250 - 41, 250 + 41);

        float[] At(long step) => network.Forward(new ForwardContext(batch) { IsTraining = true, Step = step }).Main.to_float();
    }

    [SkippableFact]
    public void VariationalNoiseMovesTheMeanByTheDeviation()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition("variational"), 1);
        Assert.Equal(2, network.Latent);
        var batch = TestNetworks.Batch(network.Definition);
        var quiet = network.Forward(new Batch { Input = batch.Input });
        Assert.Equal(quiet["mean"].to_double(), network.Forward(batch)["mean"].to_double());
        Assert.NotEqual(quiet.Main.to_double(), network.Forward(batch).Main.to_double());
        Assert.Equal(quiet.Main.to_double(), network.Forward(new Batch { Input = batch.Input, Noise = batch.Noise! * 0 }).Main.to_double());
    }

    [SkippableFact]
    public void WhatDoesNotFitIsSaidInOneLine()
    {
        Libtorch.Require();
        Assert.Contains("did you mean \"units\"", Refuse("""{ "type": "dense", "unit": 3 }"""));
        Assert.Contains("unknown type \"dens\"; did you mean \"dense\"", Refuse("""{ "type": "dens" }"""));
        Assert.Contains("layer dense0: units is 0", Refuse("""{ "type": "dense", "units": 0 }"""));
        Assert.Contains("layer convolution0: it is given [N, 4], expected [N, channels, height, width]", Refuse("""{ "type": "convolution", "channels": 3, "kernel": 3 }"""));
        Assert.Contains("put an embedding before it", Refuse("""{ "type": "dense", "units": 3 }""", """{ "type": "tokens", "length": 3 }"""));
        Assert.Contains("groups is 2", Refuse("""{ "type": "convolution", "channels": 3, "kernel": 1, "groups": 2 }""", """{ "type": "numbers", "shape": [2, 3, 3] }"""));
        Assert.Contains("kernel 5 and padding 0 do not fit", Refuse("""{ "type": "convolution", "channels": 3, "kernel": 5 }""", """{ "type": "numbers", "shape": [2, 3, 3] }"""));
        Assert.Contains("give it a projection", Refuse("""{ "type": "residual", "layers": [{ "type": "dense", "units": 3 }] }"""));
        Assert.Contains("expected a divisor of the width", Refuse("""{ "type": "attention", "heads": 3 }""", """{ "type": "numbers", "shape": [2, 4] }"""));
        Assert.Contains("no encoder to attend to", Refuse("""{ "type": "decoderBlock", "heads": 1, "feedForward": 2 }""", """{ "type": "numbers", "shape": [2, 4] }"""));
        Assert.Contains("another layer has the same name", Refuse("""{ "type": "dense", "units": 4, "name": "a" }, { "type": "dense", "units": 4, "name": "a" }"""));
        Assert.Contains("each with a name of its own", Refuse("""{ "type": "heads", "heads": [] }"""));
        Assert.Contains("weightStd is -1", Assert.Throws<InputException>(
            () => new Network(TestNetworks.Definition("dense") with { Initialisation = new() { WeightStd = -1 } }, 1)).Message);
        using var scope = new TensorScope();
        using var network = new Network(TestNetworks.Definition("dense"), 1);
        Assert.Contains("takes [N, 5] as its input, found [2, 4]", Assert.Throws<InputException>(() => network.Forward(new Batch { Input = torch.ones([2, 4], ScalarType.Float64) })).Message);
        Assert.Contains("found Float32", Assert.Throws<InputException>(() => network.Forward(new Batch { Input = torch.ones([2, 5]) })).Message);
        Assert.Contains("no output \"policy\"", Assert.Throws<InputException>(() => network.Forward(TestNetworks.Batch(network.Definition))["policy"]).Message);
        Assert.Contains("edge 1 goes from node 0 to 2", Assert.Throws<InputException>(() => new GraphTopology([0, 2, 3], [0, 0], [1, 2])).Message);

        static string Refuse(string layers, string input = """{ "type": "numbers", "shape": [4] }""")
        {
            var message = Assert.Throws<InputException>(() => new Network(StrictJson.Read<NetworkDefinition>($$"""{ "input": {{input}}, "layers": [{{layers}}] }""", "net.json"), 1)).Message;
            Assert.DoesNotContain('\n', message);
            return message;
        }
    }

    [SkippableFact]
    public void APassLeavesNothingBehind()
    {
        Libtorch.Require();
        var before = Libtorch.CountHandles();
        foreach (var name in new[] { "residual", "decoder", "graph", "gru" })
        {
            using var scope = new TensorScope();
            using var network = new Network(TestNetworks.Definition(name), 1);
            using var gradients = LayerGradients.Capture(network, TestNetworks.Batch(network.Definition));
        }
        Assert.Equal(before, torch.LiveHandles);
    }
}
