using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Core.Soap;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Gap;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Memory;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap;

/// <summary>
/// The forces of a Gaussian approximation potential, in double. Energies of free atoms are not in it: they are constant. Neighbours are found anew at every
/// call. Holds buffers: one for each running simulation.
/// </summary>
public sealed class GapForce : IForceTerm
{
    private readonly SoapSetForce[] sets;
    private readonly PairSetForce pairs;
    private readonly int[] atomicNumberOf;
    private readonly double minimumDistance;
    private readonly ImageCells cells = new();
    private readonly FixedPointForces forces = new();
    private int[] atomicNumbers = [];
    private double[] pairEnergies = [];
    private readonly double[][] energies;

    /// <param name="model">The potential.</param>
    /// <param name="species">The species of the system, chemical elements.</param>
    /// <param name="minimumDistance">Particles closer than this fail the run [Å]; at 0 only those at the same place do.</param>
    /// <exception cref="InputException">A species is no chemical element, or the potential does not know it.</exception>
    public GapForce(GapModel model, IReadOnlyList<Species> species, double minimumDistance = 0)
    {
        this.minimumDistance = minimumDistance;
        atomicNumberOf = SoapDescriptors.AtomicNumbers(species);
        RequireElements(model, species, atomicNumberOf);
        var algebra = LinearAlgebra.OfProcessor(Workers.Single);
        sets = [.. model.Sets.Where(set => set.Soap is not null).Select(set => new SoapSetForce(set, model.EnergyScale, algebra))];
        pairs = new([.. model.Sets.Where(set => set.Soap is null).Select(set => new TwoBodyKernel(set))], model.EnergyScale, model.Core);
        energies = new double[sets.Length][];
        Array.Fill(energies, []);
        Cutoff = sets.Select(set => set.Settings.Cutoff).Append(pairs.Cutoff).Max();
    }

    /// <inheritdoc/>
    public string Name => "gap";

    /// <inheritdoc/>
    public double Cutoff { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => sets.Sum(set => set.Bytes);

    /// <inheritdoc/>
    /// <exception cref="RunFailedException">A position is not finite, or two particles are too close.</exception>
    public ForceSums Add(ParticleSystem system, Workers workers, bool energy, bool allowOverlap)
    {
        var slots = system.SlotCount;
        Prepare(system);
        var tasks = new List<(int Set, int Batch)>();
        for (var s = 0; s < sets.Length; s++)
        {
            sets[s].FindCentres(atomicNumbers.AsSpan(0, slots));
            ScratchArray.Grow(ref energies[s], sets[s].Count);
            tasks.AddRange(Enumerable.Range(0, sets[s].Batches).Select(batch => (s, batch)));
        }
        if (pairs.Cutoff > 0)
        {
            tasks.AddRange(Enumerable.Range(0, PairSetForce.Batches(slots)).Select(batch => (sets.Length, batch)));
        }
        var nearest = allowOverlap ? 0 : minimumDistance;
        var virials = new SymmetricTensor[tasks.Count];
        workers.Run(tasks.Count, task =>
        {
            var (s, batch) = tasks[task];
            virials[task] = s < sets.Length
                ? sets[s].AddBatch(batch, cells, atomicNumbers, nearest, forces, energies[s])
                : pairs.AddBatch(batch, slots, cells, atomicNumbers, nearest, forces, pairEnergies);
        });
        forces.AddTo(system);
        var virial = virials.Aggregate(SymmetricTensor.Zero, (sum, w) => sum + w);
        var local = LocalEnergies(slots);
        return new(local.Sum(), virial);
    }

    /// <summary>Energy of each particle by slot, as of the last call: that of its sets, and half of each of its pairs [eV].</summary>
    /// <param name="slots">Number of slots.</param>
    public double[] LocalEnergies(int slots)
    {
        var local = pairs.Cutoff > 0 ? pairEnergies.AsSpan(0, slots).ToArray() : new double[slots];
        for (var s = 0; s < sets.Length; s++)
        {
            for (var k = 0; k < sets[s].Count; k++)
            {
                local[sets[s].Centres[k]] += energies[s][k];
            }
        }
        return local;
    }

    /// <summary>The same forces on a device.</summary>
    /// <param name="particles">The particles there.</param>
    /// <param name="list">Their neighbours, up to <see cref="Cutoff"/> at least.</param>
    /// <param name="texts">Definitions shared with the other kernels.</param>
    /// <param name="counts">Particles of each species in one replica.</param>
    /// <param name="centresAtOnce">Descriptors that there is room for.</param>
    public IDeviceForces On(
        DeviceParticles particles, DeviceNeighbourList list, DeviceTexts texts, int[] counts, int centresAtOnce = DeviceGapForces.EnoughCentres)
    {
        var curves = new PairCurve?[counts.Length, counts.Length];
        for (var a = 0; a < counts.Length; a++)
        {
            for (var b = 0; b < counts.Length; b++)
            {
                curves[a, b] = pairs.Curve(atomicNumberOf[a], atomicNumberOf[b]);
            }
        }
        return new DeviceGapForces(particles, list, texts, [.. sets.Select(set => set.ToSparse())], atomicNumberOf, counts, curves, centresAtOnce);
    }

    internal static void RequireDistance(double r, double minimum)
    {
        if (!(r > minimum))
        {
            throw new ForceException(FormattableString.Invariant(
                $"gap: two particles are {r:G4} Angstrom apart; expected more than the minimumDistance {minimum:G4} Angstrom of the potential; they overlap: check the structure, minimise first, or use a smaller time step"));
        }
    }

    private static void RequireElements(GapModel model, IReadOnlyList<Species> species, int[] atomicNumbers)
    {
        for (var s = 0; s < species.Count; s++)
        {
            if ((model.Elements.Count > 0 && !model.Elements.Contains(atomicNumbers[s])) || !model.FreeAtoms.ContainsKey(atomicNumbers[s]))
            {
                var known = model.Elements.Count > 0 ? model.Elements : [.. model.FreeAtoms.Keys];
                throw new InputException(
                    $"potential {model.Label} does not know {species[s].Name}; expected one of {string.Join(", ", known.Select(Units.Elements.SymbolOf))}; use a potential that was fitted to it");
            }
        }
    }

    private void Prepare(ParticleSystem system)
    {
        ForceField.RequireFinite(system);
        var slots = system.SlotCount;
        ScratchArray.Grow(ref atomicNumbers, slots);
        ScratchArray.Grow(ref pairEnergies, slots);
        for (var slot = 0; slot < slots; slot++)
        {
            atomicNumbers[slot] = system.Id[slot] < 0 ? 0 : atomicNumberOf[system.SpeciesOf(slot)];
        }
        forces.Clear(slots);
        cells.Build(system.Box, system.X.AsSpan(0, slots), system.Y.AsSpan(0, slots), system.Z.AsSpan(0, slots), system.Id.AsSpan(0, slots), Cutoff);
    }
}
