namespace Engine.Core.Observables;

/// <summary>
/// How mean-square displacements and diffusion constants are measured. Every stored frame serves as an origin. Displacements are kept as
/// floats, 12 bytes per particle and frame; when <see cref="MemoryMegabytes"/> is reached every second frame is dropped and the sampling interval
/// doubles, so memory is bounded for any length of run.
/// </summary>
public sealed record MeanSquareDisplacementSettings
{
    /// <summary>Longest lag [time]; null: half of what was recorded.</summary>
    public double? MaximumLag { get; init; }

    /// <summary>Start of the window in which D = slope/6 is fitted [time]; null: 5 % of what was recorded.</summary>
    public double? FitFrom { get; init; }

    /// <summary>End of that window [time]; null: 20 % of what was recorded.</summary>
    public double? FitTo { get; init; }

    /// <summary>The record is cut into so many blocks, each fitted in the same window; the spread gives the error of D.</summary>
    public int Blocks { get; init; } = 4;

    /// <summary>Subtract the motion of the centre of mass of all particles.</summary>
    public bool RemoveDrift { get; init; } = true;

    /// <summary>Limit of the stored displacements [MiB].</summary>
    public int MemoryMegabytes { get; init; } = 512;
}
