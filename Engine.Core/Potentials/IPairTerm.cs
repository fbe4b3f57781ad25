namespace Engine.Core.Potentials;

/// <summary>
/// What the model builder asks of a pair term besides its formula. The terms hold constants derived from their parameters, so that the loop does
/// the least per pair; the parameters are therefore get-only (a <c>with</c> would keep stale constants).
/// </summary>
public interface IPairTerm
{
    /// <summary>Distance beyond which the term vanishes [length].</summary>
    double Cutoff { get; }

    /// <summary>Limit of U as r → 0 [energy]: +∞ (repulsive core), −∞ (particles would collapse) or a finite value.</summary>
    double EnergyAtOrigin { get; }

    /// <summary>Distance at which the formula is pieced together from two smooth ones; 0: nowhere [length].</summary>
    double Joint => 0;

    /// <summary>What is wrong with the parameters ("sigma = -1 must be greater than 0"), or null.</summary>
    string? Validate();
}
