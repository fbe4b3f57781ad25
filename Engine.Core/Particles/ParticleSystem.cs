using Engine.Kernels.Geometry;

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
