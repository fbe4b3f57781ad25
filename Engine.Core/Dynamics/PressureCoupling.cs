namespace Engine.Core.Dynamics;

/// <summary>Which changes of the cell a barostat or a box relaxation makes.</summary>
public enum PressureCoupling
{
    /// <summary>One factor for all lengths; the shape stays.</summary>
    Isotropic,

    /// <summary>One factor for each axis; angles of an orthorhombic cell stay right.</summary>
    Orthorhombic,

    /// <summary>All six: lengths and tilts. For solids; a liquid does not resist shear and its cell would wander.</summary>
    Anisotropic,
}
