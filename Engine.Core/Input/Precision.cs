namespace Engine.Core.Input;

/// <summary>Arithmetic of the pair forces.</summary>
public enum Precision
{
    /// <summary>Pair terms in float, sums, positions and velocities in double.</summary>
    Mixed,

    /// <summary>Everything in double.</summary>
    Double,
}
