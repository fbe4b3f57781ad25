using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>The wave of a <see cref="CycleSchedule"/>.</summary>
public sealed record CycleInput
{
    [Quantity(QuantityKind.ScheduleValue)]
    public required double Low { get; init; }

    [Quantity(QuantityKind.ScheduleValue)]
    public required double High { get; init; }

    [Quantity(QuantityKind.Time)]
    public required double Period { get; init; }
}
