namespace Engine.Learn.Networks.Layers;

/// <summary>"pooling": windows of images [N, channels, height, width], or with <see cref="Global"/> all positions of images or of sequences [N, positions, width].</summary>
public sealed record PoolingLayer : Layer
{
    public PoolingMethod Method { get; init; } = PoolingMethod.Average;

    /// <summary>Edge of the window [pixels].</summary>
    public int Window { get; init; } = 2;

    /// <summary>By default the window.</summary>
    public int? Stride { get; init; }

    /// <summary>Around the image [pixels].</summary>
    public int Padding { get; init; }

    /// <summary>Whether nothing is left of the positions.</summary>
    public bool Global { get; init; }

    internal static long Positions(long size, int window, int stride, int padding) => (size + 2L * padding - window) / stride + (size + 2L * padding < window ? -1 : 1);

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        if (Method == PoolingMethod.Sum)
        {
            throw builder.Error("method is sum, expected average or maximum; sums are for the readout of graphs");
        }
        if (Global)
        {
            if (shape.Domain != Domain.Samples || shape.IsIndex || shape.Sizes.Length is not (2 or 3))
            {
                throw builder.Error($"it is given {shape}, expected [N, channels, height, width] or [N, positions, width]");
            }
            long[] over = shape.Sizes.Length == 3 ? [2, 3] : [1];
            return new(shape.With(shape.Sizes.Length == 3 ? shape.Sizes[0] : shape.Width), (_, x) =>
                Method == PoolingMethod.Average ? x.mean(over) : x.amax_keep(over).flatten(1));
        }
        builder.RequireImages(shape);
        var stride = Stride ?? Window;
        builder.RequirePositive(("window", Window), ("stride", stride));
        var (height, width) = (Positions(shape.Sizes[1], Window, stride, Padding), Positions(shape.Sizes[2], Window, stride, Padding));
        if (height < 1 || width < 1 || Padding < 0 || 2 * Padding > Window)
        {
            throw builder.Error($"window {Window} and padding {Padding} do not fit {shape}");
        }
        long[] windows = [Window, Window], strides = [stride, stride], padding = [Padding, Padding];
        return new(shape.With(shape.Sizes[0], height, width), (_, x) =>
            Method == PoolingMethod.Average ? x.avg_pool2d(windows, strides, padding) : x.max_pool2d(windows, strides, padding));
    }
}
