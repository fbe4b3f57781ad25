namespace Engine.Perf;

/// <summary>Molecular dynamics against LAMMPS: Lennard-Jones from cache to memory, a thermostat, and an ionic melt.</summary>
public static class MdBench
{
    public static IReadOnlyList<MdWorkload> Workloads { get; } =
    [
        new("lj-4k", MdModel.LennardJones, 10, 200, 2000),
        new("lj-32k", MdModel.LennardJones, 20, 100, 300),
        new("lj-256k", MdModel.LennardJones, 40, 40, 60),
        new("lj-1m", MdModel.LennardJones, 63, 20, 20),
        new("lj-32k-langevin", MdModel.LennardJonesLangevin, 20, 100, 300),
        new("hfo2-6144", MdModel.HafniaDampedShiftedForce, 8, 50, 100),
    ];

    /// <summary>Every peer that is installed for a workload.</summary>
    public static IReadOnlyList<IBenchCase> Peers(MdWorkload workload) => LammpsCase.For(workload);
}
