using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Straight lines between given points, constant before the first and after the last.</summary>
public sealed record PointsSchedule : Schedule
{
    /// <summary>[[time, value], …], times ascending, counted from the start of the stage.</summary>
    [Quantity(QuantityKind.Time, QuantityKind.ScheduleValue)]
    public required double[][] Points { get; init; }

    public override double Minimum => Points.Min(point => point[1]);

    public override double At(double time, double duration)
    {
        if (time <= Points[0][0])
        {
            return Points[0][1];
        }
        for (var i = 1; i < Points.Length; i++)
        {
            var (start, end) = (Points[i - 1], Points[i]);
            if (time < end[0])
            {
                var s = (time - start[0]) / (end[0] - start[0]);
                return (1 - s) * start[1] + s * end[1];
            }
        }
        return Points[^1][1];
    }
}
