using Engine.Kernels.Errors;

namespace Engine.Perf;

/// <summary>Times this engine and its peers turn by turn, so that a machine that changes speed changes it for all.</summary>
public static class BenchRunner
{
    /// <summary>
    /// One result for each peer; one without a peer where none is installed or runs. A peer that fails is left out, and <paramref name="progress"/> told
    /// why. <paramref name="own"/> is this engine on the workload;
    /// <paramref name="progress"/> is told what is running.
    /// </summary>
    public static IEnumerable<BenchResult> Run(
        MdWorkload workload, IBenchCase own, IReadOnlyList<IBenchCase> peers, int threads, int rounds, Action<string> progress,
        CancellationToken cancellation)
    {
        IBenchCase[] contestants = [own, .. peers];
        var times = contestants.Select(_ => new List<StepTime>()).ToArray();
        var failed = new bool[contestants.Length];
        for (var round = 1; round <= rounds; round++)
        {
            for (var c = 0; c < contestants.Length; c++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (failed[c])
                {
                    continue;
                }
                progress($"{workload.Name}, {threads} thread{(threads == 1 ? "" : "s")}, round {round} of {rounds}: {contestants[c].Name}");
                try
                {
                    times[c].Add(contestants[c].Run(threads, cancellation));
                }
                catch (RunFailedException error) when (c > 0)
                {
                    failed[c] = true;
                    progress($"left out: {error.Message}");
                }
            }
        }
        if (failed.Skip(1).All(f => f))
        {
            yield return new(workload.Name, workload.Atoms, threads, times[0], null, null, [], own.Facts);
        }
        for (var p = 0; p < peers.Count; p++)
        {
            if (failed[p + 1])
            {
                continue;
            }
            yield return new(workload.Name, workload.Atoms, threads, times[0], peers[p].Name, peers[p].Version, times[p + 1], own.Facts);
        }
    }
}
