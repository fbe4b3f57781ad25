using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Relaxation to the next minimum of the energy (FIRE).</summary>
public sealed record MinimiseInput
{
    /// <summary>Done when no particle feels a larger force.</summary>
    [Quantity(QuantityKind.Force)]
    public required double MaximumForce { get; init; }

    public long MaximumSteps { get; init; } = 10000;

    /// <summary>Whether the box relaxes too, to <see cref="Pressure"/>.</summary>
    public bool RelaxBox { get; init; }

    /// <summary>Pressure that the box relaxes to.</summary>
    [Quantity(QuantityKind.Pressure)]
    public double Pressure { get; init; }

    /// <summary>With <see cref="RelaxBox"/>: done when no component of the pressure tensor is further off. Null: 1000 bar, 0.01 in lj units.</summary>
    [Quantity(QuantityKind.Pressure)]
    public double? PressureTolerance { get; init; }
}
