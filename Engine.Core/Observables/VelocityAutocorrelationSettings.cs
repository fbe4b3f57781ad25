namespace Engine.Core.Observables;

/// <summary>
/// How velocity autocorrelation functions are measured; needs frames with velocities, closely spaced. Velocities are kept as floats, 12 bytes per
/// particle and frame; frames beyond <see cref="MemoryMegabytes"/> are not used (the result says so), because dropping every second one would
/// undersample the vibrations.
/// </summary>
public sealed record VelocityAutocorrelationSettings
{
    /// <summary>Longest lag [time] and upper limit of D = ⅓ ∫⟨v·v⟩dt; null: a tenth of what was recorded.</summary>
    public double? MaximumLag { get; init; }

    /// <summary>The record is cut into so many blocks, each integrated alone; the spread gives the error of D.</summary>
    public int Blocks { get; init; } = 4;

    /// <summary>Subtract the velocity of the centre of mass of all particles.</summary>
    public bool RemoveDrift { get; init; } = true;

    /// <summary>Limit of the stored velocities [MiB].</summary>
    public int MemoryMegabytes { get; init; } = 512;
}
