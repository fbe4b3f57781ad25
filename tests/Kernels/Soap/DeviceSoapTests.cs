using Engine.Kernels.Errors;
using Engine.Kernels.Soap;
using Xunit;

namespace Engine.Tests.Kernels.Soap;

/// <summary>Neighbours staged at once, by the local memory of a device.</summary>
public class DeviceSoapTests
{
    private const long KiB = 1024;

    [Theory]
    [InlineData(8, 6, 32, 16)]
    [InlineData(8, 8, 32, 8)]
    [InlineData(12, 12, 32, 4)]
    // The largest that fit 32 KiB.
    [InlineData(32, 32, 32, 1)]
    [InlineData(48, 27, 32, 1)]
    [InlineData(64, 21, 32, 1)]
    // What is allowed at all fits the 48 KiB of NVIDIA's devices.
    [InlineData(64, 32, 48, 1)]
    public void AsManyNeighboursAreStagedAsLeaveRoomForOtherGroups(int nMax, int lMax, int kibibytes, int expected)
    {
        var settings = new SoapSettings { Cutoff = 5, NMax = nMax, LMax = lMax, AtomSigma = 0.1 };
        settings.Check();
        Assert.Equal(expected, DeviceSoap.TileFor(settings, kibibytes * KiB, "device"));
    }

    [Fact]
    public void ADescriptorThatDoesNotFitIsRefusedInOneLine()
    {
        var settings = new SoapSettings { Cutoff = 5, NMax = 64, LMax = 32, AtomSigma = 0.1 };
        Assert.Throws<InputException>(() => DeviceSoap.TileFor(settings with { LMax = 22 }, 32 * KiB, "opencl:0"));
        Assert.Throws<InputException>(() => DeviceSoap.TileFor(settings with { NMax = 48, LMax = 28 }, 32 * KiB, "opencl:0"));
        Assert.Equal(
            "soap: n_max 64 with l_max 32 takes 45.6 KiB of local memory, found 32 KiB on opencl:0; use a smaller n_max or l_max, or --device cpu",
            Assert.Throws<InputException>(() => DeviceSoap.TileFor(settings, 32 * KiB, "opencl:0")).Message);
    }
}
