using Engine.Kernels.Devices;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Pair;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Ewald;

/// <summary>The reciprocal part of the Ewald sum on a device, O(particles × wave vectors); what <see cref="ReciprocalSum"/> is on the processor.</summary>
public sealed class DeviceReciprocalSum : IDeviceForces
{
    private const int GroupSize = 128;

    /// <summary>Threads that share a particle.</summary>
    private const int Lanes = 16;

    private readonly DeviceParticles particles;
    private readonly double splitting;
    private readonly double cutoff;
    private readonly double coulomb;
    private readonly DeviceKernel structureFactors;
    private readonly DeviceKernel forces;
    private readonly DeviceBuffer<float> charges;
    private readonly DeviceBuffer<int> count;
    private DeviceBuffer<Int4> waves;
    private DeviceBuffer<Float4> vectors;
    private DeviceBuffer<double> structure;
    private (Vector3d Wave, double Weight)[] list = [];
    private double volume;

    /// <param name="particles">The particles.</param>
    /// <param name="charges">Charge of each species.</param>
    /// <param name="splitting">g [1/length].</param>
    /// <param name="cutoff">Largest |K| [1/length].</param>
    /// <param name="coulomb">k = e²/(4πε₀) [energy·length/charge²].</param>
    public DeviceReciprocalSum(DeviceParticles particles, IReadOnlyList<double> charges, double splitting, double cutoff, double coulomb)
    {
        (this.particles, this.splitting, this.cutoff, this.coulomb) = (particles, splitting, cutoff, coulomb);
        var device = particles.Device;
        var program = device.Compile(KernelText.Load("ewald.cl", [DeviceTexts.ClockPrelude, "clock.cl", "reduce.cl"], ("EWALD_LANES", Lanes)));
        (structureFactors, forces) = (program["ewald_structure"], program["ewald_forces"]);
        this.charges = device.Allocate<float>([.. charges.Select(q => (float)q)]);
        count = device.Allocate<int>(1);
        (waves, vectors, structure) = (device.Allocate<Int4>(1), device.Allocate<Float4>(1), device.Allocate<double>(2));
    }

    /// <summary>Chooses the wave vectors of a cell.</summary>
    /// <returns>Whether buffers were replaced: what was recorded with the old ones must be recorded again.</returns>
    public bool SetBox(Box box)
    {
        var all = WaveVectors.For(box, splitting, cutoff);
        var triples = all.Triples().ToArray();
        volume = box.Volume;
        list = [.. triples.Select(t => (all.Vector(t.X, t.Y, t.Z), t.Weight))];
        var grown = waves.Length < list.Length;
        if (grown)
        {
            var device = particles.Device;
            waves.Dispose();
            vectors.Dispose();
            structure.Dispose();
            // A barostat changes the number a little all the time.
            var capacity = list.Length + list.Length / 4;
            (waves, vectors, structure) = (device.Allocate<Int4>(capacity), device.Allocate<Float4>(capacity), device.Allocate<double>(2 * capacity));
        }
        var prefactor = 8 * Math.PI * coulomb / volume;
        waves.Upload([.. triples.Select(t => new Int4(t.X, t.Y, t.Z, 0))]);
        vectors.Upload([.. list.Select(k => new Float4((float)k.Wave.X, (float)k.Wave.Y, (float)k.Wave.Z, (float)(prefactor * k.Weight)))]);
        count.Upload([list.Length]);
        return grown;
    }

    /// <inheritdoc/>
    public void Launch(int graphStep)
    {
        LaunchStructureFactors(graphStep);
        forces.Launch(
            particles.Count * Lanes, GroupSize, particles.Positions, charges, waves, vectors, structure, count, particles.Forces, particles.Ring, graphStep, particles.Count);
    }

    /// <inheritdoc/>
    public void ListBuilt(int graphStep)
    {
    }

    /// <inheritdoc/>
    public PairSums[] Sums(bool launched)
    {
        if (!launched)
        {
            LaunchStructureFactors(GraphStep.AtOnce);
        }
        var s = structure.ToArray();
        var (energy, virial) = (0.0, SymmetricTensor.Zero);
        var prefactor = 4 * Math.PI * coulomb / volume;
        for (var k = 0; k < list.Length; k++)
        {
            var (wave, weight) = list[k];
            var e = prefactor * weight * (s[2 * k] * s[2 * k] + s[2 * k + 1] * s[2 * k + 1]);
            energy += e;
            virial += SymmetricTensor.Isotropic(e)
                - 2 * e * (1 / wave.LengthSquared + 1 / (4 * splitting * splitting)) * SymmetricTensor.Outer(wave, wave);
        }
        return [new(energy, virial, double.PositiveInfinity)];
    }

    public void Dispose()
    {
        charges.Dispose();
        count.Dispose();
        waves.Dispose();
        vectors.Dispose();
        structure.Dispose();
    }

    private void LaunchStructureFactors(int graphStep) => structureFactors.Launch(
        (int)waves.Length * GroupSize, GroupSize, particles.Positions, charges, waves, count, structure, particles.Ring, graphStep, particles.Count);
}
