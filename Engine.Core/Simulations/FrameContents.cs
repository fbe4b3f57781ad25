namespace Engine.Core.Simulations;

/// <summary>What an observer wants of a frame.</summary>
[Flags]
public enum FrameContents
{
    /// <summary>No frame at all.</summary>
    None = 0,

    /// <summary>Positions, image counters and box.</summary>
    Positions = 1,

    /// <summary>Velocities at the time of the positions, too.</summary>
    Velocities = 2 | Positions,

    /// <summary>Forces, too.</summary>
    Forces = 4 | Positions,

    All = Positions | Velocities | Forces,
}
