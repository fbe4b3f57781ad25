using Engine.Kernels.Ewald;
using Xunit;

namespace Engine.Tests.Kernels.Ewald;

public unsafe class FourierLinesTests
{
    public static readonly TheoryData<int> Lengths = [1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 16, 25, 30, 32, 60, 64, 72, 100, 125];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void IsTheSumOfItsDefinition(int length)
    {
        var random = new System.Random(length);
        var lines = new double[length * FourierLines.Point];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = random.NextDouble() - 0.5;
        }
        foreach (var inverse in (bool[])[false, true])
        {
            var found = Transform(lines, length, inverse);
            for (var lane = 0; lane < FourierLines.Lines; lane++)
            {
                for (var k = 0; k < length; k++)
                {
                    double re = 0, im = 0;
                    for (var j = 0; j < length; j++)
                    {
                        var (sine, cosine) = Math.SinCos((inverse ? 2 : -2) * Math.PI * (j * k % length) / length);
                        double a = lines[j * FourierLines.Point + lane], b = lines[j * FourierLines.Point + FourierLines.Lines + lane];
                        re += a * cosine - b * sine;
                        im += a * sine + b * cosine;
                    }
                    // A hundred terms of order one, each to 1e-16.
                    Assert.Equal(re, found[k * FourierLines.Point + lane], 1e-13);
                    Assert.Equal(im, found[k * FourierLines.Point + FourierLines.Lines + lane], 1e-13);
                }
            }
        }
    }

    [Fact]
    public void KnowsWhichLengthsItCanTransform()
    {
        Assert.True(FourierLines.IsSmooth(2 * 9 * 125));
        Assert.False(FourierLines.IsSmooth(14));
        Assert.Throws<ArgumentException>(() => new FourierLines(22));
    }

    private static double[] Transform(double[] lines, int length, bool inverse)
    {
        var first = lines.ToArray();
        var second = new double[first.Length];
        fixed (double* a = first)
        fixed (double* b = second)
        {
            return new FourierLines(length).Transform(a, b, inverse) == a ? first : second;
        }
    }
}
