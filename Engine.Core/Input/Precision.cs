using System.ComponentModel;

namespace Engine.Core.Input;

/// <summary>Arithmetic of the pair forces.</summary>
public enum Precision
{
    /// <summary>Pair terms and the sums over neighbours in float; sums over parts of the list, energies, virials, positions and velocities in double.</summary>
    [Description("pairs in single precision, the rest in double")]
    Mixed,

    /// <summary>Everything in double.</summary>
    Double,
}
