using System.Text.Json.Nodes;

namespace Engine.Perf;

/// <summary>One line of a benchmark: this engine beside one peer on one case. Times are those of a step in each round; medians count.</summary>
/// <param name="Case">Name of the case.</param>
/// <param name="Atoms">Particles.</param>
/// <param name="Threads">Threads, or processes of the peer, unless its name says otherwise.</param>
/// <param name="Own">This engine's times, round by round.</param>
/// <param name="PeerName">The peer; null where none is installed.</param>
/// <param name="PeerVersion">As the peer reports it.</param>
/// <param name="Peer">The peer's times, round by round; empty where there is none.</param>
/// <param name="Facts">What else this engine's run showed.</param>
public sealed record BenchResult(
    string Case, int Atoms, int Threads, IReadOnlyList<StepTime> Own, string? PeerName, string? PeerVersion, IReadOnlyList<StepTime> Peer,
    IReadOnlyDictionary<string, double> Facts)
{
    /// <summary>Atom-steps per second of wall time.</summary>
    public double? Rate => Atoms / Median(Own, t => t.Wall);

    public double? PeerRate => Atoms / Median(Peer, t => t.Wall);

    /// <summary>How many times faster than the peer by wall time: the median over rounds, so that a machine that changes speed between rounds does not matter.</summary>
    public double? Ratio => MedianRatio(t => t.Wall);

    /// <summary>The same by processor time, which a busy machine disturbs less.</summary>
    public double? CpuRatio => MedianRatio(t => t.Cpu);

    /// <summary>Slowest minus fastest round over the median, by wall time.</summary>
    public double? Spread => SpreadOf(Own);

    public double? PeerSpread => SpreadOf(Peer);

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["case"] = Case,
            ["atoms"] = Atoms,
            ["threads"] = Threads,
            ["rounds"] = Own.Count,
            ["atomStepsPerSecond"] = Rate,
            ["atomStepsPerCpuSecond"] = Atoms / Median(Own, t => t.Cpu),
            ["peer"] = PeerName,
            ["peerVersion"] = PeerVersion,
            ["peerAtomStepsPerSecond"] = PeerRate,
            ["peerAtomStepsPerCpuSecond"] = Atoms / Median(Peer, t => t.Cpu),
            ["ratio"] = Ratio,
            ["cpuRatio"] = CpuRatio,
            ["spread"] = Spread,
            ["peerSpread"] = PeerSpread,
        };
        foreach (var (name, value) in Facts)
        {
            json[name] = value;
        }
        return json;
    }

    /// <summary>Null for none; the mean of the middle two of an even number.</summary>
    internal static double? Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length == 0 ? null : sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double? Median(IReadOnlyList<StepTime> times, Func<StepTime, double> part) => Median(times.Select(part));

    private double? MedianRatio(Func<StepTime, double> part) => Median(Own.Zip(Peer, (own, peer) => part(peer) / part(own)));

    private static double? SpreadOf(IReadOnlyList<StepTime> times) =>
        times.Count == 0 ? null : (times.Max(t => t.Wall) - times.Min(t => t.Wall)) / Median(times, t => t.Wall);
}
