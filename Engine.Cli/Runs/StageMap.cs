using System.Globalization;
using System.Text.Json.Nodes;
using Engine.IO.H5md;

namespace Engine.Cli.Runs;

/// <summary>Which stage of a run a frame belongs to.</summary>
internal sealed class StageMap
{
    private readonly List<string> names = [];

    /// <summary>Stage and its last step, in the order of the run.</summary>
    private readonly List<(long Start, long End, int Stage)> ranges = [];

    private StageMap()
    {
    }

    /// <summary>Stages of dynamics in the order of the run.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>
    /// The stages that run.json states, exact to the step; without it those of the thermodynamic table in the trajectory, exact to its rows: a frame
    /// between two rows of different stages belongs to none. Null where neither knows stages.
    /// </summary>
    /// <param name="run">run.json, or null.</param>
    /// <param name="file">The trajectory or structure file.</param>
    public static StageMap? Of(JsonObject? run, string file) =>
        run?["input"]?["stages"] is JsonArray stages ? FromInput(stages) : FrameSource.IsTrajectory(file) ? FromTable(file) : null;

    /// <summary>Name of the stage in which the step was taken; null where it is not known.</summary>
    public string? At(long step)
    {
        foreach (var (start, end, stage) in ranges)
        {
            if (step >= start && step <= end)
            {
                return names[stage];
            }
        }
        return null;
    }

    internal static StageMap FromInput(JsonArray stages)
    {
        var map = new StageMap();
        long end = 0;
        for (var i = 0; i < stages.Count; i++)
        {
            if (stages[i]?["steps"] is not JsonValue steps)
            {
                // A minimisation takes no steps of the run's clock.
                continue;
            }
            var start = map.ranges.Count == 0 ? 0 : end + 1;
            end += steps.GetValue<long>();
            map.ranges.Add((start, end, map.names.Count));
            map.names.Add((string?)stages[i]!["name"] is { Length: > 0 } name ? name : Numbered(i));
        }
        return map;
    }

    internal static StageMap? FromTable(long[] steps, double[] stages)
    {
        var map = new StageMap();
        var last = -1;
        for (var row = 0; row < steps.Length; row++)
        {
            var stage = (int)stages[row];
            if (stage == last)
            {
                map.ranges[^1] = map.ranges[^1] with { End = steps[row] };
                continue;
            }
            map.ranges.Add((steps[row], steps[row], map.names.Count));
            map.names.Add(Numbered(stage));
            last = stage;
        }
        return map.names.Count > 0 ? map : null;
    }

    private static StageMap? FromTable(string file)
    {
        using var reader = H5mdReader.Open(file);
        if (!reader.ObservableNames().Contains("stage"))
        {
            return null;
        }
        var series = reader.ReadObservable("stage");
        return FromTable(series.Steps, series.Values);
    }

    private static string Numbered(int index) => string.Create(CultureInfo.InvariantCulture, $"stage {index + 1}");
}
