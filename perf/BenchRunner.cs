namespace Engine.Perf;

/// <summary>Times this engine and its peers turn by turn, so that a machine that changes speed changes it for all.</summary>
public static class BenchRunner
{
    /// <summary>
    /// One result for each peer; one without a peer where none is installed. <paramref name="own"/> is this engine on the workload, null to
    /// measure the peers alone; the median over <paramref name="repeats"/> rounds counts; <paramref name="progress"/> is told what is running.
    /// </summary>
    public static IEnumerable<BenchResult> Run(
        MdWorkload workload, IBenchCase? own, IReadOnlyList<IBenchCase> peers, int threads, int repeats, Action<string> progress,
        CancellationToken cancellation)
    {
        IBenchCase[] contestants = own is null ? [.. peers] : [own, .. peers];
        var times = contestants.ToDictionary(c => c, _ => new List<StepTime>());
        for (var round = 1; round <= repeats; round++)
        {
            foreach (var contestant in contestants)
            {
                cancellation.ThrowIfCancellationRequested();
                progress($"{workload.Name}, {threads} thread{(threads == 1 ? "" : "s")}, round {round} of {repeats}: {contestant.Name}");
                times[contestant].Add(contestant.Run(threads, cancellation));
            }
        }
        StepTime? mine = own is null ? null : Median(times[own]);
        if (peers.Count == 0)
        {
            yield return new(workload.Name, workload.Atoms, threads, mine, null, null, null);
        }
        foreach (var peer in peers)
        {
            yield return new(workload.Name, workload.Atoms, threads, mine, peer.Name, peer.Version, Median(times[peer]));
        }
    }

    internal static StepTime Median(List<StepTime> times) => new(Median(times.Select(t => t.Wall)), Median(times.Select(t => t.Cpu)));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
