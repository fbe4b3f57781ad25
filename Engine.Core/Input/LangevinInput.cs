using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Langevin dynamics (BAOAB) at the temperature of the stage.</summary>
public sealed record LangevinInput : IntegratorInput
{
    /// <summary>γ in m dv/dt = F − mγv + noise [1/time].</summary>
    [Quantity(QuantityKind.Frequency)]
    public required double Friction { get; init; }
}
