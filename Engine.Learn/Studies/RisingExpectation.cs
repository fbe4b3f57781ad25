using Engine.Kernels.Errors;

namespace Engine.Learn.Studies;

/// <summary>"rising": each number is larger than the one before it.</summary>
public sealed record RisingExpectation : Expectation
{
    public required IReadOnlyList<string> Quantities { get; init; }

    private protected override IReadOnlyList<string> Asked => Quantities;

    internal override void Check()
    {
        if (Quantities.Count < 2)
        {
            throw new InputException($"expect rising: quantities has {Quantities.Count} of them, expected two or more");
        }
    }

    private protected override (bool Holds, string Text) Judge(StudyNumber[] numbers) => (
        numbers.Zip(numbers.Skip(1)).All(pair => pair.Second.Value > pair.First.Value),
        $"{string.Join(" < ", Quantities)}: {string.Join(", ", numbers.Select(n => Text(n.Value)))}");
}
