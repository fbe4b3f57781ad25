using System.Globalization;
using System.Text.Json.Nodes;

namespace Engine.Perf.Science;

/// <summary>What an experiment found, beside what is expected of it.</summary>
/// <param name="What">What was looked at.</param>
/// <param name="Found">The value.</param>
/// <param name="Least">The least that passes; null: any.</param>
/// <param name="Most">The most that passes; null: any.</param>
public sealed record ScienceCheck(string What, double Found, double? Least, double? Most)
{
    /// <summary>Null where nothing is asked: the value is told only.</summary>
    public bool? Passed => Least is null && Most is null ? null : double.IsFinite(Found) && !(Found < Least) && !(Found > Most);

    /// <summary>What is expected, in words.</summary>
    public string Expected => (Least, Most) switch
    {
        ({ } least, { } most) => string.Create(CultureInfo.InvariantCulture, $"{least:G5} to {most:G5}"),
        ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $"{least:G5} or more"),
        (null, { } most) => string.Create(CultureInfo.InvariantCulture, $"{most:G5} or less"),
        _ => "",
    };

    public JsonObject ToJson(string name) => new()
    {
        ["case"] = name,
        ["check"] = What,
        ["found"] = double.IsFinite(Found) ? Found : null,
        ["least"] = Least,
        ["most"] = Most,
        ["passed"] = Passed,
    };
}
