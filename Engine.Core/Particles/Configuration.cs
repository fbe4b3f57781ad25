using Engine.Kernels.Geometry;

namespace Engine.Core.Particles;

/// <summary>
/// One frame in id order: what structure files hold, what a snapshot of a running simulation shows, what observables read and what
/// trajectories store. Vector arrays are [N, 3], row after row. Units are those of the run or file.
/// </summary>
public sealed class Configuration
{
    /// <summary>Step index this frame belongs to.</summary>
    public long Step { get; set; }

    /// <summary>Time since the start of the run [time].</summary>
    public double Time { get; set; }

    /// <summary>The cell [length].</summary>
    public required Box Box { get; set; }

    /// <summary>The kinds of particles that <see cref="Species"/> indexes. Masses are 0 where a file gives none.</summary>
    public required IReadOnlyList<Species> SpeciesTable { get; set; }

    /// <summary>Index into <see cref="SpeciesTable"/>, [N].</summary>
    public required int[] Species { get; set; }

    /// <summary>[N, 3] [length], wrapped into the box on its periodic axes when a snapshot made it; as written when a file did. Empty where
    /// <see cref="PairCounts"/> were asked for and nothing else.</summary>
    public required double[] Positions { get; set; }

    /// <summary>How often each particle has crossed each face, [N, 3]; unwrapped position = Positions + images · cell. Null: all zero.</summary>
    public int[]? Images { get; set; }

    /// <summary>[N, 3] [length/time] or null.</summary>
    public double[]? Velocities { get; set; }

    /// <summary>[N, 3] [energy/length] or null.</summary>
    public double[]? Forces { get; set; }

    /// <summary>Charges where a file gives them, [N] [charge].</summary>
    public double[]? Charges { get; set; }

    /// <summary>Standard deviation of each particle's energy where a potential tells it, [N] [energy].</summary>
    public double[]? EnergyDeviations { get; set; }

    /// <summary>Potential energy of the whole frame [energy].</summary>
    public double? Energy { get; set; }

    /// <summary>Virial Σ r ⊗ f of the whole frame [energy].</summary>
    public SymmetricTensor? Virial { get; set; }

    /// <summary>What else a structure file says of the frame, as it says it: "config_type" = "melt".</summary>
    public IReadOnlyDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    /// <summary>Where it was read; null where it was made.</summary>
    public FramePlace? Place { get; set; }

    /// <summary>Pairs by distance, where a device counted them.</summary>
    public PairCounts? PairCounts { get; set; }

    public int Count => Species.Length;

    /// <summary>How messages call it: "train.extxyz, frame 3 (line 31)".</summary>
    internal string Name => Place?.ToString() ?? "a frame";

    public Vector3d Position(int i) => new(Positions[3 * i], Positions[3 * i + 1], Positions[3 * i + 2]);
}
