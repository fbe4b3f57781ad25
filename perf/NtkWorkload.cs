using System.Text.Json.Nodes;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Ntk;

namespace Engine.Perf;

/// <summary>A network whose kernel is measured from weights and samples on, with and without PyTorch.</summary>
/// <param name="Name">Name of the case.</param>
/// <param name="Text">A line on it.</param>
/// <param name="Definition">The network; its layers have the names that ntk_peer.py knows.</param>
/// <param name="Reduction">Mean over outputs, or all pairs of them.</param>
/// <param name="Samples">Of the kernel.</param>
/// <param name="JacobianSamples">For which PyTorch forms the gradients of all samples at once; a divisor of <paramref name="Samples"/>.</param>
/// <param name="Facts">What ntk_peer.py has to know beside names and shapes of parameters.</param>
internal sealed record NtkWorkload(string Name, string Text, NetworkDefinition Definition, OutputReduction Reduction, int Samples, int JacobianSamples, JsonObject Facts)
{
    private const int Outputs = 10;
    public const int Vocabulary = 1000;

    private static readonly int[] Strides = [1, 1, 2, 1, 2, 1, 2, 1];

    public static IReadOnlyList<NtkWorkload> All { get; } =
    [
        new("network-mlp", "784-512-512-10 from weights on, 1000 samples, mean over outputs", Mlp(), OutputReduction.MeanTrace, 1000, 100, new() { ["network"] = "mlp", ["layers"] = 3 }),
        new("network-mlp-full", "the same, all pairs of outputs", Mlp(), OutputReduction.Full, 1000, 50, new() { ["network"] = "mlp", ["layers"] = 3 }),
        new(
            "network-resnet", "residual network of 18 layers for 3 × 32 × 32, 16 samples, mean over outputs", ResidualNetwork(), OutputReduction.MeanTrace, 16, 16,
            new() { ["network"] = "resnet", ["strides"] = new JsonArray([.. Strides.Select(s => JsonValue.Create(s))]) }),
        new(
            "network-transformer", "6 encoder blocks of width 128 over 64 tokens, 64 samples, mean over outputs", Transformer(6, 128, 4, 64), OutputReduction.MeanTrace, 64, 64,
            FactsOfTransformer(6, 4)),
        // The base model of A. Vaswani et al., arXiv:1706.03762, 19.4 M parameters: gradients of 20 samples take PyTorch 16 GB.
        new(
            "network-transformer-base", "6 encoder blocks of width 512 over 16 tokens, 100 samples, mean over outputs", Transformer(6, 512, 8, 16), OutputReduction.MeanTrace, 100, 20,
            FactsOfTransformer(6, 8)),
    ];

    /// <summary>Text of <see cref="OnDevice"/>.</summary>
    public const string OnDeviceText = "kernel and eigenvalues of a transformer of 117 million parameters, 1000 samples of 8 tokens, all pairs of 10 outputs";

    /// <summary>A transformer for a device: of 12 blocks of width 896 and 1000 samples, or a tiny one.</summary>
    /// <param name="large">Which.</param>
    public static NtkWorkload OnDevice(bool large) => large
        ? new("ntk-network", OnDeviceText, Transformer(12, 896, 14, 8), OutputReduction.Full, 1000, 4, FactsOfTransformer(12, 14))
        : new("ntk-network", OnDeviceText, Transformer(2, 32, 2, 8), OutputReduction.Full, 16, 4, FactsOfTransformer(2, 2));

    /// <summary>With rectifiers, as for images of digits.</summary>
    private static NetworkDefinition Mlp() => new()
    {
        Input = new NumbersInput { Sizes = [784] },
        Layers =
        [
            new DenseLayer { Units = 512, Activation = Activation.Relu },
            new DenseLayer { Units = 512, Activation = Activation.Relu },
            new DenseLayer { Units = Outputs },
        ],
    };

    /// <summary>K. He et al., CVPR (2016): 18 layers, with a first one of 3 × 3 and without pooling after it, as is usual for images of this size.</summary>
    private static NetworkDefinition ResidualNetwork() => new()
    {
        Input = new NumbersInput { Sizes = [3, 32, 32] },
        Layers =
        [
            Convolution("first", 64, 3, 1, 1),
            new BatchNormLayer { Name = "firstNorm" },
            new ActivationLayer { Function = Activation.Relu },
            .. Strides.Select(Block),
            new PoolingLayer { Global = true },
            new DenseLayer { Name = "head", Units = Outputs },
        ],
    };

    private static JsonObject FactsOfTransformer(int blocks, int heads) => new() { ["network"] = "transformer", ["layers"] = blocks, ["heads"] = heads };

    private static NetworkDefinition Transformer(int blocks, int width, int heads, int tokens) => new()
    {
        Input = new TokensInput { Length = tokens },
        Layers =
        [
            new EmbeddingLayer { Name = "embedding", Vocabulary = Vocabulary, Width = width },
            .. Enumerable.Range(0, blocks).Select(k => new EncoderBlockLayer { Name = $"block{k}", Heads = heads, FeedForward = 4 * width, Activation = Activation.Gelu }),
            new PoolingLayer { Global = true },
            new DenseLayer { Name = "head", Units = Outputs },
        ],
    };

    private static ResidualLayer Block(int stride, int block)
    {
        var channels = 64 << Strides[..(block + 1)].Count(s => s == 2);
        return new()
        {
            Name = $"block{block}",
            Activation = Activation.Relu,
            Layers =
            [
                Convolution("one", channels, 3, stride, 1),
                new BatchNormLayer { Name = "oneNorm" },
                new ActivationLayer { Function = Activation.Relu },
                Convolution("two", channels, 3, 1, 1),
                new BatchNormLayer { Name = "twoNorm" },
            ],
            Projection = stride == 1 ? [] : [Convolution("around", channels, 1, stride, 0)],
        };
    }

    private static ConvolutionLayer Convolution(string name, int channels, int kernel, int stride, int padding) => new()
    {
        Name = name,
        Channels = channels,
        Kernel = kernel,
        Stride = stride,
        Padding = padding,
        Bias = false,
    };
}
