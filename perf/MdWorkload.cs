using Engine.Core.Input;

namespace Engine.Perf;

public enum MdModel
{
    /// <summary>Lennard-Jones melt of LAMMPS' bench/in.lj: density 0.8442 from an fcc lattice at T 1.44, cutoff 2.5, time step 0.005, constant energy.</summary>
    LennardJones,

    /// <summary>The same with a Langevin thermostat, friction 1 per τ.</summary>
    LennardJonesLangevin,

    /// <summary>HfO₂ from fluorite at 6000 K, Buckingham and damped shifted-force Coulomb (α 0.35 /Å), both cut at 8 Å, time step 1 fs, constant energy.</summary>
    HafniaDampedShiftedForce,

    /// <summary>The same HfO₂ with the full Ewald sum of its charges, on a mesh.</summary>
    HafniaMesh,

    /// <summary>The same wave vector by wave vector.</summary>
    HafniaWaves,

    /// <summary>Purely repulsive spheres of HOOMD-blue's benchmark: density 1 from an fcc lattice, temperature 1.2 kept by a Langevin thermostat, time step 0.005.</summary>
    WeeksChandlerAndersen,
}

/// <summary>A system and how long it is run; every program is given the same equilibrated start.</summary>
/// <param name="Name">Name of the case.</param>
/// <param name="Model">Interactions and ensemble.</param>
/// <param name="Cells">Unit cells along each edge of the equilibrated block: 4 atoms each for the fcc lattice, 12 for fluorite.</param>
/// <param name="Replicate">Copies of the block along x, y and z.</param>
/// <param name="WarmSteps">Steps before the clock starts, in every round.</param>
/// <param name="Steps">Steps that are timed: a multiple of the 20 steps between two list rebuilds of in.lj.</param>
/// <param name="Precision">Arithmetic of this engine; the peers compute in double.</param>
public sealed record MdWorkload(
    string Name, MdModel Model, int Cells, (int X, int Y, int Z) Replicate, int WarmSteps, int Steps, Precision Precision = Precision.Mixed)
{
    /// <summary>Atoms of the block that is copied.</summary>
    public int BlockAtoms => (MdSetup.IsHafnia(Model) ? 12 : 4) * Cells * Cells * Cells;

    public int Atoms => BlockAtoms * Replicate.X * Replicate.Y * Replicate.Z;
}
