namespace Engine.Kernels.Numerics;

/// <summary>
/// A parameter of a formula kept as double and rounded to float, so that either loop loads it as it is: where a formula has ten operations, converting two parameters for
/// every register is a good part of it. Longer formulas do with plain doubles.
/// </summary>
public readonly record struct Coefficient(double Value)
{
    public double Value { get; } = Value;

    internal readonly float Rounded = (float)Value;
}
