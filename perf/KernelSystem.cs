using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Pair;
using Engine.Kernels.Threading;

namespace Engine.Perf;

/// <summary>A melt with its list, on one thread: what the kernels are called with.</summary>
internal sealed class KernelSystem
{
    private readonly int[] counts;

    public KernelSystem(MdModel model, int cells, (int X, int Y, int Z) replicate)
    {
        var start = MdSetup.Start(new("kernel", model, cells, replicate, 0, 0));
        Potential = MdSetup.Potential(model, start.SpeciesTable);
        System = ParticleSystem.FromConfiguration(start, MdSetup.Units(model));
        counts = new int[start.SpeciesTable.Count];
        Radius = 1.2 * Potential.MaximumCutoff;
        PrunedRadius = 1.04 * Potential.MaximumCutoff;
        Sort();
        Search();
    }

    public PotentialModel Potential { get; }

    public ParticleSystem System { get; }

    public ClusterList List { get; } = new();

    /// <summary>Of the list: a fifth beyond the cutoff, where a run begins.</summary>
    public double Radius { get; }

    /// <summary>What pruning leaves: 4 % beyond the cutoff.</summary>
    public double PrunedRadius { get; }

    /// <summary>Wraps, decides the new order and moves everything to it, as at every rebuild.</summary>
    public void Sort()
    {
        var s = System;
        s.WrapAll(Workers.Single);
        List.Sort(s.X, s.Y, s.Z, s.Id, s.ClusterSpecies, s.SlotCount, s.Count, counts.Length, s.Box, Workers.Single);
        s.Reorder(List.Source, List.ClusterSpecies, Workers.Single);
    }

    public void Search() => List.Build(System.X, System.Y, System.Z, System.Id, System.Box, Radius, Workers.Single);

    /// <summary>The pair kernels; with <paramref name="interacting"/> false they have no pair to evaluate, and only add up their buffers.</summary>
    public PairForces Pairs(Precision precision, bool interacting = true)
    {
        var species = counts.Length;
        var potentials = new object?[species, species];
        for (var a = 0; a < species && interacting; a++)
        {
            for (var b = 0; b < species; b++)
            {
                potentials[a, b] = precision == Precision.Mixed ? Potential.FastPair(a, b) : Potential.Pair(a, b);
            }
        }
        var pairs = PairForces.Create(potentials, precision == Precision.Mixed, Workers.Single);
        Update(pairs);
        Prune(pairs);
        return pairs;
    }

    public void Update(PairForces pairs) => pairs.Update(List, System.X, System.Y, System.Z, System.Box);

    public void Prune(PairForces pairs) => pairs.Prune(List, System.Box, PrunedRadius);

    public void Compute(PairForces pairs) =>
        pairs.Compute(List, System.X, System.Y, System.Z, System.FX, System.FY, System.FZ, System.Box, energy: false);
}
