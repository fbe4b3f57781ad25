using Engine.Kernels.Errors;
using Engine.Learn.Torch;

namespace Engine.Learn.Networks.Layers;

/// <summary>
/// "batchNorm": (x − mean)/√(variance + ε) of each channel of images, or of each number of vectors, times w, plus b. While training mean and variance are those of the batch, and
/// running averages are kept up; else those are taken. S. Ioffe and C. Szegedy, ICML (2015), arXiv:1502.03167.
/// </summary>
public sealed record BatchNormLayer : Layer
{
    /// <summary>ε.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Weight of a batch in the running averages.</summary>
    public double Momentum { get; init; } = 0.1;

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        builder.RequireNumbers(shape);
        var images = shape.Sizes.Length == 3;
        if (shape.Domain != Domain.Samples || !(images || shape.Sizes.Length == 1))
        {
            throw builder.Error($"it is given {shape}, expected [N, channels, height, width] or [N, width]");
        }
        if (!(Epsilon > 0))
        {
            throw builder.Error(FormattableString.Invariant($"epsilon is {Epsilon}, expected a positive number"));
        }
        if (!(Momentum > 0 && Momentum <= 1))
        {
            throw builder.Error(FormattableString.Invariant($"momentum is {Momentum}, expected a number above 0 and at most 1"));
        }
        var channels = images ? shape.Sizes[0] : shape.Width;
        var affine = builder.Affine(shape.Domain, channels);
        var (mean, variance) = (builder.Buffer("runningMean", 0, channels), builder.Buffer("runningVariance", 1, channels));
        var here = builder.Here;
        return new(shape, (context, x) =>
        {
            // Channels last: what is normalised is then a row, as elsewhere.
            x = images ? x.permute(0, 2, 3, 1) : x;
            var z = context.IsTraining
                ? affine.Forward(context, Normalise(context, x, mean.Value, variance.Value, here))
                : affine.Forward(context, x, mean.Value, (variance.Value + Epsilon).pow(-0.5));
            return images ? z.permute(0, 3, 1, 2) : z;
        });
    }

    private Tensor Normalise(ForwardContext context, Tensor x, Tensor mean, Tensor variance, string here)
    {
        if (context.IsRecording)
        {
            throw new InputException($"network, layer {here}: batch norm while training couples the samples of a batch, so that there is no kernel; evaluate the network instead");
        }
        long[] all = x.dim() == 4 ? [0, 1, 2] : [0];
        var count = x.numel() / x.shape[^1];
        if (count < 2)
        {
            throw new InputException($"network, layer {here}: batch norm has one value in a batch of one sample to take a variance of, expected two or more; choose a batchSize, or a number of samples, of which no rest of 1 is left");
        }
        var centre = x.mean(all);
        var spread = (x - centre).pow(2).mean(all);
        using (Autograd.no_grad())
        {
            mean.mul_(1 - Momentum).add_(centre, Momentum);
            variance.mul_(1 - Momentum).add_(spread, Momentum * count / (count - 1));
        }
        return (x - centre) / (spread + Epsilon).sqrt();
    }
}
