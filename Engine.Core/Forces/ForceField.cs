using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Pair;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;

namespace Engine.Core.Forces;

/// <summary>
/// The forces of a <see cref="PotentialModel"/>: fused pair terms over a cluster list, force terms beside them, constant and tail energies. Keeps
/// the list valid: it is rebuilt when a particle has moved by more than half of what the list allows, in the present shape of the box, and pruned to
/// what the next few steps need in between (Páll and Hess 2013). Sorting decides the order of sums and depends on the trajectory alone; pruning only drops zeros.
/// </summary>
public sealed class ForceField : IForceField, IDisposable
{
    private readonly PotentialModel model;
    private readonly Workers workers;
    private readonly PairForces? pairs;
    private readonly ClusterList list = new();
    private readonly SkinTuner tuner;
    private readonly int[] counts;
    private readonly SlotPositions built = new();
    private readonly SlotPositions pruned = new();
    private readonly SlotPositions before = new();
    private Box prunedBox;
    private bool valid;
    private bool distancesDue;
    private bool knowsBefore;

    /// <param name="model">The interactions, for the species of the system.</param>
    /// <param name="singlePrecision">Whether pairs are evaluated in float (sums over blocks, energies and virials in double).</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="system">The particles; only their numbers are read.</param>
    public ForceField(PotentialModel model, bool singlePrecision, Workers workers, ParticleSystem system)
    {
        this.model = model;
        this.workers = workers;
        var species = model.Species.Count;
        counts = new int[species];
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            counts[system.SpeciesOf(slot)] += system.Id[slot] >= 0 ? 1 : 0;
        }
        tuner = new(model.MaximumCutoff);
        ConstantEnergy = model.ConstantEnergy(counts);
        TermEnergies = new double[model.ForceTerms.Count];
        if (model.MaximumCutoff > 0)
        {
            var potentials = new object?[species, species];
            for (var a = 0; a < species; a++)
            {
                for (var b = 0; b < species; b++)
                {
                    potentials[a, b] = singlePrecision ? model.FastPair(a, b) : model.Pair(a, b);
                }
            }
            pairs = PairForces.Create(potentials, singlePrecision, workers);
        }
    }

    /// <summary>Energy that no position changes [energy].</summary>
    public double ConstantEnergy { get; }

    /// <summary>Energy of each term beside the pairs at the last evaluation, in the order of the model's [energy].</summary>
    public double[] TermEnergies { get; }

    /// <summary>
    /// Whether particles may be closer than the potential's minimum distance, as at the start of a minimisation. Otherwise that fails the run, whenever the
    /// energy is computed and whenever a list is built.
    /// </summary>
    public bool AllowOverlap { get; set; }

    /// <summary>Lists built so far.</summary>
    public long Rebuilds { get; private set; }

    /// <summary>Skin of the present list [length].</summary>
    public double Skin => tuner.Skin;

    /// <summary>Bytes held by lists and kernels.</summary>
    public long Bytes => (pairs?.Bytes ?? 0) + list.Bytes + 24L * (built.X.Length + pruned.X.Length + before.X.Length);

    private double PrunedRadius => model.MaximumCutoff + tuner.InnerSkin;

    /// <inheritdoc/>
    public void Prepare(ParticleSystem system)
    {
        if (pairs is null)
        {
            RefuseLeaps(system);
            return;
        }
        if (valid)
        {
            var moved = pairs.Update(list, system.X, system.Y, system.Z, system.Box);
            var stretch = AffineMap.Between(list.BuiltBox, system.Box).SmallestStretch;
            if (moved.SinceBuilt <= 0.5 * (stretch * list.Radius - PrunedRadius))
            {
                tuner.Age++;
                stretch = AffineMap.Between(prunedBox, system.Box).SmallestStretch;
                if (!(moved.SincePruned <= 0.5 * (stretch * PrunedRadius - model.MaximumCutoff)))
                {
                    Prune(system);
                }
                return;
            }
            RefuseRunaways(system, moved.SinceBuilt);
        }
        Rebuild(system);
    }

    /// <inheritdoc/>
    public ForceSums Compute(ParticleSystem system, bool energy)
    {
        var sums = new ForceSums(ConstantEnergy, SymmetricTensor.Zero);
        if (pairs is null)
        {
            system.FX.AsSpan(0, system.SlotCount).Clear();
            system.FY.AsSpan(0, system.SlotCount).Clear();
            system.FZ.AsSpan(0, system.SlotCount).Clear();
        }
        else
        {
            var result = pairs.Compute(
                list, system.X, system.Y, system.Z, system.FX, system.FY, system.FZ, system.Box, energy || distancesDue);
            sums += new ForceSums(result.Energy, result.Virial);
            distancesDue = false;
            if (!AllowOverlap && result.ClosestSquared < model.MinimumDistance * model.MinimumDistance)
            {
                throw TooClose(system);
            }
        }
        if (model.HasTailCorrections)
        {
            sums += model.TailCorrection(counts, system.Box);
        }
        for (var k = 0; k < model.ForceTerms.Count; k++)
        {
            var found = model.ForceTerms[k].Add(system, workers, energy, AllowOverlap);
            TermEnergies[k] = found.Energy;
            sums += found;
        }
        return sums;
    }

    /// <inheritdoc/>
    public void BoxChanged(ParticleSystem system, bool newLattice)
    {
        // Update and Compute take the box of the system each time; displacements are measured against the equally deformed reference.
        if (newLattice)
        {
            valid = false;
            knowsBefore = false;
        }
    }

    /// <summary>What a resumed run needs to continue with the same list: the positions it was built from, in the present slots.</summary>
    public ForceFieldState SaveState(ParticleSystem system) => valid
        ? new(tuner.Skin, tuner.InnerSkin, tuner.Age, 0, built.Save(list.BuiltBox, system.SlotCount), pruned.Save(prunedBox, system.SlotCount))
        : ForceFieldState.None with { Skin = tuner.Skin, InnerSkin = tuner.InnerSkin, Age = tuner.Age };

    /// <summary>Rebuilds the list of a saved state; the system must hold the slots of that moment.</summary>
    /// <exception cref="InputException">State and system do not fit.</exception>
    public void RestoreState(ForceFieldState state, ParticleSystem system)
    {
        if (pairs is null || state.Built.X.Length == 0)
        {
            return;
        }
        tuner.Skin = state.Skin;
        tuner.InnerSkin = state.InnerSkin;
        tuner.Age = state.Age;
        built.Load(state.Built);
        pruned.Load(state.Pruned);
        list.Sort(built.X, built.Y, built.Z, system.Id, system.ClusterSpecies, system.SlotCount, system.Count, counts.Length, state.Built.Box, workers);
        for (var s = 0; s < list.SlotCount; s++)
        {
            if (list.SlotCount != system.SlotCount || list.Source[s] != (system.Id[s] < 0 ? -1 : s))
            {
                throw new InputException("the checkpoint does not fit its run: particles are not in the order of their list; start the run anew");
            }
        }
        list.Build(built.X, built.Y, built.Z, system.Id, state.Built.Box, model.MaximumCutoff + tuner.Skin, workers);
        valid = true;
        prunedBox = state.Pruned.Box;
        pairs.Update(list, pruned.X, pruned.Y, pruned.Z, prunedBox);
        Prune();
        pairs.Update(list, system.X, system.Y, system.Z, system.Box);
    }

    public void Dispose() => pairs?.Dispose();

    private void Rebuild(ParticleSystem system)
    {
        RequireFinite(system);
        tuner.Rebuilt();
        system.WrapAll(workers);
        list.Sort(system.X, system.Y, system.Z, system.Id, system.ClusterSpecies, system.SlotCount, system.Count, counts.Length, system.Box, workers);
        system.Reorder(list.Source, list.ClusterSpecies, workers);
        list.Build(system.X, system.Y, system.Z, system.Id, system.Box, model.MaximumCutoff + tuner.Skin, workers);
        built.Keep(system, workers);
        Rebuilds++;
        distancesDue = true;
        valid = true;
        tuner.Age = 1;
        pairs!.Update(list, system.X, system.Y, system.Z, system.Box);
        Prune(system);
    }

    private void Prune(ParticleSystem system)
    {
        pruned.Keep(system, workers);
        prunedBox = system.Box;
        Prune();
    }

    // A little more than needed: distances are compared in float, and a pair at the cutoff must not depend on when the list was pruned.
    private void Prune() => pairs!.Prune(list, prunedBox, PrunedRadius * (1 + 1e-5));

    /// <summary>A particle that crosses most of a cutoff within the life of one list is not moving, it is exploding.</summary>
    private void RefuseRunaways(ParticleSystem system, double displacement)
    {
        if (displacement < model.MaximumCutoff + tuner.Skin)
        {
            return;
        }
        RefuseMoved(system, built, list.BuiltBox, model.MaximumCutoff + tuner.Skin, $"within {tuner.Age + 1} steps", $"the cutoff {model.MaximumCutoff:G4}");
    }

    /// <summary>
    /// Without pair terms no list tells that a run explodes; and forces of a GAP stay bounded wherever the particles are, so that no number does either.
    /// </summary>
    private void RefuseLeaps(ParticleSystem system)
    {
        if (model.Reach == 0)
        {
            return;
        }
        if (knowsBefore)
        {
            RefuseMoved(system, before, system.Box, 0.5 * model.Reach, "in one step", $"half of the cutoff {model.Reach:G4}");
        }
        before.Keep(system, workers);
        knowsBefore = true;
    }

    /// <exception cref="RunFailedException">A particle has moved by the limit or more from where it was, apart from the deformation of the box since then.</exception>
    private void RefuseMoved(ParticleSystem system, SlotPositions from, Box fromBox, double limit, string when, string expected)
    {
        var map = AffineMap.Between(fromBox, system.Box);
        for (var s = 0; s < system.SlotCount; s++)
        {
            var moved = new Vector3d(system.X[s], system.Y[s], system.Z[s]) - map.Apply(new Vector3d(from.X[s], from.Y[s], from.Z[s]));
            if (system.Id[s] >= 0 && !(moved.Length < limit))
            {
                throw new RunFailedException(
                    $"particle {system.Id[s]} ({system.SpeciesTable[system.SpeciesOf(s)].Name}) moved by {moved.Length:G4} {model.Units.LengthUnit} {when}; " +
                    $"expected less than {expected} {model.Units.LengthUnit}; the run explodes: use a smaller time step, minimise first, or look for overlapping particles");
            }
        }
    }

    /// <exception cref="RunFailedException">A coordinate is not finite.</exception>
    internal static void RequireFinite(ParticleSystem system)
    {
        for (var s = 0; s < system.SlotCount; s++)
        {
            if (system.Id[s] >= 0 && !double.IsFinite(system.X[s] + system.Y[s] + system.Z[s]))
            {
                throw new RunFailedException(
                    $"particle {system.Id[s]} ({system.SpeciesTable[system.SpeciesOf(s)].Name}) is at ({system.X[s]:G4}, {system.Y[s]:G4}, {system.Z[s]:G4}); " +
                    "expected finite coordinates; the run exploded: use a smaller time step, minimise first, or look for overlapping particles");
            }
        }
    }

    private ForceException TooClose(ParticleSystem system)
    {
        var (first, second, distance) = list.ClosestPair(system.X, system.Y, system.Z, system.Id, system.Box);
        string Name(int slot) => $"{system.SpeciesTable[system.SpeciesOf(slot)].Name} {system.Id[slot]}";
        var unit = model.Units.LengthUnit;
        return new ForceException(FormattableString.Invariant(
            $"particles {Name(first)} and {Name(second)} are {distance:G4} {unit} apart; expected at least the minimumDistance {model.MinimumDistance:G4} {unit} of potential {model.Name}; ") +
            "they overlap: check the structure, minimise first, or use a smaller time step");
    }

    /// <summary>Positions by slot at one moment.</summary>
    private sealed class SlotPositions
    {
        public double[] X { get; private set; } = [];

        public double[] Y { get; private set; } = [];

        public double[] Z { get; private set; } = [];

        public void Keep(ParticleSystem system, Workers workers)
        {
            if (X.Length < system.SlotCount)
            {
                (X, Y, Z) = (new double[system.X.Length], new double[system.X.Length], new double[system.X.Length]);
            }
            workers.Stream(system.SlotCount, SlotBlocks.Slots, (start, end) =>
            {
                system.X.AsSpan(start, end - start).CopyTo(X.AsSpan(start));
                system.Y.AsSpan(start, end - start).CopyTo(Y.AsSpan(start));
                system.Z.AsSpan(start, end - start).CopyTo(Z.AsSpan(start));
            });
        }

        public void Load(ListPositions saved) => (X, Y, Z) = (saved.X, saved.Y, saved.Z);

        public ListPositions Save(Box box, int slots) => new(box, X[..slots], Y[..slots], Z[..slots]);
    }
}
