using Engine.Core.Input;

namespace Engine.Perf;

/// <summary>Molecular dynamics against its peers: Lennard-Jones from cache to memory, a thermostat, and an ionic melt.</summary>
public static class MdBench
{
    public static IReadOnlyList<MdWorkload> Workloads { get; } =
    [
        new("lj-4k", MdModel.LennardJones, 10, (1, 1, 1), 200, 2000),
        new("lj-32k", MdModel.LennardJones, 20, (1, 1, 1), 100, 300),
        new("lj-256k", MdModel.LennardJones, 20, (2, 2, 2), 60, 60),
        new("lj-1m", MdModel.LennardJones, 20, (4, 4, 2), 40, 20),
        new("lj-32k-langevin", MdModel.LennardJonesLangevin, 20, (1, 1, 1), 100, 300),
        new("hfo2-6144", MdModel.HafniaDampedShiftedForce, 8, (1, 1, 1), 100, 300),
        new("hfo2-6144-double", MdModel.HafniaDampedShiftedForce, 8, (1, 1, 1), 60, 100, Precision.Double),
    ];

    /// <summary>Every peer that is installed for a workload.</summary>
    public static IReadOnlyList<IBenchCase> Peers(MdWorkload workload) => [.. LammpsCase.For(workload), .. GromacsCase.For(workload)];
}
