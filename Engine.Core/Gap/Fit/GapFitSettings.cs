using System.Text.Json.Nodes;
using Engine.Core.Json;
using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.Core.Gap.Fit;

/// <summary>How a potential is fitted. Energies in eV, lengths in Å.</summary>
public sealed record GapFitSettings
{
    /// <summary>What <see cref="Core"/> says for the repulsion of nuclei.</summary>
    public const string NuclearCore = "zbl";

    public string Title { get; init; } = "";

    public required IReadOnlyList<GapDescriptorInput> Descriptors { get; init; }

    /// <summary>Weights of all frames that no group or label of their own gives others.</summary>
    public required GapSigma Sigma { get; init; }

    /// <summary>Weights of frames of a group, by its name.</summary>
    public IReadOnlyDictionary<string, GapSigma> GroupSigma { get; init; } = new Dictionary<string, GapSigma>();

    /// <summary>
    /// Energies of free atoms: by symbol ({"Si": −0.79}); "isolated", those of the frames of one atom; or "average", the mean energy of an atom, the same for all species. By
    /// default isolated where the data has them, else average.
    /// </summary>
    public JsonNode? FreeAtoms { get; init; }

    /// <summary>Added to the diagonal of the covariance of the sparse points [eV²].</summary>
    public double Jitter { get; init; } = 1e-8;

    public ulong Seed { get; init; } = 1;

    /// <summary>Key of the energies in the file; by default one of the usual.</summary>
    public string? EnergyKey { get; init; }

    /// <summary>Column of the forces in the file; by default one of the usual.</summary>
    public string? ForceKey { get; init; }

    /// <summary>Key of the group of a frame; by default config_type or group.</summary>
    public string? GroupKey { get; init; }

    /// <summary>Whether forces are fitted, where the data has them.</summary>
    public bool Forces { get; init; } = true;

    /// <summary>Whether virials are fitted, where the data has them.</summary>
    public bool Virials { get; init; } = true;

    /// <summary>
    /// Pair potentials that are subtracted before the fit and part of the result: "zbl", the repulsion of nuclei nearer than any pair of the data (<see cref="NuclearRepulsion"/>), or
    /// an XML file with a Glue_params stanza; null for none.
    /// </summary>
    public string? Core { get; init; }

    /// <summary>What the matrices of the fit may take of the memory [GiB].</summary>
    public double MemoryLimit { get; init; } = 4;

    /// <exception cref="InputException">The file cannot be read or is not understood.</exception>
    public static GapFitSettings ReadFile(string path, IEnumerable<string>? overrides = null)
    {
        var settings = StrictJson.Read<GapFitSettings>(StrictJson.ReadText(path), path, UnitSystem.Metal, overrides);
        settings.Check();
        return settings with { Core = settings.Core is { } core and not NuclearCore ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, core) : settings.Core };
    }

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="InputException">One is.</exception>
    public void Check()
    {
        if (Descriptors.Count == 0)
        {
            throw new InputException("fit: descriptors is empty, expected at least one");
        }
        foreach (var descriptor in Descriptors)
        {
            descriptor.Check();
        }
        foreach (var (name, sigma) in GroupSigma.Prepend(KeyValuePair.Create("sigma", Sigma)))
        {
            if (!(sigma.Energy > 0 && sigma.Force > 0 && sigma.Virial > 0))
            {
                throw new InputException(FormattableString.Invariant($"fit: {name} is energy {sigma.Energy}, force {sigma.Force}, virial {sigma.Virial}; expected positive numbers"));
            }
        }
        if (!(Jitter > 0) || !(MemoryLimit > 0))
        {
            throw new InputException(FormattableString.Invariant($"fit: jitter is {Jitter}, memoryLimit {MemoryLimit}; expected positive numbers"));
        }
    }
}
