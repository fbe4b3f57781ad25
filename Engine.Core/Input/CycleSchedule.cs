using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>A triangle wave: low at the start, high after half a period, low again after a whole one.</summary>
public sealed record CycleSchedule : Schedule
{
    [Quantity(QuantityKind.ScheduleValue)]
    public required CycleInput Cycle { get; init; }

    public override double Minimum => Math.Min(Cycle.Low, Cycle.High);

    public override double At(double time, double duration)
    {
        var phase = time / Cycle.Period;
        var s = 1 - Math.Abs(2 * (phase - Math.Floor(phase)) - 1);
        return (1 - s) * Cycle.Low + s * Cycle.High;
    }
}
