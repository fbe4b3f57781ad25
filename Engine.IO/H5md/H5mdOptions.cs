using Engine.Core.Units;

namespace Engine.IO.H5md;

/// <summary>What a trajectory holds besides steps, times, boxes, species and positions.</summary>
public sealed record H5mdOptions
{
    public required UnitSystem Units { get; init; }

    public TrajectoryPrecision Precision { get; init; } = TrajectoryPrecision.Single;

    public bool Velocities { get; init; }

    public bool Forces { get; init; }

    /// <summary>Image counters, from which unwrapped positions follow.</summary>
    public bool Images { get; init; } = true;

    /// <summary>Charges of each frame; every frame must then carry them.</summary>
    public bool Charges { get; init; }

    /// <summary>Masses as a dataset [N] as H5MD has it. They are always kept by species; ZnH5MD cannot open files with this dataset.</summary>
    public bool Masses { get; init; }

    public IReadOnlyList<ObservableStream> Observables { get; init; } = [];

    /// <summary>
    /// Puts observables into observables/trajectory/, where ZnH5MD looks for energies but where MDAnalysis up to 2.4 refuses the whole file,
    /// rather than straight into observables/.
    /// </summary>
    public bool ObservablesPerGroup { get; init; }

    public string Author { get; init; } = "not stated";

    /// <summary>Kept word for word: title, seed, hash of the input. The same run must give the same words, so no date belongs here.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Longest time that a frame stays in memory only.</summary>
    public TimeSpan FlushInterval { get; init; } = DefaultFlushInterval;

    internal static TimeSpan DefaultFlushInterval { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a chunk of positions, about; rounded to whole frames. Stock readers cache one mebibyte.</summary>
    internal int ChunkBytes { get; init; } = 1 << 20;
}
