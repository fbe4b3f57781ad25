using Engine.Kernels.Errors;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>A definition with its parameters. The same definition and seed give the same bits.</summary>
public sealed class Network : IDisposable
{
    /// <summary>Name of what the last layer gives.</summary>
    public const string MainOutput = "output";

    private readonly Stage stage;
    private Network? elsewhere;

    /// <param name="definition">What it is.</param>
    /// <param name="seed">Of its parameters.</param>
    /// <param name="device">"cpu" or "cuda:0".</param>
    /// <exception cref="InputException">The layers do not fit each other, or a setting is out of range.</exception>
    /// <exception cref="MissingLibraryException">libtorch is absent.</exception>
    public Network(NetworkDefinition definition, ulong seed, string device = "cpu")
    {
        definition.Initialisation.Check();
        (Definition, Seed, Device) = (definition, seed, device);
        var builder = new NetworkBuilder(seed, definition.Initialisation, Type, device)
        {
            DecoderInput = definition.Input.DecoderShape,
            EdgeFeatures = definition.Input.EdgeFeatures,
        };
        (Parameters, Buffers) = (builder.Parameters, builder.Buffers);
        try
        {
            stage = builder.Sequence(definition.Layers, definition.Input.Shape);
            if (stage.Shape.Domain != Domain.Samples)
            {
                throw new InputException($"network: its last layer gives {stage.Shape}, expected numbers for each graph; put a readout behind the last messagePassing");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        Latent = builder.Latent;
    }

    public NetworkDefinition Definition { get; }

    public ulong Seed { get; }

    public string Device { get; }

    /// <summary>What is trained, in the order in which the layers made it.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>What layers keep up while training: running averages of batch norm.</summary>
    public IReadOnlyList<Parameter> Buffers { get; }

    /// <summary>Numbers of all parameters.</summary>
    public long ParameterCount => Parameters.Sum(p => p.Count);

    /// <summary>Latent variables of a variational auto-encoder, which <see cref="Batch.Noise"/> is for; 0 without one.</summary>
    public int Latent { get; }

    /// <summary>Sizes of <see cref="MainOutput"/>, without the axis of the samples.</summary>
    public IReadOnlyList<long> OutputShape => stage.Shape.Sizes;

    public ScalarType Type => Definition.Precision.ToScalarType();

    /// <summary>
    /// The path of a dense layer between which and <see cref="MainOutput"/> there is nothing but functions of each number and a last dense layer, and the weights [C, b] of the latter:
    /// the derivative of output c by number k of the layer is w_ck times what does not depend on c. Null where the network does not end so.
    /// </summary>
    internal (string Layer, Parameter Weights)? Separable
    {
        get
        {
            var layers = Definition.Layers;
            if (stage.Shape.Domain != Domain.Samples || stage.Shape.Sizes.Length != 1 || layers is not [.., DenseLayer { Activation: Activation.None }])
            {
                return null;
            }
            var place = layers.Count - 2;
            while (place >= 0 && layers[place] is DropoutLayer or ActivationLayer { Function: not Activation.Softmax })
            {
                place--;
            }
            if (place < 0 || layers[place] is not DenseLayer { Activation: not Activation.Softmax })
            {
                return null;
            }
            var last = $"{NetworkBuilder.NameOf(layers, layers.Count - 1)}.weight";
            return (NetworkBuilder.NameOf(layers, place), Parameters.Single(p => p.Name == last));
        }
    }

    /// <summary>Evaluates the network as it is after training.</summary>
    public NetworkOutputs Forward(Batch batch) => Forward(new ForwardContext(batch));

    /// <summary>Evaluates the network.</summary>
    /// <exception cref="InputException">The batch is not of the shape that the network takes.</exception>
    public NetworkOutputs Forward(ForwardContext context)
    {
        Check(context.Batch.Input, Definition.Input.Shape, "its input");
        if (context.Batch.DecoderInput is { } given && Definition.Input.DecoderShape is { } shape)
        {
            Check(given, shape, "the input of its decoder");
        }
        var main = stage.Forward(context, context.Batch.Input);
        return new(main, context.Outputs);
    }

    /// <summary>Itself, or a copy on another device with the parameters that it has now, which goes with it.</summary>
    /// <param name="device">"cpu" or "cuda:0".</param>
    internal Network At(string device)
    {
        if (device == Device)
        {
            return this;
        }
        if (elsewhere?.Device != device)
        {
            elsewhere?.Dispose();
            elsewhere = new(Definition, Seed, device);
        }
        foreach (var (copy, original) in elsewhere.Parameters.Concat(elsewhere.Buffers).Zip(Parameters.Concat(Buffers)))
        {
            using var scope = new TensorScope();
            copy.Value.detach().copy_(original.Value.detach());
        }
        return elsewhere;
    }

    public void Dispose()
    {
        elsewhere?.Dispose();
        foreach (var parameter in Parameters.Concat(Buffers))
        {
            parameter.Dispose();
        }
    }

    private void Check(Tensor input, Shape expected, string what)
    {
        var found = input.shape;
        if (!found.AsSpan(Math.Min(1, found.Length)).SequenceEqual(expected.Sizes) || found.Length == 0 || found[0] == 0)
        {
            throw new InputException($"the network takes {expected} as {what}, found [{string.Join(", ", found)}]");
        }
        var type = expected.IsIndex ? ScalarType.Int64 : Type;
        if (input.dtype != type)
        {
            throw new InputException($"the network takes {type} as {what}, found {input.dtype}; its precision is {Definition.Precision}");
        }
    }
}
