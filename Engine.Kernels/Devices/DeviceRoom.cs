namespace Engine.Kernels.Devices;

/// <summary>Memory that may be taken for work of which any part can be done at a time.</summary>
/// <param name="Bytes">In all.</param>
/// <param name="LargestBuffer">Bytes of one buffer.</param>
internal readonly record struct DeviceRoom(long Bytes, long LargestBuffer)
{
    /// <summary>How many of something fit.</summary>
    /// <param name="bytesEach">Bytes of each, in all buffers.</param>
    /// <param name="largestEach">Bytes of each in the largest buffer.</param>
    public long For(long bytesEach, long largestEach) => Math.Min(Bytes / bytesEach, LargestBuffer / largestEach);
}
