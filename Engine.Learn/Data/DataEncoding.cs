using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>
/// How data became what a network learnt from: which numbers a sample has and what they were scaled by, which targets and classes there are. A network that was trained is kept with
/// it (<see cref="Training.ModelFile"/>), so that other data reach it as those did, and what it gives can be brought back to the units of the data.
/// </summary>
public sealed record DataEncoding
{
    /// <summary>What the numbers of a sample are, in their order; the species of structures; empty where nobody named them.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>All columns of the table, also those that are no features; empty where there is no table.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The header of the table; empty where it has none.</summary>
    public IReadOnlyList<string> Header { get; init; } = [];

    /// <summary>The values of columns that became an input for each, in the order of these.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Categories { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What each feature was scaled by; null: by nothing.</summary>
    public IReadOnlyList<ColumnScale>? FeatureScales { get; init; }

    /// <summary>What the numbers of a sample are, beside their names, as the cutoff of structures; empty: those of the file.</summary>
    public string Inputs { get; init; } = "";

    /// <summary>What the targets are, where they are numbers.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>What each target was scaled by, to go back to its unit; null: by nothing.</summary>
    public IReadOnlyList<ColumnScale>? TargetScales { get; init; }

    /// <summary>Names of the classes in the order of their numbers; empty where targets are none.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Whether the network learnt to give its input back, whatever the targets are.</summary>
    public bool Reconstruct { get; init; }

    /// <summary>The function that makes what the network gives probabilities, as its loss takes them; none: they are the targets.</summary>
    public Activation Outputs { get; init; }

    /// <summary>SHA-256 of the definition of the data, but for the paths in it, and of the bytes of the files that were read.</summary>
    public string DataHash { get; init; } = "";
}
