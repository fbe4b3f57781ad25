namespace Engine.Learn.Studies;

/// <summary>A number that a study found, and how far to trust it.</summary>
/// <param name="Name">What it is: "n=40 entropy difference".</param>
/// <param name="Value">The number.</param>
/// <param name="StandardError">Of it; null where none is known.</param>
/// <param name="Low">Where its 95 % confidence interval begins; NaN where none is known.</param>
/// <param name="High">Where it ends.</param>
/// <param name="Count">Runs that it is from.</param>
/// <param name="Positive">In how many of them it is positive; null where it is not a mean over runs.</param>
public sealed record StudyNumber(string Name, double Value, double? StandardError, double Low, double High, int Count, int? Positive)
{
    /// <summary>Empty where it has none.</summary>
    public string Unit { get; init; } = "";
}
