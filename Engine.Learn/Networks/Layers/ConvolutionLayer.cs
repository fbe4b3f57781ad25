namespace Engine.Learn.Networks.Layers;

/// <summary>"convolution": activation(x ⋆ W + b) of images [N, channels, height, width] with square kernels.</summary>
public sealed record ConvolutionLayer : Layer
{
    /// <summary>Channels of what it gives.</summary>
    public required int Channels { get; init; }

    /// <summary>Edge of the kernel [pixels].</summary>
    public required int Kernel { get; init; }

    public int Stride { get; init; } = 1;

    /// <summary>Zeros around the image [pixels].</summary>
    public int Padding { get; init; }

    /// <summary>Groups of channels that see only each other; as many as there are channels: depthwise.</summary>
    public int Groups { get; init; } = 1;

    public Activation Activation { get; init; }

    /// <summary>Whether there is b.</summary>
    public bool Bias { get; init; } = true;

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        builder.RequireImages(shape);
        builder.RequirePositive(("channels", Channels), ("kernel", Kernel), ("stride", Stride), ("groups", Groups));
        var (inputs, height, width) = (shape.Sizes[0], PoolingLayer.Positions(shape.Sizes[1], Kernel, Stride, Padding), PoolingLayer.Positions(shape.Sizes[2], Kernel, Stride, Padding));
        if (height < 1 || width < 1 || Padding < 0)
        {
            throw builder.Error($"kernel {Kernel} and padding {Padding} do not fit {shape}");
        }
        if (inputs % Groups != 0 || Channels % Groups != 0)
        {
            throw builder.Error($"groups is {Groups}, expected a divisor of {inputs} and of {Channels} channels");
        }
        var (weight, bias, scale, biasScale) = builder.Convolution(Channels, inputs / Groups, Kernel, Groups, Bias);
        var here = builder.Here;
        long[] stride = [Stride, Stride], padding = [Padding, Padding];
        return new(shape.With(Channels, height, width), (context, x) =>
        {
            // Weights too: libtorch would bring them into that order again for every backward pass.
            (x, var w) = (Images.ChannelsLast(x), Images.ChannelsLast(scale == 1 ? weight.Value : weight.Value * scale));
            var z = x.conv2d(w, bias is null || biasScale == 1 ? bias?.Value : bias.Value * biasScale, stride, padding, [1, 1], Groups);
            if (context.IsRecording)
            {
                context.Record(new(
                    here, UseRule.Product, weight, bias, Images.Patches(x.detach(), Kernel, Stride, Padding, Groups), z, Images.Pixels, context.Offsets(Domain.Samples, height * width))
                {
                    Scale = scale,
                    BiasScale = biasScale,
                    Groups = Groups,
                });
            }
            return Activation.Apply(z);
        });
    }
}
