using Engine.Kernels.Errors;

namespace Engine.Learn.Reinforcement;

/// <summary>An agent that learns in an environment.</summary>
public sealed record AgentSettings
{
    public EnvironmentKind Environment { get; init; } = EnvironmentKind.CartPole;

    public required PpoSettings Ppo { get; init; }

    /// <summary>States that kernels are of: passed through while acting at random, the same at every moment.</summary>
    public int States { get; init; } = 200;

    /// <summary>Of so many steps one state is taken, so that they are not all alike.</summary>
    public int StatesEvery { get; init; } = 5;

    internal void Check()
    {
        if (States < 1 || StatesEvery < 1)
        {
            throw new InputException($"agent: states is {States}, statesEvery {StatesEvery}; expected 1 or more");
        }
    }

    internal IEnvironment Create() => Environment switch
    {
        EnvironmentKind.CartPole => new CartPole(),
        _ => throw new ArgumentOutOfRangeException(nameof(Environment), Environment, null),
    };
}
