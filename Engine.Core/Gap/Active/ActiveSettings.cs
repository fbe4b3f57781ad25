using Engine.Core.Gap.Fit;
using Engine.Core.Json;
using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.Core.Gap.Active;

/// <summary>How training data is chosen from a trajectory. Energies in eV, lengths in Å.</summary>
public sealed record ActiveSettings
{
    /// <summary>A thousand days [s].</summary>
    private const double LongestLimit = 86_400_000;

    public string Title { get; init; } = "";

    public FrameDistance Distance { get; init; }

    /// <summary>Descriptor of <see cref="FrameDistance.Soap"/>.</summary>
    public SoapInput DistanceSoap { get; init; } = new() { Cutoff = 5, NMax = 4, LMax = 4 };

    /// <summary>A frame's density is the distance to this many-th neighbour.</summary>
    public int MinimumSamples { get; init; } = 10;

    /// <summary>Fewer frames make no cluster.</summary>
    public int MinimumClusterSize { get; init; } = 10;

    /// <summary>Range of the cutoff [Å].</summary>
    public double[] Cutoff { get; init; } = [4, 6];

    /// <summary>Choices of δ [eV].</summary>
    public double[] Delta { get; init; } = [0.01, 0.1, 1];

    /// <summary>Range of the number of sparse points, in hundreds.</summary>
    public int[] SparsePoints { get; init; } = [100, 1200];

    /// <summary>Range of n_max = l_max.</summary>
    public int[] Order { get; init; } = [3, 8];

    /// <summary>Designs at random before the optimiser begins.</summary>
    public int Designs { get; init; } = 10;

    /// <summary>Designs that the optimiser chooses.</summary>
    public int Iterations { get; init; } = 20;

    /// <summary>The search ends where the mean error of an atom's energy, rounded to 0.1 meV, is no larger [eV].</summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>Share of the frames at the end of the trajectory that are kept out of all of it; the error on them is what to believe.</summary>
    public double HeldOut { get; init; } = 0.1;

    /// <summary>Weights of the fits.</summary>
    public GapSigma Sigma { get; init; } = new(0.001, 0.1);

    /// <summary>Whether forces and virials are fitted, where they are known.</summary>
    public bool Forces { get; init; } = true;

    /// <summary>Core of the potential: "zbl", which keeps atoms apart where no data does, or null for none.</summary>
    public string? Core { get; init; } = GapFitSettings.NuclearCore;

    public double Jitter { get; init; } = 1e-8;

    public ulong Seed { get; init; } = 1;

    /// <summary>Frames used of the trajectory: every so many-th.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Path of a potential that labels frames; by default their own energies count.</summary>
    public string? OraclePotential { get; init; }

    /// <summary>Command that labels frames, {in} and {out} being extended XYZ files, in place of a potential.</summary>
    public string? OracleCommand { get; init; }

    /// <summary>Path of a CP2K input with {cell} and {coordinates} that labels frames, in place of a potential.</summary>
    public string? OracleCp2k { get; init; }

    /// <summary>Longest time that a command or CP2K may take for a frame [s]; one that takes longer hangs, and is stopped.</summary>
    public double OracleTimeLimit { get; init; } = 14400;

    /// <summary>Molecular dynamics with the potential that finds what is still missing; null for none.</summary>
    public ExplorationSettings? Exploration { get; init; }

    /// <exception cref="InputException">The file cannot be read or is not understood.</exception>
    public static ActiveSettings ReadFile(string path, IEnumerable<string>? overrides = null)
    {
        var settings = StrictJson.ReadFile<ActiveSettings>(path, UnitSystem.Metal, overrides);
        settings.Check();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string? Full(string? name) => name is null ? null : Path.Combine(folder, name);
        return settings with { OraclePotential = Full(settings.OraclePotential), OracleCp2k = Full(settings.OracleCp2k) };
    }

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="InputException">One is.</exception>
    public void Check()
    {
        Require(MinimumSamples >= 1 && MinimumClusterSize >= 2, "minimumSamples must be 1 or more and minimumClusterSize 2 or more");
        Require(Cutoff is [var shortest, var longest] && shortest > 0 && longest >= shortest, "cutoff must be two lengths, the first no larger");
        Require(Delta.Length > 0 && Array.TrueForAll(Delta, d => d > 0), "delta must be a list of positive energies");
        Require(SparsePoints is [var fewest, var most] && fewest >= 1 && most >= fewest, "sparsePoints must be two numbers, the first no larger");
        Require(Order is [var lowest, var highest] && lowest >= 1 && highest >= lowest, "order must be two numbers, the first no larger");
        Require(Designs >= 1 && Iterations >= 0, "designs must be 1 or more and iterations 0 or more");
        Require(Tolerance >= 0, FormattableString.Invariant($"tolerance is {Tolerance} eV, expected 0 or more; it is an error of an atom's energy"));
        Require(Sigma is { Energy: > 0, Force: > 0, Virial: > 0 } && Jitter > 0, "sigma and jitter must be positive numbers");
        Require(HeldOut is >= 0 and < 0.9, "heldOut must be a share from 0 to 0.9");
        Require(
            Exploration is null or { Temperature: > 0, Steps: > 0, TimeStep: > 0, Every: > 0, Picks: > 0, Rounds: > 0, Tolerance: > 0 },
            "exploration must have positive numbers throughout");
        Require(Core is null or GapFitSettings.NuclearCore, "core must be zbl or null");
        Require(Stride >= 1, "stride must be 1 or more");
        Require(OracleTimeLimit > 0 && OracleTimeLimit <= LongestLimit, FormattableString.Invariant($"oracleTimeLimit must be a positive number of seconds, at most {LongestLimit}"));
        var oracles = new[] { OraclePotential, OracleCommand, OracleCp2k }.Count(oracle => oracle is not null);
        Require(oracles <= 1, "oraclePotential, oracleCommand and oracleCp2k exclude each other");
        Require(Exploration is null || oracles == 1, "exploration needs an oracle for what it finds");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InputException($"active learning: {what}");
        }
    }
}
