namespace Engine.Learn.Studies;

/// <summary>"ratio": one number over another is above or below something.</summary>
public sealed record RatioExpectation : Expectation
{
    public required string Numerator { get; init; }

    public required string Denominator { get; init; }

    public double? Above { get; init; }

    public double? Below { get; init; }

    private protected override IReadOnlyList<string> Asked => [Numerator, Denominator];

    internal override void Check() => RequireLimit($"{Numerator} over {Denominator}", Above, Below);

    private protected override (bool Holds, string Text) Judge(StudyNumber[] numbers)
    {
        var found = numbers[0].Value / numbers[1].Value;
        return (IsWithin(found, Above, Below), $"{Numerator} over {Denominator} {Limits(Above, Below)}: {Text(found)}");
    }
}
