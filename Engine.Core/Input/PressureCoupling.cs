namespace Engine.Core.Input;

/// <summary>Which parts of the box follow the pressure.</summary>
public enum PressureCoupling
{
    /// <summary>One factor for all lengths.</summary>
    Isotropic,

    /// <summary>All lengths and tilts.</summary>
    Anisotropic,
}
