using Engine.Kernels.Devices;
using Engine.Kernels.Geometry;
using Engine.Kernels.Pair;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Ewald;

/// <summary>The reciprocal part of the Ewald sum on a device, O(particles × wave vectors); what <see cref="ReciprocalSum"/> is on the processor.</summary>
public sealed class DeviceReciprocalSum : IDeviceReciprocalSum
{
    private const int GroupSize = 128;

    /// <summary>Threads of a group of the forces, and how many of them share a particle.</summary>
    private const int ForceGroup = 256;
    private const int Lanes = 16;

    /// <summary>
    /// Wave vectors side by side of which the first has a sine and a cosine of its own. Each further one adds the rounding of a product, 1e-7, as much as the phase of the first is
    /// rounded by.
    /// </summary>
    private const int Run = 8;

    /// <summary>Particles that a thread sums in float.</summary>
    private const int Chunk = 8;

    private readonly DeviceParticles particles;
    private readonly double splitting;
    private readonly double cutoff;
    private readonly double coulomb;
    private readonly DeviceKernel structureFactors;
    private readonly DeviceKernel forces;
    private readonly DeviceBuffer<float> charges;
    private readonly DeviceBuffer<int> count;
    private DeviceBuffer<Int4> runs;
    private DeviceBuffer<float> weights;
    private DeviceBuffer<Float4> vectors;
    private DeviceBuffer<double> structure;
    private DeviceBuffer<Float2> weighted;
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
        var program = device.Compile(KernelText.Load("ewald.cl", [DeviceTexts.ClockPrelude, "clock.cl", "reduce.cl", "complex.cl"], ("EWALD_LANES", Lanes), ("EWALD_FORCE_GROUP", ForceGroup), ("EWALD_RUN", Run), ("EWALD_CHUNK", Chunk)));
        (structureFactors, forces) = (program["ewald_structure"], program["ewald_forces"]);
        this.charges = device.Allocate<float>([.. charges.Select(q => (float)q)]);
        count = device.Allocate<int>(1);
        (runs, weights, vectors, structure, weighted) = Allocate(1);
    }

    /// <inheritdoc/>
    public bool SetBox(Box box)
    {
        var all = WaveVectors.For(box, splitting, cutoff);
        var chosen = all.Runs(Run).ToArray();
        volume = box.Volume;
        list = [.. chosen.SelectMany(run => run.Weights.Select((weight, m) => (all.Vector(run.X + m, run.Y, run.Z), weight)))];
        var grown = runs.Length < chosen.Length;
        if (grown)
        {
            DisposeOfRuns();
            // A barostat changes the number a little all the time.
            (runs, weights, vectors, structure, weighted) = Allocate(chosen.Length + chosen.Length / 4);
        }
        var prefactor = 8 * Math.PI * coulomb / volume;
        runs.Upload([.. chosen.Select(run => new Int4(run.X, run.Y, run.Z, 0))]);
        weights.Upload([.. list.Select(k => (float)(prefactor * k.Weight))]);
        vectors.Upload([ToFloat(all.Vector(1, 0, 0)), .. chosen.Select(run => ToFloat(all.Vector(run.X, run.Y, run.Z)))]);
        count.Upload([chosen.Length]);
        return grown;
    }

    /// <inheritdoc/>
    public void Launch(int graphStep)
    {
        LaunchStructureFactors(graphStep);
        forces.Launch(
            particles.Count * Lanes, ForceGroup, particles.Positions, charges, runs, vectors, weighted, count, particles.Forces, particles.Ring, graphStep, particles.Count);
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
            if (weight == 0)
            {
                continue;
            }
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
        DisposeOfRuns();
    }

    private static Float4 ToFloat(Vector3d wave) => new((float)wave.X, (float)wave.Y, (float)wave.Z, 0);

    private (DeviceBuffer<Int4> Runs, DeviceBuffer<float> Weights, DeviceBuffer<Float4> Vectors, DeviceBuffer<double> Structure, DeviceBuffer<Float2> Weighted) Allocate(int room)
    {
        var device = particles.Device;
        return (
            device.Allocate<Int4>(room), device.Allocate<float>(Run * room), device.Allocate<Float4>(1 + room), device.Allocate<double>(2 * Run * room),
            device.Allocate<Float2>(Run * room));
    }

    private void DisposeOfRuns()
    {
        runs.Dispose();
        weights.Dispose();
        vectors.Dispose();
        structure.Dispose();
        weighted.Dispose();
    }

    private void LaunchStructureFactors(int graphStep) => structureFactors.Launch(
        (int)runs.Length * GroupSize, GroupSize, particles.Positions, charges, runs, weights, count, structure, weighted, particles.Ring, graphStep, particles.Count);
}
