namespace Engine.Learn.Reinforcement;

/// <summary>What came of an action.</summary>
/// <param name="Reward">The reward.</param>
/// <param name="IsTerminal">Whether nothing can follow.</param>
/// <param name="IsTruncated">Whether the episode is only broken off: the state has a value, but nobody waits for it.</param>
public readonly record struct Transition(double Reward, bool IsTerminal, bool IsTruncated)
{
    /// <summary>Whether another episode has to be started.</summary>
    public bool EndsEpisode => IsTerminal || IsTruncated;
}
