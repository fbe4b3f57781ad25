using Engine.Core.Json;
using Engine.Learn.Networks;
using Engine.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Networks;

/// <summary>A small network in double for every kind of layer, and batches of numbers for it.</summary>
internal static class TestNetworks
{
    private static readonly Dictionary<string, string> Definitions = new()
    {
        ["dense"] = """{ "input": { "type": "numbers", "shape": [5] }, "layers": [{ "type": "dense", "units": 7, "activation": "tanh" }, { "type": "dense", "units": 4, "activation": "gelu", "bias": false }, { "type": "dense", "units": 3 }] }""",
        ["ntk"] = """{ "input": { "type": "numbers", "shape": [5] }, "initialisation": { "scheme": "ntk", "weightStd": 1.5, "biasStd": 0.3 }, "layers": [{ "type": "dense", "units": 7, "activation": "elu" }, { "type": "dense", "units": 3 }] }""",
        ["positions"] = """{ "input": { "type": "numbers", "shape": [4, 5] }, "layers": [{ "type": "dense", "units": 6, "activation": "silu" }, { "type": "pooling", "global": true }, { "type": "dense", "units": 2 }] }""",
        ["convolution"] = """{ "input": { "type": "numbers", "shape": [2, 7, 6] }, "layers": [{ "type": "convolution", "channels": 4, "kernel": 3, "padding": 1, "stride": 2, "activation": "softplus" }, { "type": "pooling", "method": "maximum", "window": 2, "stride": 1 }, { "type": "convolution", "channels": 3, "kernel": 2, "activation": "sigmoid" }, { "type": "flatten" }, { "type": "dense", "units": 2 }] }""",
        ["groups"] = """{ "input": { "type": "numbers", "shape": [4, 5, 5] }, "initialisation": { "scheme": "ntk", "biasStd": 0.5 }, "layers": [{ "type": "convolution", "channels": 6, "kernel": 2, "groups": 2, "activation": "tanh" }, { "type": "convolution", "channels": 6, "kernel": 3, "groups": 6, "padding": 1 }, { "type": "pooling", "method": "average" }, { "type": "flatten" }, { "type": "dense", "units": 2 }] }""",
        ["residual"] = """{ "input": { "type": "numbers", "shape": [2, 4, 4] }, "layers": [{ "type": "residual", "activation": "tanh", "layers": [{ "type": "convolution", "channels": 3, "kernel": 3, "padding": 1 }, { "type": "batchNorm" }, { "type": "activation", "function": "tanh" }, { "type": "dropout", "rate": 0.3 }], "projection": [{ "type": "convolution", "channels": 3, "kernel": 1, "bias": false }] }, { "type": "pooling", "global": true }, { "type": "batchNorm" }, { "type": "dense", "units": 2 }] }""",
        ["layerNorm"] = """{ "input": { "type": "numbers", "shape": [3, 4] }, "layers": [{ "type": "dense", "units": 5 }, { "type": "layerNorm" }, { "type": "activation", "function": "tanh" }, { "type": "flatten" }, { "type": "layerNorm" }, { "type": "dense", "units": 2 }] }""",
        ["embedding"] = """{ "input": { "type": "tokens", "length": 6 }, "layers": [{ "type": "embedding", "vocabulary": 4, "width": 3 }, { "type": "activation", "function": "tanh" }, { "type": "flatten" }, { "type": "dense", "units": 2 }] }""",
        ["attention"] = """{ "input": { "type": "tokens", "length": 5 }, "layers": [{ "type": "embedding", "vocabulary": 7, "width": 6, "positions": "sinusoidal" }, { "type": "attention", "heads": 3, "causal": true }, { "type": "pooling", "global": true, "method": "maximum" }, { "type": "dense", "units": 2 }] }""",
        ["encoder"] = """{ "input": { "type": "tokens", "length": 5 }, "initialisation": { "scheme": "ntk", "biasStd": 0.1 }, "layers": [{ "type": "embedding", "vocabulary": 7, "width": 6 }, { "type": "encoderBlock", "heads": 2, "feedForward": 8, "activation": "gelu", "dropout": 0.1 }, { "type": "encoderBlock", "heads": 2, "feedForward": 8, "normFirst": false }, { "type": "layerNorm" }, { "type": "dense", "units": 3 }] }""",
        ["decoder"] = """{ "input": { "type": "tokens", "length": 5, "decoderLength": 3 }, "layers": [{ "type": "sequenceToSequence", "encoder": [{ "type": "embedding", "vocabulary": 7, "width": 6 }, { "type": "encoderBlock", "heads": 2, "feedForward": 8 }], "decoder": [{ "type": "embedding", "vocabulary": 5, "width": 4 }, { "type": "decoderBlock", "heads": 2, "feedForward": 6, "activation": "tanh" }] }, { "type": "dense", "units": 2 }] }""",
        ["graph"] = """{ "input": { "type": "graph", "nodeFeatures": 3, "edgeFeatures": 2 }, "layers": [{ "type": "messagePassing", "units": 4, "activation": "tanh" }, { "type": "residual", "layers": [{ "type": "messagePassing", "units": 4, "message": 3, "activation": "silu", "aggregate": "average" }] }, { "type": "layerNorm" }, { "type": "readout" }, { "type": "dense", "units": 2 }] }""",
        ["gru"] = """{ "input": { "type": "numbers", "shape": [4, 3] }, "layers": [{ "type": "gru", "units": 5, "returnSequence": true }, { "type": "gru", "units": 4 }, { "type": "dense", "units": 2 }] }""",
        ["autoEncoder"] = """{ "input": { "type": "numbers", "shape": [6] }, "layers": [{ "type": "autoEncoder", "encoder": [{ "type": "dense", "units": 2, "activation": "tanh" }], "decoder": [{ "type": "dense", "units": 6 }] }] }""",
        ["variational"] = """{ "input": { "type": "numbers", "shape": [6] }, "layers": [{ "type": "variationalAutoEncoder", "latent": 2, "encoder": [{ "type": "dense", "units": 4, "activation": "tanh" }], "decoder": [{ "type": "dense", "units": 6, "activation": "sigmoid" }] }] }""",
        ["heads"] = """{ "input": { "type": "numbers", "shape": [5] }, "layers": [{ "type": "dense", "units": 6, "activation": "relu" }, { "type": "heads", "heads": [{ "name": "policy", "layers": [{ "type": "dense", "units": 3, "activation": "softmax" }] }, { "name": "value", "layers": [{ "type": "reshape", "shape": [2, 3] }, { "type": "flatten" }, { "type": "dense", "units": 1 }] }] }] }""",
    };

    public static TheoryData<string> Names => [.. Definitions.Keys];

    public static NetworkDefinition Definition(string name) => StrictJson.Read<NetworkDefinition>(Definitions[name], name) with { Precision = Precision.Double };

    /// <summary>Seven samples, or three graphs of which one has no edges.</summary>
    public static Batch Batch(NetworkDefinition definition)
    {
        var samples = Samples(definition);
        var batch = samples.Range(0, samples.Count);
        return definition.Input is not NumbersInput ? batch : new()
        {
            Input = batch.Input,
            Noise = Numbers(new(9), 7, 2),
        };
    }

    /// <summary>The same as a set.</summary>
    public static SampleSet Samples(NetworkDefinition definition)
    {
        var random = new Random(5);
        return definition.Input switch
        {
            TokensInput tokens => new TensorSamples(Tokens(random, tokens.Length), decoderInputs: tokens.DecoderLength is { } length ? Tokens(random, length) : null),
            GraphInput graph => new GraphSamples(
                [
                    new(Values(random, 4 * graph.NodeFeatures), [0, 1, 1, 2, 3], [1, 0, 2, 3, 0], Values(random, 5 * graph.FeaturesOfEdges)),
                    new(Values(random, 2 * graph.NodeFeatures), [], [], []),
                    new(Values(random, 3 * graph.NodeFeatures), [0, 1, 2], [1, 2, 0], Values(random, 3 * graph.FeaturesOfEdges)),
                ],
                definition),
            _ => new TensorSamples(Numbers(random, [7, .. ((NumbersInput)definition.Input).Sizes.Select(s => (long)s)])),
        };
    }

    private static double[] Values(Random random, long count) => [.. Enumerable.Range(0, (int)count).Select(_ => 2 * random.NextDouble() - 1)];

    private static Tensor Numbers(Random random, params long[] shape) => torch.tensor(Values(random, shape.Aggregate(1L, (a, b) => a * b)), shape);

    /// <summary>Four different tokens: the smallest table of the tests has four rows.</summary>
    private static Tensor Tokens(Random random, long length) => torch.tensor([.. Enumerable.Range(0, (int)(7 * length)).Select(_ => (long)random.Next(4))], [7, length]);
}
