using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Data;

/// <summary>Images of bytes; networks are given them divided by 255.</summary>
/// <param name="pixels">Image by image, channel by channel, row by row.</param>
/// <param name="channels">1 or 3.</param>
/// <param name="height">Rows.</param>
/// <param name="width">Columns.</param>
/// <param name="targets">The class of each.</param>
internal sealed class ImagePool(byte[] pixels, int channels, int height, int width, PoolTargets? targets) : SamplePool(targets)
{
    /// <summary>What networks are given.</summary>
    public const string Inputs = "numbers over 255";

    private readonly int size = channels * height * width;

    public override int Count => pixels.Length / size;

    public override ImagePool Take(ReadOnlySpan<int> samples)
    {
        var taken = new byte[(long)samples.Length * size];
        for (var k = 0; k < samples.Length; k++)
        {
            pixels.AsSpan(samples[k] * size, size).CopyTo(taken.AsSpan(k * size));
        }
        return new(taken, channels, height, width, Targets?.Take(samples));
    }

    private protected override ImagePool With(PoolTargets? targets) => new(pixels, channels, height, width, targets);

    public override SampleSet ToSamples(NetworkDefinition network)
    {
        var what = $"images [{channels}, {height}, {width}]";
        var shape = ShapeFor(network, size, what, $"[{channels}, {height}, {width}]");
        // Rows of a grey image are a sequence as well; the channels of a coloured one come first.
        if (channels > 1 && shape.Length > 2 && !shape.AsSpan(1).SequenceEqual([channels, height, width]))
        {
            throw new InputException($"the data are {what}, but the network takes [{string.Join(", ", shape.Skip(1))}]; give it that shape, or [{size}]");
        }
        return new TensorSamples(Values(shape, network.Precision), Targets?.ToTensor(network.Precision.ToScalarType()));
    }

    private Tensor Values(long[] shape, Precision precision)
    {
        if (precision == Precision.Double)
        {
            return torch.tensor(Array.ConvertAll(pixels, p => p / 255.0), shape);
        }
        return torch.tensor(Array.ConvertAll(pixels, p => p / 255f), shape);
    }
}
