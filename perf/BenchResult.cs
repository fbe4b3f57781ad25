using System.Text.Json.Nodes;

namespace Engine.Perf;

/// <summary>One line of a benchmark: this engine beside one peer on one case. Times are medians over the repeats.</summary>
/// <param name="Case">Name of the case.</param>
/// <param name="Atoms">Particles.</param>
/// <param name="Threads">Threads, or processes of the peer.</param>
/// <param name="Own">This engine's time; null where it was not run.</param>
/// <param name="PeerName">The peer; null where none is installed.</param>
/// <param name="PeerVersion">As the peer reports it.</param>
/// <param name="Peer">The peer's time.</param>
public sealed record BenchResult(
    string Case, int Atoms, int Threads, StepTime? Own, string? PeerName, string? PeerVersion, StepTime? Peer)
{
    /// <summary>Atom-steps per second of wall time.</summary>
    public double? Rate => Atoms / Own?.Wall;

    public double? PeerRate => Atoms / Peer?.Wall;

    /// <summary>How many times faster than the peer, by wall time.</summary>
    public double? Ratio => Peer?.Wall / Own?.Wall;

    /// <summary>The same by processor time, which a busy machine disturbs less.</summary>
    public double? CpuRatio => Peer?.Cpu / Own?.Cpu;

    public JsonObject ToJson() => new()
    {
        ["case"] = Case,
        ["atoms"] = Atoms,
        ["threads"] = Threads,
        ["atomStepsPerSecond"] = Rate,
        ["atomStepsPerCpuSecond"] = Atoms / Own?.Cpu,
        ["peer"] = PeerName,
        ["peerVersion"] = PeerVersion,
        ["peerAtomStepsPerSecond"] = PeerRate,
        ["peerAtomStepsPerCpuSecond"] = Atoms / Peer?.Cpu,
        ["ratio"] = Ratio,
        ["cpuRatio"] = CpuRatio,
    };
}
