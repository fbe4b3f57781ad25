using System.Globalization;
using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Core.Potentials.Terms;
using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.Core.Potentials;

/// <summary>Gathers what the terms of a potential file contribute for the species of a system.</summary>
internal sealed class PotentialBuilder
{
    private readonly PotentialFile file;
    private readonly List<object>[,] terms;
    private readonly bool[,] listed;
    private readonly double[,] joints;
    private string? coulomb;

    public PotentialBuilder(PotentialFile file, IReadOnlyList<Species> system, UnitSystem units)
    {
        this.file = file;
        Units = units;
        Count = system.Count;
        terms = new List<object>[Count, Count];
        listed = new bool[Count, Count];
        joints = new double[Count, Count];
        TailEnergy = new double[Count, Count];
        TailVirial = new double[Count, Count];
        SelfEnergies = new double[Count];
        Charges = new double[Count];
        Species = new Species[Count];
        for (var a = 0; a < Count; a++)
        {
            var name = system[a].Name;
            if (!file.Species.TryGetValue(name, out var parameters))
            {
                var remedy = file.Terms.All(term => term is GapTerm) ? "use a potential that was fitted to it" : "add it under species";
                throw new InputException(
                    $"potential {Name} does not know the species {name} of the structure; expected {string.Join(", ", file.Species.Keys)}; {remedy}");
            }
            Charges[a] = parameters.Charge;
            Species[a] = new(name, parameters.Mass ?? system[a].Mass);
            if (parameters.Mass is { } mass && system[a].Mass > 0 && Math.Abs(system[a].Mass - mass) > 1e-3 * mass)
            {
                Warn(Invariant($"species {name} has the mass {system[a].Mass} in the structure and {mass} in the potential; the latter is used"));
            }
            for (var b = 0; b < Count; b++)
            {
                terms[a, b] = [];
            }
        }
    }

    public string Name => file.Name;

    public UnitSystem Units { get; }

    /// <summary>Number of species of the system.</summary>
    public int Count { get; }

    public Species[] Species { get; }

    public double[] Charges { get; }

    public EwaldSettings? Ewald { get; set; }

    /// <summary>Contributions beside the pairs and the Ewald sum.</summary>
    public List<IForceTerm> ForceTerms { get; } = [];

    /// <summary>A run stops where two particles are closer than this [length].</summary>
    public double MinimumDistance => file.MinimumDistance;

    public List<string> Warnings { get; } = [];

    /// <summary>Constant energy of one particle of each species.</summary>
    public double[] SelfEnergies { get; }

    /// <summary>∫ U r² dr beyond the cutoff, summed over the terms that asked for it.</summary>
    public double[,] TailEnergy { get; }

    /// <summary>∫ U′ r³ dr beyond the cutoff.</summary>
    public double[,] TailVirial { get; }

    public string NameOf(int species) => Species[species].Name;

    public void Warn(string message) => Warnings.Add($"potential {Name}: {message}");

    public void WarnOfWeakDamping(string term, double alpha, double cutoff)
    {
        if (alpha * cutoff < 2.5)
        {
            Warn(Invariant($"{term}: alpha*cutoff = {alpha * cutoff:g4} is below 2.5, which shifts densities by per cents; use 2.8 or more (alpha = {2.8 / cutoff:g3} at this cutoff)"));
        }
    }

    /// <summary>The pairs "Hf-O" of a term by their two species.</summary>
    public Dictionary<(string First, string Second), T> ParsePairs<T>(IReadOnlyDictionary<string, T> pairs)
    {
        var result = new Dictionary<(string, string), T>();
        foreach (var (key, value) in pairs)
        {
            var (first, second) = ParsePair(key);
            if (result.ContainsKey((first, second)) || result.ContainsKey((second, first)))
            {
                throw new InputException($"potential {Name} lists the pair {key} twice in one term; expected each pair once, in either order; remove one");
            }
            result.Add((first, second), value);
        }
        return result;
    }

    public void CheckParameters(string first, string second, IPairTerm term) => CheckParameters($"pair {first}-{second}", term);

    public void CheckParameters(string where, IPairTerm term)
    {
        if (term.Validate() is { } problem)
        {
            throw new InputException($"potential {Name}, {where}, {term.GetType().Name}: {problem}");
        }
    }

    /// <summary>Adds a term between two species, a ≤ b.</summary>
    public void AddPair(int a, int b, IPairTerm term, Shift shift, bool tail)
    {
        listed[a, b] = true;
        if (tail && shift != Shift.None)
        {
            throw new InputException($"potential {Name}: tailCorrections cannot be combined with shift \"{shift.ToString().ToLowerInvariant()}\"; expected shift none; remove one of the two");
        }
        if (tail && term is ITailIntegral integral)
        {
            if (!double.IsFinite(integral.TailIntegral))
            {
                throw new InputException($"potential {Name}, pair {NameOf(a)}-{NameOf(b)}, {term.GetType().Name}: the energy beyond the cutoff is infinite; remove tailCorrections, or screen the interaction");
            }
            var (energy, _) = PairFunction.Of(term).At(Below(term.Cutoff * term.Cutoff));
            TailEnergy[a, b] = TailEnergy[b, a] += integral.TailIntegral;
            // By parts: ∫ U′ r³ dr = −r_c³ U(r_c) − 3 ∫ U r² dr.
            TailVirial[a, b] = TailVirial[b, a] -= Math.Pow(term.Cutoff, 3) * energy + 3 * integral.TailIntegral;
        }
        Add(a, b, term, shift);
    }

    /// <summary>Adds a term that is no sum over pairs and acts between all species.</summary>
    public void AddForceTerm(IForceTerm term)
    {
        ForceTerms.Add(term);
        for (var k = 0; k < Count * Count; k++)
        {
            listed[k / Count, k % Count] = true;
        }
    }

    /// <summary>Adds a Coulomb term between all charges and its constant energy per particle.</summary>
    /// <param name="type">Name of the term in potential files.</param>
    /// <param name="pair">The term of a pair from k qᵢqⱼ.</param>
    /// <param name="self">The constant energy of a particle from k q².</param>
    /// <param name="shift">Shift at the cutoff.</param>
    /// <exception cref="InputException">There is a Coulomb term already: every term acts between all charges, so that two would count them twice.</exception>
    public void AddCoulomb(string type, Func<double, IPairTerm> pair, Func<double, double> self, Shift shift = Shift.None)
    {
        if (coulomb is not null)
        {
            throw new InputException($"potential {Name} has two Coulomb terms ({coulomb} and {type}), which would count every pair of charges twice; expected one; remove the other");
        }
        coulomb = type;
        if (Array.TrueForAll(Charges, q => q == 0))
        {
            Warn("a Coulomb term is given but every species has charge 0; set species.<name>.charge or remove the term");
        }
        for (var a = 0; a < Count; a++)
        {
            SelfEnergies[a] += Charges[a] == 0 ? 0 : self(Units.Coulomb * Charges[a] * Charges[a]);
            for (var b = a; b < Count; b++)
            {
                if (Charges[a] * Charges[b] != 0)
                {
                    Add(a, b, pair(Units.Coulomb * Charges[a] * Charges[b]), shift);
                }
            }
        }
    }

    /// <summary>The fused potential of each pair, null where nothing acts; complains of pairs that no term mentions.</summary>
    public object?[,] Fuse()
    {
        var fused = new object?[Count, Count];
        for (var a = 0; a < Count; a++)
        {
            for (var b = a; b < Count; b++)
            {
                if (!listed[a, b] && terms[a, b].Count == 0)
                {
                    throw new InputException(
                        $"potential {Name} has no term for the pair {NameOf(a)}-{NameOf(b)} of the system; expected one of {KnownPairs()}; add it under terms[].pairs");
                }
                fused[a, b] = fused[b, a] = terms[a, b].Count == 0 ? null : PairFusion.Fuse(terms[a, b]);
                WarnOfCollapse(a, b, fused[a, b]);
            }
            if (file.Terms.Count > 0 && !Enumerable.Range(0, Count).Any(b => listed[Math.Min(a, b), Math.Max(a, b)]))
            {
                Warn($"species {NameOf(a)} has charges but no short-range pair; opposite charges would collapse onto each other");
            }
        }
        return fused;
    }

    /// <summary>What a single-precision loop should evaluate in place of a fused potential.</summary>
    public object? Tabulate(object? fused, int a, int b) =>
        fused is null ? null : PairTabulation.Tabulate(fused, file.MinimumDistance, joints[a, b]);

    private void Add(int a, int b, IPairTerm term, Shift shift)
    {
        var (middle, _) = PairFunction.Of(term).At(0.25 * term.Cutoff * term.Cutoff);
        if (middle == 0 && term.EnergyAtOrigin == 0)
        {
            return;
        }
        terms[a, b].Add(PairFusion.Shifted(term, shift));
        joints[a, b] = joints[b, a] = Math.Max(joints[a, b], term.Joint);
    }

    private void WarnOfCollapse(int a, int b, object? potential)
    {
        if (potential is null)
        {
            return;
        }
        var function = PairFunction.Of(potential);
        var probe = file.MinimumDistance > 0 ? file.MinimumDistance : 1e-3 * function.Cutoff;
        var (energy, force) = function.At(probe * probe);
        if (force < 0 && energy < 0)
        {
            var barrier = Enumerable.Range(1, 1000).Select(k => probe + k * 1e-3 * (function.Cutoff - probe)).Where(r => function.At(r * r).ForceOverDistance > 0).Cast<double?>().FirstOrDefault();
            var where = barrier is { } top ? Invariant($", which is at {top:g3} {Units.LengthUnit}") : "";
            var remedy = file.Terms.OfType<BuckinghamTerm>().Any() ? "set the guard of its Buckingham term, or raise minimumDistance" : "raise minimumDistance";
            Warn(Invariant($"the pair {NameOf(a)}-{NameOf(b)} attracts at r = {probe:g3} {Units.LengthUnit} (U = {energy:g4} {Units.EnergyUnit}) and would collapse; {remedy} above its barrier{where}"));
        }
    }

    private (string First, string Second) ParsePair(string key)
    {
        // Names may hold a dash themselves ("O2-"), so every dash is tried.
        for (var dash = key.IndexOf('-', StringComparison.Ordinal); dash >= 0; dash = key.IndexOf('-', dash + 1))
        {
            var (first, second) = (key[..dash], key[(dash + 1)..]);
            if (file.Species.ContainsKey(first) && file.Species.ContainsKey(second))
            {
                return (first, second);
            }
        }
        throw new InputException(
            $"potential {Name} has the pair \"{key}\"; expected two of its species ({string.Join(", ", file.Species.Keys)}) joined by a dash; correct the key or add the species");
    }

    private string KnownPairs()
    {
        var known = new List<string>();
        for (var a = 0; a < Count; a++)
        {
            for (var b = a; b < Count; b++)
            {
                if (listed[a, b] || terms[a, b].Count > 0)
                {
                    known.Add($"{NameOf(a)}-{NameOf(b)}");
                }
            }
        }
        return known.Count > 0 ? string.Join(", ", known) : "none so far";
    }

    private static double Below(double value) => Math.BitDecrement(value);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
