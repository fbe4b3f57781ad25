namespace Engine.Perf;

public enum MdModel
{
    /// <summary>fcc lattice of density 0.8442 at T 1.44 that melts, cutoff 2.5, list to 2.8, time step 0.005: LAMMPS' bench/in.lj.</summary>
    LennardJones,

    /// <summary>The same with a Langevin thermostat, friction 1 per τ.</summary>
    LennardJonesLangevin,

    /// <summary>Fluorite HfO₂ at 6000 K, Buckingham and damped shifted-force Coulomb (α 0.35 /Å), both cut at 8 Å, list to 9 Å, time step 1 fs.</summary>
    HafniaDampedShiftedForce,
}

/// <summary>A system and how long it is run; every program is given the same.</summary>
/// <param name="Name">Name of the case.</param>
/// <param name="Model">Interactions, start and ensemble.</param>
/// <param name="Cells">Unit cells along each edge: 4 atoms each for the fcc lattice, 12 for fluorite.</param>
/// <param name="WarmSteps">Steps before the clock starts.</param>
/// <param name="Steps">Steps that are timed: a multiple of the 20 steps between two list rebuilds.</param>
public sealed record MdWorkload(string Name, MdModel Model, int Cells, int WarmSteps, int Steps)
{
    public int Atoms => (Model == MdModel.HafniaDampedShiftedForce ? 12 : 4) * Cells * Cells * Cells;
}
