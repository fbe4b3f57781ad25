using System.Globalization;
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
        Require(MinimumSamples >= 1 && MinimumClusterSize >= 2, $"minimumSamples is {MinimumSamples} and minimumClusterSize {MinimumClusterSize}; expected 1 or more and 2 or more");
        Require(Cutoff is [var shortest, var longest] && shortest > 0 && longest >= shortest, $"cutoff is {Text(Cutoff)}; expected two lengths [Å], the first no larger");
        Require(Delta.Length > 0 && Array.TrueForAll(Delta, d => d > 0), $"delta is {Text(Delta)}; expected a list of positive energies [eV]");
        Require(SparsePoints is [var fewest, var most] && fewest >= 1 && most >= fewest, $"sparsePoints is {Text(SparsePoints)}; expected two numbers, the first no larger");
        Require(Order is [var lowest, var highest] && lowest >= 1 && highest >= lowest, $"order is {Text(Order)}; expected two numbers, the first no larger");
        foreach (var (cutoff, order) in Cutoff.SelectMany(_ => Order, (cutoff, order) => (cutoff, order)))
        {
            RequireSoap(cutoff, order);
        }
        Require(Designs >= 1 && Iterations >= 0, $"designs is {Designs} and iterations {Iterations}; expected 1 or more and 0 or more");
        Require(Tolerance >= 0, $"tolerance is {Tolerance} eV, expected 0 or more; it is an error of an atom's energy");
        Require(Sigma is { Energy: > 0, Force: > 0, Virial: > 0 }, $"sigma is energy {Sigma.Energy}, force {Sigma.Force}, virial {Sigma.Virial}; expected positive numbers");
        Require(Jitter > 0, $"jitter is {Jitter}; expected a positive number");
        Require(HeldOut is >= 0 and < 0.9, $"heldOut is {HeldOut}; expected a share from 0 to below 0.9");
        if (Exploration is { } e)
        {
            foreach (var (name, value) in new[]
            {
                ("temperature", e.Temperature), ("steps", e.Steps), ("timeStep", e.TimeStep), ("every", e.Every), ("picks", e.Picks), ("rounds", e.Rounds), ("tolerance", e.Tolerance),
            })
            {
                Require(value > 0, $"exploration.{name} is {value}; expected a positive number");
            }
            Require(e.Every <= e.Steps, $"exploration.every is {e.Every}; expected at most exploration.steps, {e.Steps}: no frame would be looked at");
        }
        Require(Core is null or GapFitSettings.NuclearCore, $"core is {Core}; expected zbl or null");
        Require(Stride >= 1, $"stride is {Stride}; expected 1 or more");
        Require(OracleTimeLimit > 0 && OracleTimeLimit <= LongestLimit, $"oracleTimeLimit is {OracleTimeLimit}; expected a positive number of seconds, at most {LongestLimit}");
        Require(
            OracleCommand is null || (OracleCommand.Contains("{in}", StringComparison.Ordinal) && OracleCommand.Contains("{out}", StringComparison.Ordinal)),
            $"oracleCommand is '{OracleCommand}'; expected a command with {{in}} and {{out}}, the files that it reads and writes");
        var oracles = new[] { OraclePotential, OracleCommand, OracleCp2k }.Count(oracle => oracle is not null);
        Require(oracles <= 1, $"oraclePotential, oracleCommand and oracleCp2k exclude each other; give one");
        Require(Exploration is null || oracles == 1, $"exploration needs an oracle for what it finds; set oraclePotential, oracleCommand or oracleCp2k");
    }

    /// <summary>A design at the edge of the ranges is one that a fit can use.</summary>
    private static void RequireSoap(double cutoff, int order)
    {
        try
        {
            new SoapInput { Cutoff = cutoff, NMax = order, LMax = order }.Check();
        }
        catch (InputException error)
        {
            throw new InputException(FormattableString.Invariant($"active learning: with a cutoff of {cutoff} Å and an order (nMax = lMax) of {order}, {error.Message}; change the range of cutoff or order"), error);
        }
    }

    private static string Text<T>(T[] values)
        where T : IFormattable => $"[{string.Join(", ", values.Select(value => value.ToString(null, CultureInfo.InvariantCulture)))}]";

    private static void Require(bool holds, FormattableString what)
    {
        if (!holds)
        {
            throw new InputException($"active learning: {FormattableString.Invariant(what)}");
        }
    }
}
