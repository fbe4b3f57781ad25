using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Overdamped dynamics at the temperature of the stage: dr = F/(mγ) dt + noise, D = k_B T/(mγ).</summary>
public sealed record BrownianInput : IntegratorInput
{
    /// <summary>γ [1/time]; the drag coefficient is mγ.</summary>
    [Quantity(QuantityKind.Frequency)]
    public required double Friction { get; init; }
}
