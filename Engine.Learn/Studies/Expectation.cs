using System.Text.Json.Serialization;
using Engine.Kernels.Errors;

namespace Engine.Learn.Studies;

/// <summary>
/// What a study has to find, for the verb to end well; its key "type" says which. Numbers are called STUDY/NAME, as the table shows them.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RangeExpectation), "range")]
[JsonDerivedType(typeof(RatioExpectation), "ratio")]
[JsonDerivedType(typeof(RisingExpectation), "rising")]
public abstract record Expectation
{
    /// <summary>Looks whether it holds.</summary>
    /// <param name="summaries">What was found.</param>
    /// <exception cref="InputException">There is no such number.</exception>
    public ExpectationOutcome Test(IReadOnlyList<StudySummary> summaries)
    {
        StudyNumber[] numbers = [.. Asked.Select(q => Find(q, summaries))];
        var (holds, text) = Judge(numbers);
        return new(text, holds);
    }

    /// <summary>Refuses what cannot be tested.</summary>
    internal virtual void Check()
    {
    }

    private protected abstract IReadOnlyList<string> Asked { get; }

    private protected abstract (bool Holds, string Text) Judge(StudyNumber[] numbers);

    private protected static string Text(double value) => value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether a number is between limits, both left out.</summary>
    private protected static bool IsWithin(double value, double? above, double? below) => double.IsFinite(value) && !(value <= above) && !(value >= below);

    private protected static void RequireLimit(string what, double? above, double? below)
    {
        if (above is null && below is null)
        {
            throw new InputException($"expect {what}: neither above nor below is given; expected one of them, or both");
        }
    }

    /// <summary>"above 1 and below 2".</summary>
    private protected static string Limits(double? above, double? below) =>
        string.Join(" and ", new[] { above is { } a ? $"above {Text(a)}" : null, below is { } b ? $"below {Text(b)}" : null }.Where(t => t is not null));

    private static StudyNumber Find(string quantity, IReadOnlyList<StudySummary> summaries)
    {
        var parts = quantity.Split('/', 2);
        var study = summaries.FirstOrDefault(s => s.Study == parts[0])
            ?? throw new InputException($"expect: {quantity} begins with no study, expected STUDY/NAME with one of {string.Join(", ", summaries.Select(s => s.Study))}; where a study was taken out, --set expect=[] leaves all expectations out");
        return study.Numbers.FirstOrDefault(n => n.Name == parts[^1])
            ?? throw new InputException($"expect: {study.Study} has no number \"{parts[^1]}\", expected one of {string.Join(", ", study.Numbers.Select(n => n.Name))}; where the study was made smaller, --set expect=[] leaves all expectations out");
    }
}
