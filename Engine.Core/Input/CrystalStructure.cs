namespace Engine.Core.Input;

/// <summary>The cubic crystals that can be built by name.</summary>
public enum CrystalStructure
{
    /// <summary>Face-centred cubic, 4 particles a cell.</summary>
    Fcc,

    /// <summary>Body-centred cubic, 2.</summary>
    Bcc,

    /// <summary>Simple cubic, 1.</summary>
    Sc,

    /// <summary>Diamond, 8.</summary>
    Diamond,

    /// <summary>Fluorite (CaF2), 4 cations and 8 anions.</summary>
    Fluorite,

    /// <summary>Rock salt (NaCl), 4 cations and 4 anions.</summary>
    Rocksalt,
}
