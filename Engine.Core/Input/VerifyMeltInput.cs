using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>
/// Fails the run at the end of the stage unless the particles of a species have moved as in a liquid since its start. A superheated
/// crystal looks like a melt to energy and density.
/// </summary>
public sealed record VerifyMeltInput
{
    public required string Species { get; init; }

    [Quantity(QuantityKind.Area)]
    public required double MinimumMeanSquareDisplacement { get; init; }
}
