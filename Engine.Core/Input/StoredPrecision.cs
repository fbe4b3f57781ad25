namespace Engine.Core.Input;

/// <summary>Width of the numbers of a trajectory: 4 or 8 bytes.</summary>
public enum StoredPrecision
{
    Float,
    Double,
}
