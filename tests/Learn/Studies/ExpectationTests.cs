using Engine.Core.Json;
using Engine.Kernels.Errors;
using Engine.Learn.Studies;
using Xunit;

namespace Engine.Tests.Learn.Studies;

public class ExpectationTests
{
    private static readonly StudySummary[] Summaries =
    [
        new("s", "", [new("a", 2, 0.5, 1, 3, 10, 10), new("b", -3, null, double.NaN, double.NaN, 1, 0), new("none", double.NaN, null, double.NaN, double.NaN, 0, null)], [], []),
    ];

    [Theory]
    [InlineData("""{ "type": "range", "quantity": "s/a", "above": 1.9, "below": 2.1 }""", true)]
    [InlineData("""{ "type": "range", "quantity": "s/a", "above": 2 }""", false)]
    [InlineData("""{ "type": "range", "quantity": "s/a", "above": 3.9, "inStandardErrors": true }""", true)]
    [InlineData("""{ "type": "range", "quantity": "s/a", "below": 3.9, "inStandardErrors": true }""", false)]
    [InlineData("""{ "type": "range", "quantity": "s/b", "below": 0, "inStandardErrors": true }""", false)]
    [InlineData("""{ "type": "range", "quantity": "s/none", "below": 1 }""", false)]
    [InlineData("""{ "type": "ratio", "numerator": "s/b", "denominator": "s/a", "below": -1.4, "above": -1.6 }""", true)]
    [InlineData("""{ "type": "ratio", "numerator": "s/a", "denominator": "s/b", "above": 0 }""", false)]
    [InlineData("""{ "type": "rising", "quantities": ["s/b", "s/a"] }""", true)]
    [InlineData("""{ "type": "rising", "quantities": ["s/a", "s/b"] }""", false)]
    [InlineData("""{ "type": "rising", "quantities": ["s/a", "s/a"] }""", false)]
    [InlineData("""{ "type": "rising", "quantities": ["s/b", "s/none"] }""", false)]
    public void NumbersAreHeldToWhatIsExpected(string text, bool holds)
    {
        var outcome = StrictJson.Read<Expectation>(text, "expect").Test(Summaries);
        Assert.Equal(holds, outcome.Holds);
        Assert.Contains("s/", outcome.Text);
    }

    [Theory]
    [InlineData("""{ "type": "range", "quantity": "t/a", "above": 1 }""", "one of s")]
    [InlineData("""{ "type": "range", "quantity": "s/c", "above": 1 }""", "one of a, b")]
    public void WhatIsNotThereIsNamed(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<InputException>(() => StrictJson.Read<Expectation>(text, "expect").Test(Summaries)).Message);

    [Theory]
    [InlineData("""{ "type": "range", "quantity": "s/a" }""")]
    [InlineData("""{ "type": "ratio", "numerator": "s/a", "denominator": "s/b" }""")]
    [InlineData("""{ "type": "rising", "quantities": ["s/a"] }""")]
    public void WhatSaysNothingIsRefused(string text) => Assert.Throws<InputException>(StrictJson.Read<Expectation>(text, "expect").Check);
}
