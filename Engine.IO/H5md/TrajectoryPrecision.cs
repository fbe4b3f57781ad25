namespace Engine.IO.H5md;

/// <summary>Number type of stored positions, velocities and forces.</summary>
public enum TrajectoryPrecision
{
    /// <summary>32 bits.</summary>
    Single,

    /// <summary>64 bits: positions read back are those of the run to the last bit.</summary>
    Double,
}
