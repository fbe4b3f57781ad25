using System.Runtime.Intrinsics;
using Engine.Kernels.Random;
using Xunit;

namespace Engine.Tests.Kernels.Random;

public class PhiloxTests
{
    /// <summary>Known answers of the Random123 distribution (kat_vectors, philox4x32 10).</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(
        0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void KnownAnswers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint w0, uint w1, uint w2, uint w3)
    {
        Assert.Equal((w0, w1, w2, w3), Philox.Generate(c0, c1, c2, c3, k0, k1));

        var (v0, v1, v2, v3) = (Vector256.Create((ulong)c0), Vector256.Create((ulong)c1), Vector256.Create((ulong)c2), Vector256.Create((ulong)c3));
        Philox.Generate(ref v0, ref v1, ref v2, ref v3, k0, k1);
        Assert.Equal((Vector256.Create((ulong)w0), Vector256.Create((ulong)w1)), (v0, v1));
        Assert.Equal((Vector256.Create((ulong)w2), Vector256.Create((ulong)w3)), (v2, v3));
    }

    [Fact]
    public void CounterIsParticleStepAndStream()
    {
        const ulong seed = 0x299f31d0a4093822;
        const long step = 0x13198a2e85a308d3;
        var expected = Philox.Generate(7, 0x85a308d3, 0x13198a2e, (uint)RandomStream.CellRescaling, 0xa4093822, 0x299f31d0);
        Assert.Equal(expected, Philox.Generate(seed, RandomStream.CellRescaling, 7, step));
    }

    /// <summary>A seed means these numbers for ever.</summary>
    [Fact]
    public void StreamNumbersAreFixedAndDistinct()
    {
        Assert.Equal(1u, (uint)RandomStream.LangevinNoise);
        Assert.Equal(2u, (uint)RandomStream.InitialVelocities);
        Assert.Equal(3u, (uint)RandomStream.BussiThermostat);
        Assert.Equal(4u, (uint)RandomStream.CellRescaling);
        Assert.Equal(5u, (uint)RandomStream.RandomPlacement);
        Assert.Equal(6u, (uint)RandomStream.BrownianNoise);
        Assert.Equal(Enum.GetValues<RandomStream>().Length, Enum.GetValues<RandomStream>().Distinct().Count());
    }
}
