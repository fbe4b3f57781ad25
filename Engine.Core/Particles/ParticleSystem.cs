using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;

namespace Engine.Core.Particles;

/// <summary>
/// Owns the particle buffers of a running simulation. Particles live in <b>slots</b>, in the order the neighbour search wants (cells, then
/// clusters of <see cref="ClusterSize"/> slots that hold one species each); <see cref="Id"/> tells which particle a slot holds, −1 marks a
/// vacant slot (mass infinite, velocity and force zero, every sum skips it).
/// Only a snapshot shows particles in id order.
/// </summary>
public sealed class ParticleSystem
{
    /// <summary>Slots per cluster: the lanes of a float AVX vector.</summary>
    public const int ClusterSize = 8;

    /// <summary>Where vacant slots are put: its square is far beyond any cutoff and far below what a float can hold.</summary>
    private const double VacantDistance = 1e9;

    private ParticleSystem? spare;

    public ParticleSystem(IReadOnlyList<Species> species, Box box, int slots)
    {
        SpeciesTable = species;
        Box = box;
        Resize(slots);
    }

    public IReadOnlyList<Species> SpeciesTable { get; }

    public Box Box { get; set; }

    /// <summary>Number of particles.</summary>
    public int Count { get; internal set; }

    /// <summary>Number of slots in use, a multiple of <see cref="ClusterSize"/>; the arrays may be longer.</summary>
    public int SlotCount { get; internal set; }

    /// <summary>Particle id in each slot, −1 where vacant.</summary>
    public int[] Id { get; internal set; } = [];

    /// <summary>Species of each cluster, [SlotCount / ClusterSize].</summary>
    public int[] ClusterSpecies { get; internal set; } = [];

    /// <summary>Positions per slot [length]; may leave the box between two sorts, never by more than the list allows.</summary>
    public double[] X { get; internal set; } = [];

    public double[] Y { get; internal set; } = [];

    public double[] Z { get; internal set; } = [];

    /// <summary>Velocities per slot [length/time]; see <see cref="KickLag"/>.</summary>
    public double[] VX { get; internal set; } = [];

    public double[] VY { get; internal set; } = [];

    public double[] VZ { get; internal set; } = [];

    /// <summary>Forces per slot [energy/length].</summary>
    public double[] FX { get; internal set; } = [];

    public double[] FY { get; internal set; } = [];

    public double[] FZ { get; internal set; } = [];

    /// <summary>Periodic image counters per slot.</summary>
    public int[] ImageX { get; internal set; } = [];

    public int[] ImageY { get; internal set; } = [];

    public int[] ImageZ { get; internal set; } = [];

    /// <summary>
    /// Time by which the stored velocities trail the on-step ones: v(on step) = v + KickLag · F/m. Integrators that merge the closing half kick
    /// of one step with the opening one of the next leave ½·dt here; everyone who reads velocities applies it, nobody stores the result.
    /// </summary>
    public double KickLag { get; set; }

    /// <summary>1/m of each species in force units: [acceleration per force]; acceleration = F · AccelerationPerForce[species].</summary>
    public double[] AccelerationPerForce { get; internal set; } = [];

    /// <summary>Species of a slot.</summary>
    public int SpeciesOf(int slot) => ClusterSpecies[slot / ClusterSize];

    /// <summary>
    /// Fills buffers from a frame: id = index in the frame, species after species in clusters of their own, positions wrapped into the box on
    /// its periodic axes with the image counters kept in step. Velocities are 0 where the frame has none, forces are 0.
    /// </summary>
    /// <exception cref="InputException">A species has no mass, or the frame is empty.</exception>
    public static ParticleSystem FromConfiguration(Configuration configuration, UnitSystem units)
    {
        var species = configuration.SpeciesTable;
        var members = new int[species.Count];
        foreach (var s in configuration.Species)
        {
            members[s]++;
        }
        if (configuration.Count == 0)
        {
            throw new InputException("the configuration holds no particles; expected at least one; check the structure file or the system section");
        }
        var next = new int[species.Count];
        var acceleration = new double[species.Count];
        var slots = 0;
        for (var s = 0; s < species.Count; s++)
        {
            if (members[s] > 0 && !(species[s].Mass > 0 && double.IsFinite(species[s].Mass)))
            {
                throw new InputException(
                    $"species {species[s].Name} has mass {species[s].Mass}; expected a positive number; give it in the potential's species table");
            }
            acceleration[s] = species[s].Mass > 0 ? 1 / (species[s].Mass * units.MassVelocitySquared) : 0;
            next[s] = slots;
            slots += (members[s] + ClusterSize - 1) / ClusterSize * ClusterSize;
        }

        var system = new ParticleSystem(species, configuration.Box, slots)
        {
            Count = configuration.Count,
            AccelerationPerForce = acceleration,
        };
        Array.Fill(system.Id, -1);
        for (var s = 0; s < species.Count; s++)
        {
            var clusters = (members[s] + ClusterSize - 1) / ClusterSize;
            Array.Fill(system.ClusterSpecies, s, next[s] / ClusterSize, clusters);
        }
        for (var id = 0; id < configuration.Count; id++)
        {
            var slot = next[configuration.Species[id]]++;
            system.Id[slot] = id;
            var (position, i, j, k) = Wrap(configuration.Box, configuration.Position(id));
            (system.X[slot], system.Y[slot], system.Z[slot]) = (position.X, position.Y, position.Z);
            if (configuration.Images is { } images)
            {
                i += images[3 * id];
                j += images[3 * id + 1];
                k += images[3 * id + 2];
            }
            (system.ImageX[slot], system.ImageY[slot], system.ImageZ[slot]) = (i, j, k);
            if (configuration.Velocities is { } v)
            {
                (system.VX[slot], system.VY[slot], system.VZ[slot]) = (v[3 * id], v[3 * id + 1], v[3 * id + 2]);
            }
        }
        for (var slot = 1; slot < slots; slot++)
        {
            // A vacant slot lies on its neighbour, so that bounding boxes of clusters stay tight.
            if (system.Id[slot] < 0)
            {
                (system.X[slot], system.Y[slot], system.Z[slot]) = (system.X[slot - 1], system.Y[slot - 1], system.Z[slot - 1]);
            }
        }
        return system;
    }

    /// <summary>A snapshot in id order: positions wrapped into the box with matching image counters, velocities and forces of the step itself.</summary>
    /// <param name="step">Step index to write into the frame.</param>
    /// <param name="time">Time to write into the frame.</param>
    /// <param name="velocities">Whether the frame gets velocities.</param>
    /// <param name="forces">Whether the frame gets forces.</param>
    /// <param name="workers">The thread team; null: the caller alone.</param>
    public Configuration ToConfiguration(
        long step = 0, double time = 0, bool velocities = true, bool forces = true, Workers? workers = null)
    {
        var frame = new Configuration
        {
            Step = step,
            Time = time,
            Box = Box,
            SpeciesTable = SpeciesTable,
            Species = GC.AllocateUninitializedArray<int>(Count),
            Positions = GC.AllocateUninitializedArray<double>(3 * Count),
            Images = GC.AllocateUninitializedArray<int>(3 * Count),
            Velocities = velocities ? GC.AllocateUninitializedArray<double>(3 * Count) : null,
            Forces = forces ? GC.AllocateUninitializedArray<double>(3 * Count) : null,
        };
        (workers ?? Workers.Single).Stream(SlotCount, SlotBlocks.Slots, (start, end) => CopyTo(frame, start, end));
        return frame;
    }

    private void CopyTo(Configuration frame, int start, int end)
    {
        for (var slot = start; slot < end; slot++)
        {
            var id = Id[slot];
            if (id < 0)
            {
                continue;
            }
            var species = SpeciesOf(slot);
            frame.Species[id] = species;
            var (position, i, j, k) = Wrap(Box, new(X[slot], Y[slot], Z[slot]));
            (frame.Positions[3 * id], frame.Positions[3 * id + 1], frame.Positions[3 * id + 2]) = (position.X, position.Y, position.Z);
            var images = frame.Images!;
            (images[3 * id], images[3 * id + 1], images[3 * id + 2]) = (ImageX[slot] + i, ImageY[slot] + j, ImageZ[slot] + k);
            if (frame.Velocities is { } v)
            {
                var lag = KickLag * AccelerationPerForce[species];
                v[3 * id] = Math.FusedMultiplyAdd(lag, FX[slot], VX[slot]);
                v[3 * id + 1] = Math.FusedMultiplyAdd(lag, FY[slot], VY[slot]);
                v[3 * id + 2] = Math.FusedMultiplyAdd(lag, FZ[slot], VZ[slot]);
            }
            if (frame.Forces is { } f)
            {
                (f[3 * id], f[3 * id + 1], f[3 * id + 2]) = (FX[slot], FY[slot], FZ[slot]);
            }
        }
    }

    /// <summary>The image of a point inside the box (periodic axes only) and the cells it was moved by: r = position + i·a + j·b + k·c.</summary>
    internal static (Vector3d Position, int I, int J, int K) Wrap(in Box box, Vector3d r)
    {
        var s = box.ToFractional(r);
        var i = box.PeriodicX ? Math.Floor(s.X) : 0;
        var j = box.PeriodicY ? Math.Floor(s.Y) : 0;
        var k = box.PeriodicZ ? Math.Floor(s.Z) : 0;
        if (i == 0 && j == 0 && k == 0)
        {
            return (r, 0, 0, 0);
        }
        var wrapped = r - box.Shift(i, j, k);
        // A point a rounding error below a face lands on the opposite face itself, which belongs to the next cell: put it on the near one.
        s = box.ToFractional(wrapped);
        var up = box.Shift(
            box.PeriodicX && s.X >= 1 ? 1 : 0,
            box.PeriodicY && s.Y >= 1 ? 1 : 0,
            box.PeriodicZ && s.Z >= 1 ? 1 : 0);
        return (
            wrapped - up,
            (int)i + (box.PeriodicX && s.X >= 1 ? 1 : 0),
            (int)j + (box.PeriodicY && s.Y >= 1 ? 1 : 0),
            (int)k + (box.PeriodicZ && s.Z >= 1 ? 1 : 0));
    }

    /// <summary>Takes over the particles of a saved state that has them in another order; forces are left to be computed.</summary>
    internal void LoadById(SimulationState state)
    {
        var slots = new int[Count];
        for (var slot = 0; slot < SlotCount; slot++)
        {
            if (Id[slot] >= 0)
            {
                slots[Id[slot]] = slot;
            }
        }
        Box = state.Box;
        KickLag = state.KickLag;
        for (var i = 0; i < state.Id.Length; i++)
        {
            if (state.Id[i] < 0)
            {
                continue;
            }
            var slot = slots[state.Id[i]];
            (X[slot], Y[slot], Z[slot]) = (state.X[i], state.Y[i], state.Z[i]);
            (VX[slot], VY[slot], VZ[slot]) = (state.VX[i], state.VY[i], state.VZ[i]);
            (ImageX[slot], ImageY[slot], ImageZ[slot]) = (state.ImageX[i], state.ImageY[i], state.ImageZ[i]);
        }
    }

    /// <summary>Takes over the slots of a saved state; forces are left to be computed.</summary>
    internal void Load(SimulationState state)
    {
        Resize(state.Id.Length);
        (Box, Count, KickLag) = (state.Box, state.Count, state.KickLag);
        state.Id.CopyTo(Id, 0);
        state.ClusterSpecies.CopyTo(ClusterSpecies, 0);
        state.X.CopyTo(X, 0);
        state.Y.CopyTo(Y, 0);
        state.Z.CopyTo(Z, 0);
        state.VX.CopyTo(VX, 0);
        state.VY.CopyTo(VY, 0);
        state.VZ.CopyTo(VZ, 0);
        state.ImageX.CopyTo(ImageX, 0);
        state.ImageY.CopyTo(ImageY, 0);
        state.ImageZ.CopyTo(ImageZ, 0);
    }

    /// <summary>
    /// Moves every particle to its new slot. Forces are not moved: they are overwritten before anyone reads them. Vacant slots are placed far from
    /// everything and from each other, so that no kernel finds them within a cutoff.
    /// </summary>
    /// <param name="source">Old slot of each new slot, −1 where vacant.</param>
    /// <param name="clusterSpecies">Species of each new cluster.</param>
    /// <param name="workers">The thread team.</param>
    internal void Reorder(ReadOnlySpan<int> source, ReadOnlySpan<int> clusterSpecies, Workers workers)
    {
        var slots = source.Length;
        var order = new int[slots];
        source.CopyTo(order);
        spare ??= new ParticleSystem(SpeciesTable, Box, 0);
        spare.Resize(slots);
        var (from, to) = (this, spare);
        workers.Stream(slots, SlotBlocks.Slots, (start, end) =>
        {
            for (var s = start; s < end; s++)
            {
                var o = order[s];
                if (o < 0)
                {
                    to.Id[s] = -1;
                    (to.X[s], to.Y[s], to.Z[s]) = VacantPlace(s);
                    (to.VX[s], to.VY[s], to.VZ[s]) = (0, 0, 0);
                    (to.ImageX[s], to.ImageY[s], to.ImageZ[s]) = (0, 0, 0);
                    continue;
                }
                to.Id[s] = from.Id[o];
                (to.X[s], to.Y[s], to.Z[s]) = (from.X[o], from.Y[o], from.Z[o]);
                (to.VX[s], to.VY[s], to.VZ[s]) = (from.VX[o], from.VY[o], from.VZ[o]);
                (to.ImageX[s], to.ImageY[s], to.ImageZ[s]) = (from.ImageX[o], from.ImageY[o], from.ImageZ[o]);
            }
        });
        (Id, spare.Id) = (spare.Id, Id);
        (X, spare.X) = (spare.X, X);
        (Y, spare.Y) = (spare.Y, Y);
        (Z, spare.Z) = (spare.Z, Z);
        (VX, spare.VX) = (spare.VX, VX);
        (VY, spare.VY) = (spare.VY, VY);
        (VZ, spare.VZ) = (spare.VZ, VZ);
        (ImageX, spare.ImageX) = (spare.ImageX, ImageX);
        (ImageY, spare.ImageY) = (spare.ImageY, ImageY);
        (ImageZ, spare.ImageZ) = (spare.ImageZ, ImageZ);
        if (ClusterSpecies.Length < slots / ClusterSize)
        {
            ClusterSpecies = new int[X.Length / ClusterSize];
        }
        clusterSpecies.CopyTo(ClusterSpecies);
        if (FX.Length < slots)
        {
            FX = new double[X.Length];
            FY = new double[X.Length];
            FZ = new double[X.Length];
        }
        SlotCount = slots;
    }

    /// <summary>Far outside, and so far from any other vacant slot that floats still tell them apart.</summary>
    private static (double X, double Y, double Z) VacantPlace(int slot)
    {
        var cluster = slot / ClusterSize;
        return (VacantDistance * (1 + cluster % 4096 / 4096.0), 1e5 * (slot % ClusterSize), 1e5 * (cluster / 4096));
    }

    /// <summary>Puts every particle back into the box on its periodic axes and counts the crossings.</summary>
    internal void WrapAll(Workers workers)
    {
        var box = Box;
        workers.Stream(SlotCount, SlotBlocks.Slots, (start, end) =>
        {
            for (var s = start; s < end; s++)
            {
                if (Id[s] < 0)
                {
                    continue;
                }
                var (r, i, j, k) = Wrap(in box, new(X[s], Y[s], Z[s]));
                (X[s], Y[s], Z[s]) = (r.X, r.Y, r.Z);
                ImageX[s] += i;
                ImageY[s] += j;
                ImageZ[s] += k;
            }
        });
    }

    internal void Resize(int slots)
    {
        SlotCount = (slots + ClusterSize - 1) / ClusterSize * ClusterSize;
        if (Id.Length >= SlotCount)
        {
            return;
        }
        var capacity = SlotCount + SlotCount / 16 / ClusterSize * ClusterSize;
        Id = new int[capacity];
        ClusterSpecies = new int[capacity / ClusterSize];
        X = new double[capacity];
        Y = new double[capacity];
        Z = new double[capacity];
        VX = new double[capacity];
        VY = new double[capacity];
        VZ = new double[capacity];
        FX = new double[capacity];
        FY = new double[capacity];
        FZ = new double[capacity];
        ImageX = new int[capacity];
        ImageY = new int[capacity];
        ImageZ = new int[capacity];
    }
}
