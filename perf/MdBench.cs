using Engine.Core.Input;

namespace Engine.Perf;

/// <summary>Molecular dynamics against its peers, and on several threads against one: Lennard-Jones from cache to memory, a thermostat, and an ionic melt.</summary>
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
        new("hfo2-6144-ewald", MdModel.HafniaMesh, 8, (1, 1, 1), 60, 100),
        new("hfo2-98k-ewald", MdModel.HafniaMesh, 8, (4, 2, 2), 20, 20),
    ];

    /// <summary>Every other program that is installed for a workload.</summary>
    public static IReadOnlyList<IBenchCase> Peers(MdWorkload workload) => [.. LammpsCase.For(workload), .. GromacsCase.For(workload)];

    /// <summary>A workload on so many threads beside its peers and, where there are several threads, beside itself on one and beside what they could do at best (<see cref="SeparateParts"/>).</summary>
    public static IEnumerable<BenchResult> Run(
        MdWorkload workload, string version, IReadOnlyList<IBenchCase> peers, int threads, int rounds, Action<string> progress, CancellationToken cancellation)
    {
        if (threads > 1)
        {
            peers =
            [
                new OneThread(new EngineCase(workload, version)),
                .. SeparateParts.CanShare(workload, threads) ? [new SeparateParts(workload, version)] : Array.Empty<IBenchCase>(),
                .. peers,
            ];
        }
        return BenchRunner.Run(workload, new EngineCase(workload, version), peers, threads, rounds, progress, cancellation);
    }
}
