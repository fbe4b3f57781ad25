namespace Engine.Kernels.Langevin;

/// <summary>
/// The buffers that an integrator walks over, one entry a slot, lengths a multiple of 8: clusters of 8 slots hold one species each and vacant
/// slots have id −1, velocity 0 and force 0.
/// </summary>
public readonly ref struct ParticleSpans
{
    /// <summary>Slots per cluster.</summary>
    public const int ClusterSize = 8;

    /// <summary>Particle id of each slot, −1 where vacant.</summary>
    public required ReadOnlySpan<int> Id { get; init; }

    /// <summary>Species of each cluster.</summary>
    public required ReadOnlySpan<int> ClusterSpecies { get; init; }

    /// <summary>Positions [length].</summary>
    public required Span<double> X { get; init; }

    public required Span<double> Y { get; init; }

    public required Span<double> Z { get; init; }

    /// <summary>Velocities [length/time].</summary>
    public required Span<double> VX { get; init; }

    public required Span<double> VY { get; init; }

    public required Span<double> VZ { get; init; }

    /// <summary>Forces [energy/length].</summary>
    public required ReadOnlySpan<double> FX { get; init; }

    public required ReadOnlySpan<double> FY { get; init; }

    public required ReadOnlySpan<double> FZ { get; init; }
}
