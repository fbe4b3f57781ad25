using Engine.Core.Dynamics;
using Engine.Core.Forces;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Ewald;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Pair;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;

namespace Engine.Core.Simulations;

/// <summary>
/// The particles of a run on a device. Pairs, sums over neighbours and velocities are floats, positions 32-bit fractions of the cell, sums over particles doubles. Minimisations
/// are done by the processor.
/// </summary>
internal sealed class DeviceDynamics : IDynamics
{
    /// <summary>Steps of one launch graph.</summary>
    private const int Turns = 10;

    /// <summary>A distance [length] whose square a float holds and nothing moves.</summary>
    private const double Unlimited = 1e18;

    /// <summary>A device with fewer threads than this in flight is not full.</summary>
    private const int ThreadsToFill = 200_000;

    private readonly Device device;
    private readonly PotentialModel model;
    private readonly ulong seed;
    private readonly Workers workers;
    private readonly bool singlePrecision;
    private readonly int[] counts;
    private readonly double minimumDistanceSquared;
    private readonly DeviceParticles particles;
    private readonly DeviceNeighbourList list;
    private readonly DevicePairForces pairs;
    private readonly DeviceReciprocalSum? ewald;
    private readonly DeviceKinetics kinetics;
    private readonly DeviceTurns turns;
    private readonly DeviceSkin skin;
    private ForceField? hostForces;
    private FixedPointCell cell;
    private Box builtBox;
    private double lag;
    private bool listed;
    private bool forcesKnown;

    /// <param name="device">Where; stays the caller's.</param>
    /// <param name="system">The particles at the start.</param>
    /// <param name="model">The interactions.</param>
    /// <param name="mayTilt">Whether a barostat may tilt the cell.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="singlePrecision">Precision of minimisations.</param>
    /// <param name="workers">The thread team, for minimisations.</param>
    public DeviceDynamics(
        Device device, ParticleSystem system, PotentialModel model, bool mayTilt, ulong seed, bool singlePrecision, Workers workers)
    {
        (this.device, this.model, this.seed, this.singlePrecision, this.workers, System) = (device, model, seed, singlePrecision, workers, system);
        minimumDistanceSquared = model.MinimumDistance * model.MinimumDistance;
        var species = model.Species.Count;
        counts = new int[species];
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            counts[system.SpeciesOf(slot)] += system.Id[slot] >= 0 ? 1 : 0;
        }
        var texts = new DeviceTexts(mayTilt || !system.Box.IsOrthorhombic, Turns);
        particles = new(device, system.Count, system.Count);
        list = new(particles, texts);
        var potentials = new object?[species, species];
        for (var a = 0; a < species; a++)
        {
            for (var b = 0; b < species; b++)
            {
                potentials[a, b] = model.Pair(a, b);
            }
        }
        var lanes = device.Description.Kind != DeviceKind.Cuda || system.Count >= ThreadsToFill ? 1 : 8 * system.Count >= ThreadsToFill ? 4 : 8;
        pairs = new(particles, list, PairFormulas.Of(potentials), species, texts, lanes);
        ewald = model.Ewald is { } split
            ? new(particles, texts, model.Charges, split.Splitting, split.ReciprocalCutoff, split.Coulomb)
            : null;
        kinetics = new(particles);
        turns = new(particles, list, pairs, ewald, texts);
        skin = new(model.MaximumCutoff);
        cell = FixedPointCell.Around(system.Box, system.X, system.Y, system.Z, system.Id, system.SlotCount, Reach);
        Changed(positions: true);
    }

    public ParticleSystem System { get; }

    public int Stride => 10 * Turns;

    public long Rebuilds { get; private set; }

    public double Skin => skin.Skin;

    public long Bytes => device.BytesAllocated;

    public ForceField HostForces => hostForces ??= new(model, singlePrecision, workers, System);

    private double Reach => model.MaximumCutoff > 0 ? model.MaximumCutoff + skin.Skin : 0;

    public ForceSums Start(bool allowOverlap)
    {
        if (!listed)
        {
            BuildList();
        }
        turns.ComputeForces();
        forcesKnown = true;
        var sums = Sums();
        if (!allowOverlap)
        {
            RequireDistance(sums.Closest);
        }
        return sums.Sums;
    }

    public ForceSums Advance(in Motion motion, long step, long stageStep, int count, bool energy, bool virial)
    {
        var integrator = motion.Integrator switch
        {
            LangevinInput => DeviceIntegrator.Baoab,
            BrownianInput => DeviceIntegrator.Brownian,
            _ => DeviceIntegrator.VelocityVerlet,
        };
        if (integrator == DeviceIntegrator.Brownian)
        {
            PayLag();
        }
        if (!listed)
        {
            BuildList();
        }
        if (!forcesKnown)
        {
            turns.ComputeForces();
            forcesKnown = true;
        }
        Span<Float4> schedule = stackalloc Float4[count];
        for (var k = 0; k < count; k++)
        {
            schedule[k] = Step(motion, motion.ThermalEnergy(stageStep + k), k == 0 ? lag : 0.5 * motion.TimeStep);
        }
        turns.Begin(schedule, seed, step);
        var counted = 0;
        while (!turns.Advance(integrator))
        {
            RequireSane(step + turns.Done);
            skin.Age += turns.Done - counted;
            counted = turns.Done;
            BuildList();
            turns.Resume();
        }
        RequireSane(step + turns.Done);
        skin.Age += turns.Done - counted;
        if (integrator != DeviceIntegrator.Brownian)
        {
            lag = 0.5 * motion.TimeStep;
        }
        if (!energy && !virial)
        {
            return default;
        }
        var (sums, closest) = Sums();
        RequireDistance(closest);
        return double.IsFinite(sums.Energy + sums.Virial.Trace)
            ? sums
            : throw new RunFailedException(FormattableString.Invariant(
                $"at step {step + count} the energy is {sums.Energy:G4} and the trace of the virial {sums.Virial.Trace:G4}; expected finite numbers; check the structure, minimise first, or use a smaller time step"));
    }

    public SymmetricTensor KineticTensor() => kinetics.Tensor(lag);

    public void Scale(double factor)
    {
        // v + lag·a is scaled; what is stored is without that kick.
        kinetics.Map((1 - 1 / factor) * lag, TriangularMap.Diagonal(factor, factor, factor), Vector3d.Zero);
    }

    public void RemoveDrift() => kinetics.Map(0, TriangularMap.Identity, -kinetics.Drift());

    public void Deform(in TriangularMap map, double halfStep, double minimumWidth, string cause)
    {
        if (halfStep > 0)
        {
            kinetics.Map(lag + halfStep, map.Inverse, Vector3d.Zero);
            lag = -halfStep;
        }
        var box = CellDeformation.Apply(map, cell.Box);
        CellDeformation.Check(box, minimumWidth, cause);
        if (Math.Abs(box.TiltYZ) > 0.5 * box.LengthY || Math.Max(Math.Abs(box.TiltXZ), Math.Abs(box.TiltXY)) > 0.5 * box.LengthX)
        {
            // Another choice of cell vectors changes the fractions: by way of the host.
            Synchronise();
            System.Box = box;
            CellDeformation.Reduce(System);
            Changed(positions: true);
            BuildList();
            turns.ComputeForces();
            return;
        }
        SetCell(cell.In(box));
        SetLimits(recordAgain: false);
    }

    public void Synchronise()
    {
        var slots = SlotsOfIds();
        var positions = particles.Positions.ToArray();
        var velocities = particles.Velocities.ToArray();
        var images = particles.Images.ToArray();
        var forces = particles.Forces.ToArray();
        System.Box = cell.Box;
        System.KickLag = lag;
        for (var i = 0; i < positions.Length; i++)
        {
            var slot = slots[images[i].W];
            var r = cell.ToReal(positions[i]);
            (System.X[slot], System.Y[slot], System.Z[slot]) = (r.X, r.Y, r.Z);
            (System.VX[slot], System.VY[slot], System.VZ[slot]) = (velocities[i].X, velocities[i].Y, velocities[i].Z);
            (System.FX[slot], System.FY[slot], System.FZ[slot]) = (forces[i].X, forces[i].Y, forces[i].Z);
            (System.ImageX[slot], System.ImageY[slot], System.ImageZ[slot]) = (images[i].X, images[i].Y, images[i].Z);
        }
    }

    public void Changed(bool positions)
    {
        var slots = SlotsOfIds();
        // The next minimisation starts as the first one did.
        hostForces?.Dispose();
        hostForces = null;
        if (positions)
        {
            Upload([.. Enumerable.Range(0, System.Count)], slots);
            (listed, forcesKnown) = (false, false);
            return;
        }
        var order = particles.Images.ToArray();
        particles.Velocities.Upload([.. order.Select(image => Velocity(slots[image.W]))]);
        lag = System.KickLag;
    }

    public SimulationState Save(SimulationState state)
    {
        var positions = particles.Positions.ToArray();
        var reference = particles.Reference.ToArray();
        var velocities = particles.Velocities.ToArray();
        var images = particles.Images.ToArray();
        var real = Array.ConvertAll(positions, cell.ToReal);
        var built = listed ? Array.ConvertAll(reference, cell.ToReal) : [];
        return state with
        {
            Device = device.Description.Kind == DeviceKind.Cuda ? "cuda" : "opencl",
            KickLag = lag,
            Box = cell.Box,
            Id = Array.ConvertAll(images, image => image.W),
            ClusterSpecies = [],
            X = Array.ConvertAll(real, r => r.X),
            Y = Array.ConvertAll(real, r => r.Y),
            Z = Array.ConvertAll(real, r => r.Z),
            VX = Array.ConvertAll(velocities, v => (double)v.X),
            VY = Array.ConvertAll(velocities, v => (double)v.Y),
            VZ = Array.ConvertAll(velocities, v => (double)v.Z),
            ImageX = Array.ConvertAll(images, image => image.X),
            ImageY = Array.ConvertAll(images, image => image.Y),
            ImageZ = Array.ConvertAll(images, image => image.Z),
            Forces = new(
                skin.Skin, 0, skin.Age, builtBox, Array.ConvertAll(built, r => r.X), Array.ConvertAll(built, r => r.Y), Array.ConvertAll(built, r => r.Z)),
        };
    }

    public void Load(SimulationState state)
    {
        if (state.Device == "cpu")
        {
            System.Load(state);
            Changed(positions: true);
            lag = state.KickLag;
            return;
        }
        System.LoadById(state);
        var slots = SlotsOfIds();
        if (state.Forces.X.Length == 0)
        {
            Upload(state.Id, slots);
            return;
        }
        // The list of the positions it was built from, then the particles where they are, in the same order.
        (skin.Skin, skin.Age) = (state.Forces.Skin, state.Forces.Age);
        var now = Upload(state.Id, slots);
        var built = new Int4[now.Length];
        for (var i = 0; i < built.Length; i++)
        {
            built[i] = cell.ToFixed(new(state.Forces.X[i], state.Forces.Y[i], state.Forces.Z[i]), now[i].W).Position;
        }
        particles.Positions.Upload(built);
        SetCell(cell.In(state.Forces.Box));
        BuildList(tune: false);
        particles.Positions.Upload(now);
        SetCell(cell.In(state.Box));
        SetLimits(recordAgain: false);
    }

    /// <summary>Pairs by distance, see <see cref="DeviceNeighbourList.Histogram"/>.</summary>
    public uint[] Histogram(double maximum, int bins) => list.Histogram(maximum, bins, counts.Length);

    public void Dispose()
    {
        turns.Dispose();
        kinetics.Dispose();
        ewald?.Dispose();
        pairs.Dispose();
        list.Dispose();
        particles.Dispose();
        hostForces?.Dispose();
    }

    private static Float4 Step(in Motion motion, double kT, double lag)
    {
        var dt = motion.TimeStep;
        switch (motion.Integrator)
        {
            case LangevinInput langevin:
                // 1 − exp(−2γdt) without cancellation for small γdt, as on the processor.
                var decay = Math.Exp(-langevin.Friction * dt);
                var fluctuation = 2 * decay * Math.Sinh(langevin.Friction * dt);
                return new((float)(lag + 0.5 * dt), (float)(0.5 * dt), (float)decay, (float)Math.Sqrt(fluctuation * kT));
            case BrownianInput brownian:
                return new((float)(dt / brownian.Friction), 0, 0, (float)Math.Sqrt(2 * kT * dt / brownian.Friction));
            default:
                return new((float)(lag + 0.5 * dt), (float)dt, 0, 0);
        }
    }

    private (ForceSums Sums, double Closest) Sums()
    {
        var pair = pairs.Sums();
        var sums = new ForceSums(pair.Energy + model.ConstantEnergy(counts), pair.Virial);
        if (ewald is not null)
        {
            var (energy, virial) = ewald.Sums();
            var split = model.Ewald!;
            var netCharge = counts.Select((n, s) => n * model.Charges[s]).Sum();
            var background = split.Background ? split.BackgroundEnergy(netCharge, cell.Box.Volume) : 0;
            sums += new ForceSums(energy + background, virial + SymmetricTensor.Isotropic(background));
        }
        if (model.HasTailCorrections)
        {
            sums += model.TailCorrection(counts, cell.Box);
        }
        return (sums, pair.ClosestSquared);
    }

    private void BuildList(bool tune = true)
    {
        if (tune && listed)
        {
            skin.Rebuilt();
        }
        var w = cell.Widths;
        skin.Fit(Math.Min(w.X, Math.Min(w.Y, w.Z)));
        var moved = list.Build(cell, Math.Max(Reach, 1e-6 * cell.Widths.X));
        builtBox = cell.Box;
        Rebuilds++;
        listed = true;
        SetLimits(moved);
    }

    /// <summary>How far particles may move until the list is out of date, in the present shape of the cell.</summary>
    private void SetLimits(bool recordAgain)
    {
        if (model.MaximumCutoff == 0)
        {
            turns.ListBuilt(Unlimited, Unlimited, recordAgain);
            return;
        }
        // A hair less than half: displacements are compared in float.
        var reach = AffineMap.Between(builtBox, cell.Box).SmallestStretch * Reach;
        var largest = 0.5 * (reach - model.MaximumCutoff) * (1 - 1e-5);
        listed = listed && largest > 0;
        turns.ListBuilt(Math.Max(largest, 0), model.MaximumCutoff + skin.Skin, recordAgain);
    }

    private void RequireSane(long step)
    {
        if (turns.BrokenParticle == 0)
        {
            return;
        }
        var id = turns.BrokenParticle - 1;
        Synchronise();
        throw new RunFailedException(
            $"particle {id} ({System.SpeciesTable[System.SpeciesOf(SlotsOfIds()[id])].Name}) moved by more than the cutoff within {skin.Age + 1} steps, or is nowhere, at about step {step}; expected small steps; the run explodes: use a smaller time step, minimise first, or look for overlapping particles");
    }

    private void RequireDistance(double closestSquared)
    {
        if (closestSquared < minimumDistanceSquared)
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"two particles are {Math.Sqrt(closestSquared):G4} apart; expected at least the minimumDistance {model.MinimumDistance:G4} of potential {model.Name}; they overlap: check the structure, minimise first, or use a smaller time step"));
        }
    }

    private void PayLag()
    {
        if (lag != 0)
        {
            kinetics.Map(lag, TriangularMap.Identity, Vector3d.Zero);
            lag = 0;
        }
    }

    private int[] SlotsOfIds()
    {
        var slots = new int[System.Count];
        for (var slot = 0; slot < System.SlotCount; slot++)
        {
            if (System.Id[slot] >= 0)
            {
                slots[System.Id[slot]] = slot;
            }
        }
        return slots;
    }

    /// <summary>Particles in the order of their ids in <paramref name="order"/>.</summary>
    private Int4[] Upload(int[] order, int[] slots)
    {
        cell = Array.TrueForAll(slots, s => cell.Holds(new(System.X[s], System.Y[s], System.Z[s])))
            ? cell.In(System.Box)
            : FixedPointCell.Around(System.Box, System.X, System.Y, System.Z, System.Id, System.SlotCount, Reach);
        var positions = new Int4[order.Length];
        var images = new Int4[order.Length];
        var velocities = new Float4[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            var slot = slots[order[i]];
            var (position, a, b, c) = cell.ToFixed(new(System.X[slot], System.Y[slot], System.Z[slot]), System.SpeciesOf(slot));
            positions[i] = position;
            images[i] = new(System.ImageX[slot] + a, System.ImageY[slot] + b, System.ImageZ[slot] + c, order[i]);
            velocities[i] = Velocity(slot);
        }
        particles.Positions.Upload(positions);
        particles.Images.Upload(images);
        particles.Velocities.Upload(velocities);
        lag = System.KickLag;
        SetCell(cell);
        return positions;
    }

    private Float4 Velocity(int slot) => new(
        (float)System.VX[slot], (float)System.VY[slot], (float)System.VZ[slot], (float)System.AccelerationPerForce[System.SpeciesOf(slot)]);

    private void SetCell(FixedPointCell value)
    {
        cell = value;
        System.Box = cell.Box;
        particles.Box.Upload(cell.ToTable());
        if (ewald?.SetBox(cell.Box) == true)
        {
            turns.Forget();
        }
    }
}
