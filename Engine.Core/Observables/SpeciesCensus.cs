using Engine.Core.Particles;
using Engine.Kernels.Errors;

namespace Engine.Core.Observables;

/// <summary>Which species the frames of a trajectory hold and how many of each; refuses a frame that holds others.</summary>
internal sealed class SpeciesCensus
{
    private readonly int[] species;
    private readonly string[] table;

    public SpeciesCensus(Configuration frame, string observable)
    {
        if (frame.Count == 0)
        {
            throw new InputException($"{observable}: the frame of step {frame.Step} holds no particles; expected at least one");
        }
        species = (int[])frame.Species.Clone();
        table = [.. frame.SpeciesTable.Select(s => s.Name)];
        var counts = new int[table.Length];
        foreach (var s in species)
        {
            counts[s]++;
        }
        Present = [.. Enumerable.Range(0, counts.Length).Where(s => counts[s] > 0)];
        Names = [.. Present.Select(s => table[s])];
        Counts = [.. Present.Select(s => counts[s])];
        var dense = new int[table.Length];
        for (var k = 0; k < Present.Length; k++)
        {
            dense[Present[k]] = k;
        }
        Dense = [.. species.Select(s => dense[s])];
        Masses = [.. Present.Select(s => frame.SpeciesTable[s].Mass)];
    }

    /// <summary>Indices into the species table of those that occur.</summary>
    public int[] Present { get; }

    /// <summary>Names of the species that occur.</summary>
    public string[] Names { get; }

    /// <summary>Particles of each.</summary>
    public int[] Counts { get; }

    /// <summary>Mass of each.</summary>
    public double[] Masses { get; }

    /// <summary>Index into <see cref="Names"/> of each particle, [N].</summary>
    public int[] Dense { get; }

    public int Kinds => Names.Length;

    public int Total => species.Length;

    /// <summary>The particles of each species.</summary>
    public int[][] Members() => [.. Enumerable.Range(0, Kinds).Select(k => Enumerable.Range(0, Total).Where(i => Dense[i] == k).ToArray())];

    public void Check(Configuration frame, string observable)
    {
        if (frame.Count != species.Length)
        {
            throw new InputException(
                $"{observable}: the frame of step {frame.Step} holds {frame.Count} particles, the frames before it {species.Length}; analyse trajectories of different systems apart");
        }
        if (!frame.Species.AsSpan().SequenceEqual(species))
        {
            throw new InputException(
                $"{observable}: in the frame of step {frame.Step} particles have other species than before; frames must list the same particles in the same order");
        }
    }

    /// <summary>Reads a pair "Hf-O" into indices of <see cref="Names"/>.</summary>
    public (int A, int B) Pair(string pair, string setting)
    {
        for (var dash = pair.IndexOf('-'); dash >= 0; dash = pair.IndexOf('-', dash + 1))
        {
            var a = Array.IndexOf(Names, pair[..dash]);
            var b = Array.IndexOf(Names, pair[(dash + 1)..]);
            if (a >= 0 && b >= 0)
            {
                return (a, b);
            }
        }
        throw new InputException(
            $"{setting} names the pair '{pair}'; expected two of the species {string.Join(", ", Names)} joined by '-', as in {Names[0]}-{Names[^1]}");
    }

    /// <summary>"Hf-O".</summary>
    public string PairName(int a, int b) => $"{Names[a]}-{Names[b]}";
}
