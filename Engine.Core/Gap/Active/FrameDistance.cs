namespace Engine.Core.Gap.Active;

/// <summary>How far two frames are apart.</summary>
public enum FrameDistance
{
    /// <summary>√(2 − 2 p·p') of their averaged SOAP vectors: blind to the order of atoms, rotations and periodic images.</summary>
    Soap,

    /// <summary>Root mean square displacement after the best rotation and translation, atoms in their order, no periodic images.</summary>
    Rmsd,
}
