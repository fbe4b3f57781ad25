using System.Text.Json.Nodes;

namespace Engine.Perf;

/// <summary>A run that writes beside the same run that does not; times of a step, round by round.</summary>
/// <param name="Bytes">Size of the trajectory.</param>
public sealed record WriteResult(
    string Case, int Atoms, int Threads, int Every, IReadOnlyList<StepTime> Plain, IReadOnlyList<StepTime> Writing, long Bytes)
{
    /// <summary>Steps a second.</summary>
    public double? PlainRate => 1 / BenchResult.Median(Plain.Select(t => t.Wall));

    /// <summary>Steps a second with the trajectory; closing the file counts.</summary>
    public double? WritingRate => 1 / BenchResult.Median(Writing.Select(t => t.Wall));

    /// <summary>Part of the wall time of the run without that writing adds: median over rounds.</summary>
    public double? Cost => BenchResult.Median(Plain.Zip(Writing, (a, b) => b.Wall / a.Wall - 1));

    /// <summary>The same by processor time.</summary>
    public double? CpuCost => BenchResult.Median(Plain.Zip(Writing, (a, b) => b.Cpu / a.Cpu - 1));

    public JsonObject ToJson() => new()
    {
        ["case"] = Case,
        ["atoms"] = Atoms,
        ["threads"] = Threads,
        ["every"] = Every,
        ["rounds"] = Plain.Count,
        ["stepsPerSecond"] = PlainRate,
        ["stepsPerSecondWriting"] = WritingRate,
        ["cost"] = Cost,
        ["cpuCost"] = CpuCost,
        ["bytes"] = Bytes,
    };
}
