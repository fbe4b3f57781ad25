using Engine.Kernels.Random;

namespace Engine.Learn.Reinforcement;

/// <summary>A world with discrete actions that an agent sees through a few numbers.</summary>
public interface IEnvironment
{
    /// <summary>Numbers of an observation.</summary>
    int Observations { get; }

    /// <summary>Number of actions.</summary>
    int Actions { get; }

    /// <summary>Everything that the future depends on; what was got may be set again.</summary>
    double[] State { get; set; }

    /// <summary>Starts an episode.</summary>
    void Reset(ref RandomSequence random);

    /// <summary>Writes the observation.</summary>
    void Observe(Span<double> observation);

    /// <summary>Acts.</summary>
    /// <param name="action">0 to <see cref="Actions"/> − 1.</param>
    Transition Step(int action);
}
