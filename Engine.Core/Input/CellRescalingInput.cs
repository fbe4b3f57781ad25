using Engine.Core.Dynamics;
using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Stochastic cell rescaling. Bernetti, Bussi, J. Chem. Phys. 153, 114107 (2020); anisotropic: Del Tatto et al., Appl. Sci. 12, 1139 (2022).</summary>
public sealed record CellRescalingInput : BarostatInput
{
    /// <summary>Which changes of the cell.</summary>
    public PressureCoupling Coupling { get; init; } = PressureCoupling.Isotropic;

    /// <summary>τ of the volume, if the compressibility is right [time].</summary>
    [Quantity(QuantityKind.Time)]
    public required double RelaxationTime { get; init; }

    /// <summary>Isothermal compressibility, an estimate: it sets the speed of the volume, not its average [1/pressure].</summary>
    [Quantity(QuantityKind.Compressibility)]
    public required double Compressibility { get; init; }
}
