namespace Engine.Core.Potentials.Terms;

/// <summary>How ε and σ of an unlike pair follow from those of the like ones.</summary>
public enum Mixing
{
    /// <summary>They do not: every pair is listed.</summary>
    None,

    /// <summary>σ the arithmetic, ε the geometric mean. H. A. Lorentz, Ann. Phys. 248, 127 (1881); D. Berthelot, C. R. Acad. Sci. 126, 1703 (1898).</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("lorentz-berthelot")]
    LorentzBerthelot,
}
