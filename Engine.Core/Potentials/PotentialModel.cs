using System.Collections.ObjectModel;
using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>
/// A potential made ready for the species of a system: one fused struct for each pair of species, constant and tail energies, force terms beside
/// the pair loop, and what the user should be warned of. Force terms hold buffers: build one model for each running simulation.
/// </summary>
public sealed class PotentialModel
{
    private readonly object?[,] pairs;
    private readonly object?[,] fastPairs;
    private readonly PairFunction?[,] functions;
    private readonly double[] selfEnergies;
    private readonly double[,] tailEnergy;
    private readonly double[,] tailVirial;

    private PotentialModel(PotentialBuilder builder, object?[,] fused, double minimumDistance)
    {
        Name = builder.Name;
        Units = builder.Units;
        Species = builder.Species;
        Charges = builder.Charges;
        MinimumDistance = minimumDistance;
        Ewald = builder.Ewald;
        ForceTerms = Ewald is null ? builder.ForceTerms : [new EwaldReciprocal(Ewald, Charges), .. builder.ForceTerms];
        Warnings = builder.Warnings;
        pairs = fused;
        selfEnergies = builder.SelfEnergies;
        tailEnergy = builder.TailEnergy;
        tailVirial = builder.TailVirial;
        HasTailCorrections = tailEnergy.Cast<double>().Any(energy => energy != 0);
        fastPairs = new object?[Species.Count, Species.Count];
        functions = new PairFunction?[Species.Count, Species.Count];
        for (var a = 0; a < Species.Count; a++)
        {
            for (var b = 0; b < Species.Count; b++)
            {
                functions[a, b] = fused[a, b] is { } potential ? PairFunction.Of(potential) : null;
                fastPairs[a, b] = b < a ? fastPairs[b, a] : builder.Tabulate(fused[a, b], a, b);
                MaximumCutoff = Math.Max(MaximumCutoff, PairCutoff(a, b));
            }
        }
    }

    public string Name { get; }

    public UnitSystem Units { get; }

    /// <summary>The table of the system, with the masses of the potential where it gives them; 0 where neither does.</summary>
    public IReadOnlyList<Species> Species { get; }

    /// <summary>Charge of each species.</summary>
    public IReadOnlyList<double> Charges { get; }

    /// <summary>Particles closer than this mean that the run has failed [length]; 0: no check.</summary>
    public double MinimumDistance { get; }

    /// <summary>Longest cutoff of any pair [length]; 0 for an ideal gas.</summary>
    public double MaximumCutoff { get; }

    /// <summary>Longest cutoff of anything [length]: of pairs and of force terms.</summary>
    public double Reach => ForceTerms.Select(term => term.Cutoff).Append(MaximumCutoff).Max();

    /// <summary>How the Ewald sum is split, or null.</summary>
    public EwaldSettings? Ewald { get; }

    /// <summary>What is chosen for a cell where the potential leaves the choice, by what it is for.</summary>
    /// <exception cref="InputException">The cell is too large for it.</exception>
    public IReadOnlyDictionary<string, string> Methods(Box box, int particles) => Ewald is null
        ? ReadOnlyDictionary<string, string>.Empty
        : new Dictionary<string, string> { ["reciprocal part of the Ewald sum"] = Ewald.Describe(box, particles) };

    /// <summary>Contributions that are not sums over pairs inside a cutoff.</summary>
    public IReadOnlyList<IForceTerm> ForceTerms { get; }

    /// <summary>A term that devices do not compute; null where they know all.</summary>
    public IForceTerm? TermOfProcessor => ForceTerms.FirstOrDefault(term => term is not (EwaldReciprocal or GapForce));

    /// <summary>One line each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Whether any term asked for tail corrections.</summary>
    public bool HasTailCorrections { get; }

    /// <summary>Makes a potential ready for a system.</summary>
    /// <param name="file">The potential.</param>
    /// <param name="species">The species of the system; the order gives the indices of <see cref="Pair"/>.</param>
    /// <param name="units">The units of the run; must be those of the potential.</param>
    /// <exception cref="InputException">Unknown species, missing pair, parameters out of range, other units.</exception>
    public static PotentialModel Build(PotentialFile file, IReadOnlyList<Species> species, UnitSystem units)
    {
        if (file.Units != units.Name)
        {
            throw new InputException($"potential {file.Name} is in {file.Units} units, but the run in {units.Name}; expected the same; convert one of them");
        }
        Require(file, file.Name.Length > 0 ? null : "name is empty; expected a short name");
        Require(file, ParameterCheck.NotNegative("minimumDistance", file.MinimumDistance));
        foreach (var (name, parameters) in file.Species)
        {
            Require(file, ParameterCheck.Finite($"species {name}: charge", parameters.Charge)
                ?? (parameters.Mass is { } mass ? ParameterCheck.Positive($"species {name}: mass", mass) : null));
        }
        var builder = new PotentialBuilder(file, species, units);
        foreach (var term in file.Terms)
        {
            term.AddTo(builder);
        }
        return new(builder, builder.Fuse(), file.MinimumDistance);
    }

    /// <summary>Particles that do not see each other.</summary>
    public static PotentialModel IdealGas(IReadOnlyList<Species> species, UnitSystem units)
    {
        var file = new PotentialFile
        {
            Name = "ideal-gas",
            Units = units.Name,
            Species = species.ToDictionary(s => s.Name, s => new SpeciesParameters(s.Mass > 0 ? s.Mass : null)),
            Terms = [],
        };
        return new(new(file, species, units), new object?[species.Count, species.Count], 0);
    }

    /// <summary>A pair interaction of one's own, the same between all particles: any formula, on the processor and on every device.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="species">The species of the system.</param>
    /// <param name="units">Its units, which are those of the potential's numbers.</param>
    /// <param name="potential">The interaction.</param>
    public static PotentialModel Of<T>(string name, IReadOnlyList<Species> species, UnitSystem units, T potential)
        where T : struct, IPairPotential<T>
    {
        var file = new PotentialFile
        {
            Name = name,
            Units = units.Name,
            Species = species.ToDictionary(s => s.Name, s => new SpeciesParameters(s.Mass > 0 ? s.Mass : null)),
            Terms = [],
        };
        try
        {
            _ = PairFunction.Of(potential).At(0.25 * potential.Cutoff * potential.Cutoff);
        }
        catch (Exception error) when (error is not EngineException)
        {
            throw new InputException($"the formula of {typeof(T).Name} throws at half of its cutoff ({error.OneLine()}), expected one that is there for all distances; change it, or its parameters", error);
        }
        var pairs = new object?[species.Count, species.Count];
        for (var k = 0; k < pairs.Length; k++)
        {
            pairs[k / species.Count, k % species.Count] = potential;
        }
        return new(new(file, species, units), pairs, 0);
    }

    /// <summary>
    /// The fused interaction of two species: a boxed <c>readonly record struct</c> that implements <c>IPairPotential</c> of itself; null where
    /// they do not interact. Symmetric.
    /// </summary>
    public object? Pair(int first, int second) => pairs[first, second];

    /// <summary>
    /// What a single-precision loop should evaluate for two species: the formula of <see cref="Pair"/> where it is short, else a <see cref="Tabulated"/>
    /// copy with an error below 1e-6 of force and energy at twice the minimum distance and beyond. Tables need a minimum distance to start from.
    /// </summary>
    public object? FastPair(int first, int second) => fastPairs[first, second];

    /// <summary>[length]; 0 where two species do not interact.</summary>
    public double PairCutoff(int first, int second) => functions[first, second]?.Cutoff ?? 0;

    /// <summary>The fused interaction as a function in double, or null.</summary>
    public PairFunction? Function(int first, int second) => functions[first, second];

    /// <summary>Energy that no position changes: the self terms of the Coulomb sums [energy].</summary>
    /// <param name="counts">Particles of each species.</param>
    /// <exception cref="InputException">The cell is charged, under an Ewald sum without background.</exception>
    public double ConstantEnergy(ReadOnlySpan<int> counts)
    {
        double energy = 0, netCharge = 0, sumOfSquares = 0;
        for (var a = 0; a < counts.Length; a++)
        {
            energy += counts[a] * selfEnergies[a];
            netCharge += counts[a] * Charges[a];
            sumOfSquares += counts[a] * Charges[a] * Charges[a];
        }
        if (Ewald is not null)
        {
            EwaldReciprocal.CheckNeutral(Ewald, netCharge, sumOfSquares, Species, Charges);
            energy += Ewald.SelfEnergy(sumOfSquares);
        }
        return energy;
    }

    /// <summary>
    /// What a homogeneous surrounding beyond the cutoffs adds: E = (2π/V) Σ_ab N_a N_b ∫ U r² dr and the trace of the virial
    /// −(2π/V) Σ_ab N_a N_b ∫ U′ r³ dr. M. P. Allen, D. J. Tildesley, Computer Simulation of Liquids, 2nd ed. (2017), section 2.8.
    /// </summary>
    /// <param name="counts">Particles of each species.</param>
    /// <param name="box">The cell.</param>
    /// <exception cref="InputException">The cell is open along an axis: then nothing surrounds the particles, and its volume means nothing.</exception>
    public ForceSums TailCorrection(ReadOnlySpan<int> counts, in Box box)
    {
        if (HasTailCorrections && !(box.PeriodicX && box.PeriodicY && box.PeriodicZ))
        {
            throw new InputException($"potential {Name} has tailCorrections, but the cell is open along an axis; expected a periodic cell; remove tailCorrections or make the open axes periodic");
        }
        double energy = 0, virial = 0;
        for (var a = 0; a < counts.Length; a++)
        {
            for (var b = 0; b < counts.Length; b++)
            {
                var weight = 2 * Math.PI / box.Volume * counts[a] * counts[b];
                energy += weight * tailEnergy[a, b];
                virial -= weight * tailVirial[a, b];
            }
        }
        return new(energy, SymmetricTensor.Isotropic(virial / 3));
    }

    private static void Require(PotentialFile file, string? problem)
    {
        if (problem is not null)
        {
            throw new InputException($"potential {file.Name}: {problem}");
        }
    }
}
