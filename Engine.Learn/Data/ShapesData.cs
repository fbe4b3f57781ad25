using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>"shapes": drawn grey images of a disc, a square, a cross or a ring at a random place and of a random size, with noise: a task for convolutions that needs no file.</summary>
public sealed record ShapesData : GeneratedData
{
    private const int SmallestSize = 6;

    /// <summary>Points of a pixel along each axis that decide how bright it is.</summary>
    private const int Points = 3;

    /// <summary>Images in all.</summary>
    public int Count { get; init; } = 1000;

    /// <summary>Edge of an image, 6 or more [pixels].</summary>
    public int Size { get; init; } = 12;

    /// <summary>Standard deviation of the noise, as a share of full brightness.</summary>
    public double Noise { get; init; } = 0.1;

    internal override string Inputs => ImagePool.Inputs;

    internal override ImagePool ReadPool(DataFiles files, InputDefinition input, DataEncoding? learnt = null, bool whole = false)
    {
        AtLeast("count", Count, 1);
        AtLeast("size", Size, SmallestSize);
        AtLeast("noise", Noise, 0);
        CountOf((double)Count * Size * Size, "count times size squared");
        var (pixels, classes) = (new byte[Count * Size * Size], new int[Count]);
        for (var i = 0; i < Count; i++)
        {
            var random = Numbers(i);
            classes[i] = random.NextBelow(4);
            var radius = Size * (0.2 + 0.15 * random.NextUniform());
            var (x, y) = (Place(random.NextUniform()), Place(random.NextUniform()));
            for (var k = 0; k < Size * Size; k++)
            {
                var value = Coverage(classes[i], k % Size - x, k / Size - y, radius) + Noise * random.NextNormal();
                pixels[i * Size * Size + k] = (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
            }

            double Place(double uniform) => radius + (Size - 2 * radius) * uniform - 0.5;
        }
        return new(pixels, 1, Size, Size, PoolTargets.Of(classes, ["disc", "square", "cross", "ring"]));
    }

    /// <summary>The share of a pixel that a shape covers.</summary>
    /// <param name="shape">Its class.</param>
    /// <param name="x">Of the pixel's middle, from that of the shape.</param>
    /// <param name="y">As x.</param>
    /// <param name="radius">From the middle of the shape to its edge.</param>
    private static double Coverage(int shape, double x, double y, double radius)
    {
        var inside = 0;
        for (var k = 0; k < Points * Points; k++)
        {
            var (u, v) = (x + (k % Points + 0.5) / Points - 0.5, y + (k / Points + 0.5) / Points - 0.5);
            var (square, largest, smallest) = (u * u + v * v, Math.Max(Math.Abs(u), Math.Abs(v)), Math.Min(Math.Abs(u), Math.Abs(v)));
            inside += shape switch
            {
                0 => square < radius * radius,
                1 => largest < 0.85 * radius,
                2 => largest < radius && smallest < 0.3 * radius,
                _ => square < radius * radius && square > 0.3 * radius * radius,
            } ? 1 : 0;
        }
        return inside / (double)(Points * Points);
    }
}
