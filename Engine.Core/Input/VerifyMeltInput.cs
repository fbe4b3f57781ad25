using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>
/// Fails the run at the end of the stage unless the particles of a species have moved as in a liquid since its start. A superheated
/// crystal looks like a melt to energy and density.
/// </summary>
public sealed record VerifyMeltInput
{
    /// <summary>Name of the species that is watched.</summary>
    public required string Species { get; init; }

    /// <summary>Least mean square displacement at the end of the stage [length²].</summary>
    [Quantity(QuantityKind.Area)]
    public required double MinimumMeanSquareDisplacement { get; init; }
}
