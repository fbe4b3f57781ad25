namespace Engine.Learn.Studies;

/// <summary>"range": a number is above or below something.</summary>
public sealed record RangeExpectation : Expectation
{
    public required string Quantity { get; init; }

    public double? Above { get; init; }

    public double? Below { get; init; }

    /// <summary>Whether the limits are of the number over its standard error.</summary>
    public bool InStandardErrors { get; init; }

    private protected override IReadOnlyList<string> Asked => [Quantity];

    internal override void Check() => RequireLimit(Quantity, Above, Below);

    private protected override (bool Holds, string Text) Judge(StudyNumber[] numbers)
    {
        var found = InStandardErrors ? numbers[0].Value / numbers[0].StandardError ?? double.NaN : numbers[0].Value;
        var unit = InStandardErrors ? " standard errors" : "";
        return (IsWithin(found, Above, Below), $"{Quantity} {Limits(Above, Below)}{unit}: {Text(found)}");
    }
}
