using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>
/// Images [N, channels, height, width] whose channels lie side by side in memory, so that their pixels are rows, as the positions of all other layers are: what convolutions give and
/// their derivatives are then read without being transposed.
/// </summary>
internal static class Images
{
    /// <summary>The same images in that order; no copy of those that have it.</summary>
    public static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>[pixels, channels].</summary>
    public static Tensor Pixels(Tensor x) => x.permute(0, 2, 3, 1).reshape(-1, x.shape[1]);

    /// <summary>
    /// What each output pixel of a convolution sees: [output pixels, groups · kernel · kernel · channels of a group]; no copy for kernels of one pixel and stride 1.
    /// </summary>
    public static Tensor Patches(Tensor x, long kernel, long stride, long padding, long groups)
    {
        var pixels = x.permute(0, 2, 3, 1);
        pixels = padding == 0 ? pixels : pixels.constant_pad_nd([0, 0, padding, padding, padding, padding], 0);
        // [N, height, width, channels, kernel, kernel].
        var patches = pixels.unfold(1, kernel, stride).unfold(2, kernel, stride);
        var shape = patches.shape;
        return patches.reshape(shape[0], shape[1], shape[2], groups, shape[3] / groups, kernel, kernel).permute(0, 1, 2, 3, 5, 6, 4).reshape(-1, shape[3] * kernel * kernel);
    }
}
