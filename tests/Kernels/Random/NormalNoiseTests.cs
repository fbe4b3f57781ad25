using System.Runtime.Intrinsics;
using Engine.Kernels.Random;
using Engine.Tests.Core.Dynamics;
using Xunit;

namespace Engine.Tests.Kernels.Random;

public class NormalNoiseTests
{
    [Fact]
    public void VectorAndScalarGiveTheSameBits()
    {
        for (var step = 0L; step < 2000; step++)
        {
            var ids = Vector256.Create(0ul, 1, (ulong)step * 97 % 100000, 0xFFFFFFFF);
            var (x, y, z) = NormalNoise.Generate(12345, RandomStream.LangevinNoise, ids, step << 30);
            for (var lane = 0; lane < 4; lane++)
            {
                var scalar = NormalNoise.Generate(12345, RandomStream.LangevinNoise, (uint)ids[lane], step << 30);
                Assert.Equal((scalar.X, scalar.Y, scalar.Z), (x[lane], y[lane], z[lane]));
            }
        }
    }

    /// <summary>Extreme words: no NaN at u = 1, the largest radius √(64 ln 2) at u = 2⁻³², agreement with the base library in between.</summary>
    [Theory]
    [InlineData(0u, 0u, 0xFFFFFFFFu, 0u)]
    [InlineData(0xFFFFFFFFu, 1u, 0u, 0xFFFFFFFFu)]
    [InlineData(0xFFFFFFFEu, 0xFFFFFFFFu, 1u, 0x80000000u)]
    [InlineData(0x7FFFFFFFu, 0xFFFFFFFEu, 0x80000000u, 0x7FFFFFFFu)]
    [InlineData(0xB504F332u, 0x12345678u, 0xB504F333u, 0x87654321u)]
    [InlineData(0x5A827999u, 0x92345679u, 0x5A82799Au, 0x07654321u)]
    public void AgreesWithTheBaseLibrary(uint w0, uint w1, uint w2, uint w3)
    {
        var noise = NormalNoise.FromWords(w0, w1, w2, w3);
        var r0 = Math.Sqrt(-2 * Math.Log((w0 + 1.0) / 4294967296.0));
        var r1 = Math.Sqrt(-2 * Math.Log((w2 + 1.0) / 4294967296.0));
        var theta = Math.PI * (((w1 >> 1) + 0.5) / 2147483648.0 - 0.5);
        var phi = Math.PI * ((w3 + 0.5) / 4294967296.0 - 0.5);
        // Rounding of radius (≤ 6.7) and sine, and the 1e-16 of the cosine: a few 1e-16 times 6.7.
        Assert.Equal(r0 * Math.Sin(theta), noise.X, 4e-15);
        Assert.Equal((w1 & 1) == 0 ? r0 * Math.Cos(theta) : -r0 * Math.Cos(theta), noise.Y, 4e-15);
        Assert.Equal(r1 * Math.Sin(phi), noise.Z, 4e-15);
    }

    [Fact]
    public void MomentsAreThoseOfTheNormalLaw()
    {
        const int samples = 100_000;
        var sums = new double[3, 4];
        double xy = 0, xz = 0, yz = 0, sequential = 0, previous = 0;
        var all = new double[3][] { new double[samples], new double[samples], new double[samples] };
        for (var i = 0; i < samples; i++)
        {
            var n = NormalNoise.Generate(99, RandomStream.LangevinNoise, (uint)(i % 1000), i / 1000);
            (all[0][i], all[1][i], all[2][i]) = (n.X, n.Y, n.Z);
            for (var c = 0; c < 3; c++)
            {
                var power = 1.0;
                for (var k = 0; k < 4; k++)
                {
                    power *= all[c][i];
                    sums[c, k] += power;
                }
            }
            xy += n.X * n.Y;
            xz += n.X * n.Z;
            yz += n.Y * n.Z;
            sequential += n.X * previous;
            previous = n.X;
        }
        // Five standard errors: variances of x, x², x³, x⁴ are 1, 2, 15, 96; of a product of independent ones 1.
        var error = 5 / Math.Sqrt(samples);
        for (var c = 0; c < 3; c++)
        {
            Assert.Equal(0, sums[c, 0] / samples, error);
            Assert.Equal(1, sums[c, 1] / samples, error * Math.Sqrt(2));
            Assert.Equal(0, sums[c, 2] / samples, error * Math.Sqrt(15));
            Assert.Equal(3, sums[c, 3] / samples, error * Math.Sqrt(96));
            Assert.InRange(Statistics.KolmogorovSmirnov(all[c], Statistics.NormalCumulative), 1e-3, 1);
        }
        Assert.Equal(0, xy / samples, error);
        Assert.Equal(0, xz / samples, error);
        Assert.Equal(0, yz / samples, error);
        Assert.Equal(0, sequential / samples, error);
    }
}
