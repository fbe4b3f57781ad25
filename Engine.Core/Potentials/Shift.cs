namespace Engine.Core.Potentials;

/// <summary>What is done about the jump at the cutoff.</summary>
public enum Shift
{
    /// <summary>Nothing: energy and force jump there.</summary>
    None,

    /// <summary>U − U(r_c): the energy is continuous.</summary>
    Energy,

    /// <summary>U − U(r_c) − (r − r_c)U′(r_c): energy and force are continuous.</summary>
    Force,
}
