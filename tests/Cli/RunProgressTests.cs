using Engine.Cli.Display;
using Xunit;

namespace Engine.Tests.Cli;

public class RunProgressTests
{
    [Theory]
    [InlineData(0.5, "0.50")]
    [InlineData(999.4, "999")]
    [InlineData(999.6, "1.00k")]
    [InlineData(12_345, "12.3k")]
    [InlineData(7_654_321, "7.65M")]
    [InlineData(2e9, "2.00G")]
    public void RatesHaveThreeDigits(double rate, string expected) => Assert.Equal(expected, RunProgress.Rate(rate));

    [Theory]
    [InlineData(0.2, "1s")]
    [InlineData(59, "59s")]
    [InlineData(61, "1m 01s")]
    [InlineData(3661, "1h 01m")]
    [InlineData(90_000, "1d 1h")]
    public void DurationsHaveTwoParts(double seconds, string expected) => Assert.Equal(expected, RunProgress.Duration(seconds));

    [Fact]
    public void TheRateForgetsWhatLiesBeforeItsWindow()
    {
        var meter = new RateMeter(10);
        meter.Mark(0, 0);
        Assert.Null(meter.SecondsLeft(100));
        meter.Mark(100, 100);
        meter.Mark(105, 1100);
        meter.Mark(109, 1900);
        Assert.Equal(200, meter.StepsPerSecond, 1e-9); // exact in binary but for one division
        Assert.Equal(5, meter.SecondsLeft(1000)!.Value, 1e-9);
    }

    [Fact]
    public void ALineSaysStageRateAndTimeLeft() => Assert.Equal(
        "stage 2/3 heat, step 500/1000, T 301.5, density 9.1, 250 steps/s, 1.54M atom-steps/s, 2s left",
        RunProgress.Describe(new RunState("heat", 2, 3, 500, 1000, 6144, 301.5, double.NaN, 9.1), 250, 2));
}
