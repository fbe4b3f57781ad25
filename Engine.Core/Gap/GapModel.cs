using System.Xml.Linq;

namespace Engine.Core.Gap;

/// <summary>
/// A Gaussian approximation potential (A. P. Bartók, M. C. Payne, R. Kondor and G. Csányi, Phys. Rev. Lett. 104, 136403 (2010)) as QUIP files it. Energies in eV, lengths in Å.
/// </summary>
public sealed record GapModel
{
    /// <summary>"GAP_2026_11_22_0_6_5_11_813".</summary>
    public required string Label { get; init; }

    /// <summary>gap_version: decides the convention of soap descriptors.</summary>
    public required int Version { get; init; }

    /// <summary>Energy of a free atom by atomic number.</summary>
    public required IReadOnlyDictionary<int, double> FreeAtoms { get; init; }

    /// <summary>Factor on everything but free atoms.</summary>
    public double EnergyScale { get; init; } = 1;

    /// <summary>The sums over sparse points that make it up.</summary>
    public required IReadOnlyList<GapSparseSet> Sets { get; init; }

    /// <summary>The pair potential that was subtracted before the fit; null without one.</summary>
    public GlueCore? Core { get; init; }

    /// <summary>The command or record of the fit, as the file has it.</summary>
    public string? Training { get; init; }

    /// <summary>What the file holds of the core potential, kept as it is.</summary>
    public XElement? CoreStanza { get; init; }

    /// <summary>Files that it was read from.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Atomic numbers that it speaks of; empty if it takes any.</summary>
    public IReadOnlyList<int> Elements =>
        Sets.Any(set => set.Elements.Count == 0) ? [] : [.. Sets.SelectMany(set => set.Elements).Distinct().Order()];
}
