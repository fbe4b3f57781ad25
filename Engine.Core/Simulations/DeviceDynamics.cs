using System.Diagnostics;
using Engine.Core.Dynamics;
using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;

namespace Engine.Core.Simulations;

/// <summary>The particles of a run on a device. Minimisations are done by the processor.</summary>
internal sealed class DeviceDynamics : IDynamics
{
    private readonly Device device;
    private readonly PotentialModel model;
    private readonly Workers workers;
    private readonly bool singlePrecision;
    private readonly double minimumDistanceSquared;
    private readonly bool hasGap;
    private readonly DeviceMotion motion;
    private ForceField? hostForces;

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
        (this.device, this.model, this.singlePrecision, this.workers, System) = (device, model, singlePrecision, workers, system);
        minimumDistanceSquared = model.MinimumDistance * model.MinimumDistance;
        hasGap = model.ForceTerms.Any(term => term is GapForce);
        motion = new(device, model, DeviceUpload.CountSpecies(system), replicas: 1, system.Box, mayTilt, seed);
        Changed(positions: true);
    }

    public ParticleSystem System { get; }

    public int Stride => motion.Stride;

    public long Rebuilds => motion.Rebuilds;

    public double Skin => motion.Skin.Skin;

    public long Bytes => device.BytesAllocated;

    public ForceField HostForces => hostForces ??= new(model, singlePrecision, workers, System);

    public ForceSums Start(bool allowOverlap)
    {
        motion.Prepare();
        var (sums, closest) = motion.Sums()[0];
        if (!allowOverlap)
        {
            RequireDistance(closest);
            motion.Look();
            RequireSane("at the start");
        }
        return sums;
    }

    public ForceSums Advance(in Motion how, long step, long stageStep, int count, bool energy, bool virial)
    {
        var done = motion.Advance(how, step, stageStep, count);
        RequireSane($"at about step {step + done}");
        if (!energy && !virial)
        {
            return default;
        }
        var (sums, closest) = motion.Sums()[0];
        RequireDistance(closest);
        return double.IsFinite(sums.Energy + sums.Virial.Trace)
            ? sums
            : throw new RunFailedException(FormattableString.Invariant(
                $"at step {step + count} the energy is {sums.Energy:G4} and the trace of the virial {sums.Virial.Trace:G4}; expected finite numbers; check the structure, minimise first, or use a smaller time step"));
    }

    public SymmetricTensor KineticTensor() => motion.Kinetics.Tensors(motion.Lag)[0];

    public void Scale(double factor)
    {
        // v + lag·a is scaled; what is stored is without that kick.
        motion.Kinetics.Map((1 - 1 / factor) * motion.Lag, TriangularMap.Diagonal(factor, factor, factor), Vector3d.Zero);
    }

    public void RemoveDrift() => motion.Kinetics.Map(0, TriangularMap.Identity, -motion.Kinetics.Drift());

    public void Deform(in TriangularMap map, double halfStep, double minimumWidth, string cause)
    {
        if (halfStep > 0)
        {
            motion.Kinetics.Map(motion.Lag + halfStep, map.Inverse, Vector3d.Zero);
            motion.Lag = -halfStep;
        }
        var box = CellDeformation.Apply(map, motion.Cell.Box);
        CellDeformation.Check(box, minimumWidth, cause);
        if (Math.Abs(box.TiltYZ) > 0.5 * box.LengthY || Math.Max(Math.Abs(box.TiltXZ), Math.Abs(box.TiltXY)) > 0.5 * box.LengthX)
        {
            // Another choice of cell vectors changes the fractions: by way of the host, after the particles have followed the cell.
            motion.SetCell(motion.Cell.In(box));
            Synchronise();
            CellDeformation.Reduce(System);
            Changed(positions: true);
            motion.Prepare();
            return;
        }
        motion.SetCell(motion.Cell.In(box));
        motion.SetLimits();
        System.Box = box;
    }

    public void Synchronise(FrameContents contents = FrameContents.All)
    {
        var particles = motion.Particles;
        var velocities = contents.HasFlag(FrameContents.Velocities);
        DeviceUpload.Take(
            System, motion.Cell, motion.Lag, particles.Positions.ToArray(), particles.Images.ToArray(), velocities ? particles.Velocities.ToArray() : [],
            // Those of velocities are of the time of the positions with their help only.
            velocities || contents.HasFlag(FrameContents.Forces) ? particles.Forces.ToArray() : []);
    }

    public ForceCheck? CheckForces()
    {
        var start = Stopwatch.GetTimestamp();
        motion.Prepare();
        motion.Look();
        RequireSane("at the start");
        Synchronise(FrameContents.Forces);
        var check = ForceCheck.Of(System.ToConfiguration(velocities: false, workers: workers), model, workers);
        return check.Error <= ForceCheck.Tolerance ? check with { Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds } : throw new RunFailedException(FormattableString.Invariant(
            $"the forces of {device.Address} ({device.Description.Name}) on {check.Compared} particles differ from the processor's by {check.Error:G3} of their root mean square, expected at most {ForceCheck.Tolerance:G1}; the device, its driver or its compiler computes wrongly: use --device cpu, and report it"));
    }

    public void Changed(bool positions)
    {
        // The next minimisation starts as the first one did.
        hostForces?.Dispose();
        hostForces = null;
        if (positions)
        {
            Upload([.. Enumerable.Range(0, System.Count)]);
            return;
        }
        var slots = DeviceUpload.SlotsOfIds(System);
        var order = motion.Particles.Images.ToArray();
        motion.Particles.Velocities.Upload([.. order.Select(image => DeviceUpload.Velocity(System, slots[image.W]))]);
        motion.Lag = System.KickLag;
    }

    public SimulationState Save(SimulationState state)
    {
        var particles = motion.Particles;
        var velocities = particles.Velocities.ToArray();
        var images = particles.Images.ToArray();
        var real = Array.ConvertAll(particles.Positions.ToArray(), motion.Cell.ToReal);
        var built = motion.Listed ? Array.ConvertAll(particles.Reference.ToArray(), motion.Cell.ToReal) : [];
        return state with
        {
            Device = device.Description.Kind == DeviceKind.Cuda ? "cuda" : "opencl",
            DeviceCell = motion.Cell.Frame,
            DeviceGrid = motion.Listed ? motion.List.Grid.ToArray() : [],
            KickLag = motion.Lag,
            Box = motion.Cell.Box,
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
                motion.Skin.Skin, 0, motion.Skin.Age, motion.Skin.Lists,
                new(motion.BuiltBox, Array.ConvertAll(built, r => r.X), Array.ConvertAll(built, r => r.Y), Array.ConvertAll(built, r => r.Z)), ListPositions.None),
        };
    }

    public void Load(SimulationState state)
    {
        if (state.Device == "cpu")
        {
            System.Load(state);
            Changed(positions: true);
            return;
        }
        System.LoadById(state);
        var cell = state.DeviceCell.Length == 6 ? FixedPointCell.From(System.Box, state.DeviceCell) : null;
        (motion.Skin.Skin, motion.Skin.Age, motion.Skin.Lists) = (state.Forces.Skin, state.Forces.Age, state.Forces.Lists);
        if (state.Forces.Built.X.Length == 0)
        {
            Upload(state.Id, cell);
            return;
        }
        // The list of the positions it was built from, in the same grid, then the particles where they are, in the same order.
        var now = Upload(state.Id, cell);
        var built = new Int4[now.Length];
        for (var i = 0; i < built.Length; i++)
        {
            built[i] = motion.Cell.ToFixed(new(state.Forces.Built.X[i], state.Forces.Built.Y[i], state.Forces.Built.Z[i]), now[i].W).Position;
        }
        motion.Particles.Positions.Upload(built);
        motion.SetCell(motion.Cell.In(state.Forces.Built.Box));
        motion.BuildList(next: false, DeviceGrid.From(state.DeviceGrid));
        motion.Particles.Positions.Upload(now);
        motion.SetCell(motion.Cell.In(state.Box));
        motion.SetLimits();
    }

    public long[] CountPairs(double maximum, int bins) => motion.CountPairs(maximum, bins);

    public void Dispose()
    {
        motion.Dispose();
        hostForces?.Dispose();
    }

    private void RequireSane(string when)
    {
        if (!motion.IsBroken)
        {
            return;
        }
        if (motion.MeshIsFull)
        {
            throw DeviceMotion.FullMesh(when);
        }
        var overloaded = motion.OverloadedParticle != 0;
        var id = (overloaded ? motion.OverloadedParticle : motion.BrokenParticle) - 1;
        Synchronise();
        var particle = $"particle {id} ({System.SpeciesTable[System.SpeciesOf(DeviceUpload.SlotsOfIds(System)[id])].Name})";
        throw overloaded
            ? new ForceException(FormattableString.Invariant(
                $"{when} another particle is at the place of {particle}, or so near that they exert {FixedPointForces.Largest:G1} {model.Units.EnergyUnit}/{model.Units.LengthUnit} or more; expected less than that; they overlap: check the structure, minimise first, or use a smaller time step"))
            : new RunFailedException($"{particle} moved by more than the cutoff while one list of neighbours served, or is nowhere, {when}; expected small steps; the run explodes: use a smaller time step, minimise first, or look for overlapping particles");
    }

    private void RequireDistance(double closestSquared)
    {
        // As on the processor: a GAP knows no force between particles at the same place, whatever minimumDistance is.
        if (closestSquared < minimumDistanceSquared || (hasGap && closestSquared <= minimumDistanceSquared))
        {
            if (!hasGap)
            {
                // The processor finds the same, and names them; unless it is a matter of the last digit.
                Synchronise(FrameContents.Positions);
                using var field = new ForceField(model, singlePrecision: false, workers, System);
                field.Prepare(System);
                field.Compute(System, energy: true);
            }
            var unit = model.Units.LengthUnit;
            throw new ForceException(FormattableString.Invariant(
                $"two particles are {Math.Sqrt(closestSquared):G4} {unit} apart; expected {(hasGap ? "more than" : "at least")} the minimumDistance {model.MinimumDistance:G4} {unit} of potential {model.Name}; they overlap: check the structure, minimise first, or use a smaller time step"));
        }
    }

    /// <summary>The particles in the order of their ids in <paramref name="order"/>.</summary>
    private Int4[] Upload(int[] order, FixedPointCell? cell = null)
    {
        var upload = new DeviceUpload(order.Length);
        upload.Add(System, order, cell ?? DeviceUpload.CellFor([System], motion.Cell, motion.Reach));
        upload.To(motion);
        motion.Lag = System.KickLag;
        return upload.Positions;
    }
}
