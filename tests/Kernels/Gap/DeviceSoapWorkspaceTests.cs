using Engine.Kernels.Errors;
using Engine.Kernels.Gap;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Kernels.Gap;

/// <summary>Centres at once, by the memory of a device.</summary>
[Collection("device")]
public class DeviceSoapWorkspaceTests
{
    public static TheoryData<string> Kinds => TestDevices.Kinds;

    [Theory]
    // 128 rows of 2 (784 + 960) + 1024 + 16 + 1 doubles are 4.6 MB.
    [InlineData(1L << 30, 1L << 30, 100_000, 231 * 128)]
    [InlineData(1L << 30, 1L << 30, 1000, 1000)]
    // The largest buffer is that of 1024 products of each row.
    [InlineData(1L << 30, 1L << 24, 100_000, 16 * 128)]
    [InlineData(4_600_000, 1L << 24, 100_000, 0)]
    [InlineData(1L << 30, 1_000_000, 100_000, 0)]
    public void WholeBlocksThatFitAreTakenAtOnce(long bytes, long largestBuffer, int most, int expected) =>
        Assert.Equal(expected, new DeviceSoapWorkspace.Size(784, 960, 1024).CentresIn(new(bytes, largestBuffer), most));

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void WhatDoesNotFitIsRefusedInOneLine(string kind)
    {
        var device = TestDevices.Get(kind);
        var before = device.BytesAllocated;
        var message = Assert.Throws<RunFailedException>(() => new DeviceSoapWorkspace(device, new(1 << 24, 1 << 28, 1 << 20), most: 1000)).Message;
        Assert.Matches(@"^a GAP with descriptors of 268435456 and 1048576 sparse points takes \d+ MiB for 128 centres at once, .* use a smaller n_max or l_max, fewer sparse points, or another device$", message);
        Assert.Equal(before, device.BytesAllocated);
    }
}
