using Engine.Core.Forces;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;

namespace Engine.Core.Simulations;

/// <summary>
/// Many small systems moved together on a device, one launch for all: each is too small to fill a device, together they do. They have the same cell and composition and do not
/// see each other. Replica k draws the random numbers of a run whose seed is seed + k · 2³².
/// </summary>
public sealed class ReplicaBatch : IDisposable
{
    private readonly ParticleSystem[] systems;
    private readonly DeviceMotion motion;

    /// <param name="device">Where; stays the caller's.</param>
    /// <param name="starts">The replicas at the start; they are kept, and brought up to date by <see cref="Synchronise"/>.</param>
    /// <param name="model">The interactions of all of them.</param>
    /// <param name="seed">Seed of replica 0.</param>
    /// <exception cref="InputException">The replicas differ in cell or composition, or the model has an Ewald sum.</exception>
    public ReplicaBatch(Device device, IReadOnlyList<ParticleSystem> starts, PotentialModel model, ulong seed)
    {
        systems = [.. starts];
        if (systems.Length == 0)
        {
            throw new InputException("a batch of no replicas, expected at least one; give systems that start it");
        }
        var counts = DeviceUpload.CountSpecies(systems[0]);
        for (var r = 1; r < systems.Length; r++)
        {
            if (systems[r].Box != systems[0].Box || !DeviceUpload.CountSpecies(systems[r]).AsSpan().SequenceEqual(counts))
            {
                throw new InputException($"replica {r} has another cell or composition than replica 0, expected the same; make a batch for each kind of system");
            }
            if (systems[r].KickLag != systems[0].KickLag)
            {
                throw new InputException($"the velocities of replica {r} are of another moment of the step than those of replica 0, expected the same; start all from whole steps");
            }
        }
        motion = new(device, model, counts, systems.Length, systems[0].Box, tilted: false, seed);
        var upload = new DeviceUpload(systems.Sum(system => system.Count));
        var cell = DeviceUpload.CellFor(systems, former: null, motion.Reach);
        var order = Enumerable.Range(0, systems[0].Count).ToArray();
        foreach (var system in systems)
        {
            upload.Add(system, order, cell);
        }
        upload.To(motion);
        motion.Lag = systems[0].KickLag;
    }

    /// <summary>The replicas; current after <see cref="Synchronise"/>.</summary>
    public IReadOnlyList<ParticleSystem> Systems => systems;

    /// <summary>Steps taken so far.</summary>
    public long Step { get; private set; }

    /// <summary>Moves all replicas on.</summary>
    /// <param name="integrator">Equations of motion; minimisers are no motion.</param>
    /// <param name="timeStep">[time]</param>
    /// <param name="thermalEnergy">k_B T [energy]; of no meaning to velocity Verlet.</param>
    /// <param name="steps">How many steps.</param>
    /// <exception cref="RunFailedException">A particle moves by more than the cutoff in a step.</exception>
    public void Advance(IntegratorInput integrator, double timeStep, double thermalEnergy, long steps)
    {
        var how = new Motion(integrator, timeStep, _ => thermalEnergy);
        var end = Step + steps;
        while (Step < end)
        {
            Step += motion.Advance(how, Step, 0, (int)Math.Min(motion.Stride, end - Step));
            if (motion.MeshIsFull)
            {
                throw DeviceMotion.FullMesh($"at about step {Step}");
            }
            if (motion.IsBroken)
            {
                var (replica, id) = Math.DivRem(Math.Max(motion.BrokenParticle, motion.OverloadedParticle) - 1, motion.Particles.ReplicaSize);
                throw new RunFailedException(
                    $"particle {id} of replica {replica} moved by more than the cutoff, overlaps with another, or is nowhere, at about step {Step}; expected small steps; use a smaller time step, minimise first, or look for overlapping particles");
            }
        }
    }

    /// <summary>Potential energy and virial of each replica.</summary>
    public ForceSums[] Sums()
    {
        motion.Prepare();
        return Array.ConvertAll(motion.Sums(), sums => sums.Sums);
    }

    /// <summary>Σ m v ⊗ v of each replica [energy].</summary>
    public SymmetricTensor[] KineticTensors()
    {
        motion.Prepare();
        return motion.Kinetics.Tensors(motion.Lag);
    }

    /// <summary>Brings <see cref="Systems"/> up to date.</summary>
    public void Synchronise()
    {
        var size = motion.Particles.ReplicaSize;
        var positions = motion.Particles.Positions.ToArray();
        var velocities = motion.Particles.Velocities.ToArray();
        var images = motion.Particles.Images.ToArray();
        var forces = motion.Particles.Forces.ToArray();
        for (var r = 0; r < systems.Length; r++)
        {
            DeviceUpload.Take(
                systems[r], motion.Cell, motion.Lag, positions.AsSpan(r * size, size), images.AsSpan(r * size, size), velocities.AsSpan(r * size, size),
                forces.AsSpan(r * size, size));
        }
    }

    public void Dispose() => motion.Dispose();
}
