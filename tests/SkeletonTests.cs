using Engine.Kernels.Numerics;
using Xunit;

namespace Engine.Tests;

public class SkeletonTests
{
    /// <summary>Abramowitz and Stegun, table 7.1: erfc(0.5), erfc(1), erfc(2).</summary>
    [Theory]
    [InlineData(0.5, 0.4795001221869535)]
    [InlineData(1.0, 0.15729920705028513)]
    [InlineData(2.0, 0.004677734981047266)]
    public void ErfcMatchesTheTable(double x, double expected) => Assert.Equal(1, SpecialFunctions.Erfc(x) / expected, 1e-15);
}
