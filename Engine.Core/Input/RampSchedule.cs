using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>A straight line from the start to the end of the stage; a rate sets the length of the stage.</summary>
public sealed record RampSchedule : Schedule
{
    [Quantity(QuantityKind.ScheduleValue)]
    public required double From { get; init; }

    [Quantity(QuantityKind.ScheduleValue)]
    public required double To { get; init; }

    /// <summary>Positive, whichever way the ramp goes [value per time].</summary>
    [Quantity(QuantityKind.ScheduleRate)]
    public double? Rate { get; init; }

    public override double Minimum => Math.Min(From, To);

    public override double At(double time, double duration)
    {
        var s = duration > 0 ? Math.Clamp(time / duration, 0, 1) : 1;
        return (1 - s) * From + s * To;
    }
}
