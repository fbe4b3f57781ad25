using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Canonical sampling through velocity rescaling. Bussi, Donadio, Parrinello, J. Chem. Phys. 126, 014101 (2007).</summary>
public sealed record BussiInput : ThermostatInput
{
    /// <summary>τ of the kinetic energy [time].</summary>
    [Quantity(QuantityKind.Time)]
    public required double RelaxationTime { get; init; }
}
