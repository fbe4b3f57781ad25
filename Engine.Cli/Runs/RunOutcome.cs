using System.Text.Json.Nodes;

namespace Engine.Cli.Runs;

/// <summary>How a run ended and what it left.</summary>
/// <param name="Completed">Whether all stages were done; false: stopped, resumable.</param>
/// <param name="Steps">Steps taken by this process.</param>
/// <param name="Seconds">Wall time of these steps.</param>
/// <param name="Results">Numbers for the summary and run.json, by name with unit, such as "final temperature [K]".</param>
/// <param name="Outputs">Files with the identity of their content where the format has one.</param>
internal sealed record RunOutcome(
    bool Completed, long Steps, double Seconds, IReadOnlyDictionary<string, double> Results, IReadOnlyList<RunOutput> Outputs)
{
    /// <summary>What was found in each stage of a simulation.</summary>
    public IReadOnlyList<StageResult> Stages { get; init; } = [];

    /// <summary>What else is warned of.</summary>
    public IReadOnlyList<string> OtherWarnings { get; init; } = [];

    /// <summary>All that is warned of.</summary>
    public IEnumerable<string> AllWarnings => Stages.SelectMany(s => s.Warnings).Concat(OtherWarnings);

    /// <summary>Steps of the run that earlier processes had done.</summary>
    public long StepsBefore { get; init; }

    /// <summary>"500", or "1500 (500 of them now)" where earlier processes did the others.</summary>
    public string StepsText => FormattableString.Invariant(StepsBefore == 0 ? (FormattableString)$"{Steps}" : $"{StepsBefore + Steps} ({Steps} of them now)");

    /// <summary>What a report of a run that was stopped warns of.</summary>
    /// <param name="what">What it is: "run".</param>
    public IEnumerable<string> Warnings(string what) => [.. Completed ? [] : new[] { $"The {what} was stopped before its end; go on with --resume." }, .. AllWarnings];

    /// <summary>Identities of the files that it left, for the provenance of a report.</summary>
    public IEnumerable<KeyValuePair<string, string>> Contents() =>
        Outputs.Where(o => o.ContentId is not null).Select(o => KeyValuePair.Create($"content of {System.IO.Path.GetFileName(o.Path)}", o.ContentId!));

    public double StepsPerSecond => Seconds > 0 ? Steps / Seconds : 0;

    /// <param name="atoms">Particles; 0 where there are none.</param>
    /// <param name="earlierSeconds">Wall time of earlier processes [s].</param>
    public JsonObject ToJson(int atoms, double earlierSeconds)
    {
        var json = new JsonObject
        {
            ["completed"] = Completed,
            ["steps"] = StepsBefore + Steps,
            ["seconds"] = earlierSeconds + Seconds,
            ["segmentSteps"] = Steps,
            ["segmentSeconds"] = Seconds,
            ["stepsPerSecond"] = StepsPerSecond,
        };
        if (atoms > 0)
        {
            json["atomStepsPerSecond"] = StepsPerSecond * atoms;
        }
        foreach (var (name, value) in Results)
        {
            json[name] = Display.JsonOutput.Number(value);
        }
        if (Stages.Count > 0)
        {
            json["stages"] = new JsonArray([.. Stages.Select(stage => stage.ToJson())]);
        }
        if (Stages.Count > 0 || OtherWarnings.Count > 0)
        {
            json["warnings"] = new JsonArray([.. AllWarnings.Select(w => JsonValue.Create(w))]);
        }
        return json;
    }
}

/// <summary>A file that a run wrote.</summary>
internal sealed record RunOutput(string Path, string? ContentId);
