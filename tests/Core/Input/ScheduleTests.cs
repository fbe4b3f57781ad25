using Engine.Core.Input;
using Xunit;

namespace Engine.Tests.Core.Input;

public class ScheduleTests
{
    // All values and times are binary fractions, so the interpolations are exact.
    [Theory]
    [InlineData(-1, 4)]
    [InlineData(0, 4)]
    [InlineData(2, 3)]
    [InlineData(8, 0)]
    [InlineData(9, 0)]
    public void RampIsALine(double time, double expected) => Assert.Equal(expected, new RampSchedule { From = 4, To = 0 }.At(time, 8));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(5, -1)]
    [InlineData(99, -1)]
    public void PointsAreJoined(double time, double expected)
    {
        var schedule = new PointsSchedule { Points = [[1, 1], [3, 3], [5, -1]] };
        Assert.Equal(expected, schedule.At(time, 100));
        Assert.Equal(-1, schedule.Minimum);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(4, 1)]
    [InlineData(9, 2)]
    public void CycleIsATriangleWave(double time, double expected) =>
        Assert.Equal(expected, new CycleSchedule { Cycle = new CycleInput { Low = 1, High = 3, Period = 4 } }.At(time, 100));
}
