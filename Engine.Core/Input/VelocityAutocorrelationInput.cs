using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Velocity autocorrelation by species, and the diffusion coefficient from its integral.</summary>
public sealed record VelocityAutocorrelationInput
{
    /// <summary>Steps between two samples.</summary>
    public int Every { get; init; } = 5;

    /// <summary>Longest time difference; null: a tenth of the measured time.</summary>
    [Quantity(QuantityKind.Time)]
    public double? MaximumLag { get; init; }

    /// <summary>Whether the velocity of the centre of mass is subtracted.</summary>
    public bool RemoveDrift { get; init; } = true;
}
