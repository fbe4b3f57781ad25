namespace Engine.Core.Input;

/// <summary>The same value throughout.</summary>
public sealed record ConstantSchedule(double Value) : Schedule
{
    public override double Minimum => Value;

    public override double At(double time, double duration) => Value;
}
