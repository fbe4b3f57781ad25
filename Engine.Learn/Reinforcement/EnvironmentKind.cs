namespace Engine.Learn.Reinforcement;

/// <summary>The environments that there are.</summary>
public enum EnvironmentKind
{
    /// <summary><see cref="Reinforcement.CartPole"/>.</summary>
    CartPole,
}
