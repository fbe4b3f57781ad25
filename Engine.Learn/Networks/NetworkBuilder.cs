using Engine.Kernels.Errors;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>Makes the parameters of a network, layer by layer, and checks that the layers fit each other.</summary>
internal sealed class NetworkBuilder(ulong seed, Initialisation initialisation, ScalarType type, string device)
{
    private readonly Stack<string> path = [];

    public List<Parameter> Parameters { get; } = [];

    public List<Parameter> Buffers { get; } = [];

    /// <summary>What the decoder is given; null in a network without one.</summary>
    public Shape? DecoderInput { get; init; }

    /// <summary>What the encoder gives, for cross attention; null outside a decoder.</summary>
    public Shape? Memory { get; set; }

    /// <summary>Latent variables of a variational auto-encoder; 0 without one.</summary>
    public int Latent { get; set; }

    /// <summary>Features of an edge of graphs.</summary>
    public long EdgeFeatures { get; init; }

    /// <summary>Path of the layer that is built.</summary>
    public string Here => string.Join('.', path.Reverse());

    /// <summary>Builds layers one after another.</summary>
    /// <param name="layers">At least none: what is given is then passed on.</param>
    /// <param name="shape">Of what the first is given.</param>
    /// <param name="part">Name of the list, where a layer has more than one.</param>
    public Stage Sequence(IReadOnlyList<Layer> layers, Shape shape, string? part = null)
    {
        var stages = new List<Func<ForwardContext, Tensor, Tensor>>();
        for (var k = 0; k < layers.Count; k++)
        {
            var name = NameOf(layers, k);
            using (Enter(part is null ? name : $"{part}.{name}"))
            {
                var stage = layers[k].Build(this, shape);
                shape = stage.Shape;
                stages.Add(stage.Forward);
            }
        }
        return new(shape, (context, x) =>
        {
            foreach (var stage in stages)
            {
                x = stage(context, x);
            }
            return x;
        });
    }

    /// <summary>What a layer of a list is called in paths.</summary>
    public static string NameOf(IReadOnlyList<Layer> layers, int place) => layers[place].Name ?? $"{layers[place].TypeName}{place}";

    /// <summary>Parameters made until the result is disposed of have this in their path.</summary>
    public IDisposable Enter(string name)
    {
        path.Push(name);
        return new Leave(path);
    }

    public DenseUnit Dense(string? name, Shape shape, long inputs, long outputs, bool bias = true)
    {
        using (name is null ? null : Enter(name))
        {
            return new(
                Here, shape.Domain, Weights([outputs, inputs], inputs, outputs), bias ? Biases(outputs) : null, initialisation.WeightScale(inputs), initialisation.BiasScale);
        }
    }

    public TableUnit Table(string name, long rows, long width)
    {
        using (Enter(name))
        {
            // Of a row, one is added at a time: its fan-in is 1, and its scale that of what follows.
            var scale = initialisation.IsNtk ? initialisation.WeightStd : 1;
            var values = Initialisation.Normal(rows * width, initialisation.IsNtk ? 1 : 1 / Math.Sqrt(width), seed, Parameters.Count);
            return new(Here, Add("weight", values, [rows, width]), scale);
        }
    }

    /// <summary>The factors and offsets after a normalisation.</summary>
    public AffineUnit Affine(Domain domain, long width) =>
        new(Here, domain, Add("weight", [.. Enumerable.Repeat(1.0, (int)width)], [width]), Add("bias", new double[width], [width]));

    /// <summary>Weights of a convolution.</summary>
    public (Parameter Weight, Parameter? Bias, double Scale, double BiasScale) Convolution(long outputs, long inputsOfGroup, long kernel, int groups, bool bias)
    {
        var fanIn = inputsOfGroup * kernel * kernel;
        return (
            Weights([outputs, inputsOfGroup, kernel, kernel], fanIn, outputs / groups * kernel * kernel), bias ? Biases(outputs) : null, initialisation.WeightScale(fanIn),
            initialisation.BiasScale);
    }

    public Parameter Buffer(string name, double value, long width)
    {
        var buffer = new Parameter($"{Here}.{name}", torch.full([width], value, type, device));
        Buffers.Add(buffer);
        return buffer;
    }

    /// <summary>An error about the layer that is built.</summary>
    public InputException Error(string message) => new($"network, layer {Here}: {message}");

    /// <summary>Refuses anything but vectors of numbers along the last axis.</summary>
    public void RequireNumbers(Shape shape)
    {
        if (shape.IsIndex)
        {
            throw Error($"it is given tokens {shape}, expected numbers; put an embedding before it");
        }
    }

    /// <summary>Refuses anything but [N, channels, height, width].</summary>
    public void RequireImages(Shape shape)
    {
        if (shape.Sizes.Length != 3 || shape.IsIndex || shape.Domain != Domain.Samples)
        {
            throw Error($"it is given {shape}, expected [N, channels, height, width]");
        }
    }

    /// <summary>Refuses anything but [N, positions, width].</summary>
    public void RequireSequences(Shape shape)
    {
        RequireNumbers(shape);
        if (shape.Sizes.Length != 2 || shape.Domain != Domain.Samples)
        {
            throw Error($"it is given {shape}, expected [N, positions, width]");
        }
    }

    /// <summary>Refuses a setting that is not positive.</summary>
    public void RequirePositive(params ReadOnlySpan<(string Name, int Value)> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (value < 1)
            {
                throw Error($"{name} is {value}, expected 1 or more");
            }
        }
    }

    private Parameter Weights(long[] shape, long fanIn, long fanOut) =>
        Add("weight", initialisation.Weights(shape.Aggregate(1L, (product, size) => product * size), fanIn, fanOut, seed, Parameters.Count), shape);

    private Parameter Biases(long count) => Add("bias", initialisation.Biases(count, seed, Parameters.Count), [count]);

    private Parameter Add(string name, double[] values, long[] shape)
    {
        var parameter = new Parameter($"{Here}.{name}", torch.tensor(values, shape, type, device));
        parameter.Value.requires_grad = true;
        if (Parameters.Exists(p => p.Name == parameter.Name))
        {
            parameter.Dispose();
            throw Error("another layer has the same name; give each its own");
        }
        Parameters.Add(parameter);
        return parameter;
    }

    private sealed class Leave(Stack<string> path) : IDisposable
    {
        public void Dispose() => path.Pop();
    }
}
