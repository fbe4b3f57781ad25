using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Mean square displacement by species, and the diffusion coefficient from its slope.</summary>
public sealed record MeanSquareDisplacementInput
{
    /// <summary>Steps between two samples.</summary>
    public int Every { get; init; } = 50;

    /// <summary>Longest time difference; null: half of the measured time.</summary>
    [Quantity(QuantityKind.Time)]
    public double? MaximumLag { get; init; }

    /// <summary>Where the straight line is fitted; null: left to the observable.</summary>
    [Quantity(QuantityKind.Time)]
    public double? FitFrom { get; init; }

    [Quantity(QuantityKind.Time)]
    public double? FitTo { get; init; }

    /// <summary>Whether the motion of the centre of mass is subtracted.</summary>
    public bool RemoveDrift { get; init; } = true;
}
