namespace Engine.Core.Input;

/// <summary>Which parts of the box follow the pressure.</summary>
public enum PressureCoupling
{
    /// <summary>One factor for all lengths.</summary>
    Isotropic,

    /// <summary>Each length on its own; angles of an orthorhombic box stay right.</summary>
    Orthorhombic,

    /// <summary>All lengths and tilts: for solids, because the box of a liquid would wander.</summary>
    Anisotropic,
}
