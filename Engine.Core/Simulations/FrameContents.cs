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

    /// <summary>Pairs by distance, as <see cref="ISimulationObserver.CountedPairs"/> says; positions instead where a device does not count them.</summary>
    PairCounts = 8,

    All = Positions | Velocities | Forces,
}
