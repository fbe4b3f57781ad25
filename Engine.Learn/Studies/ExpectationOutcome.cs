namespace Engine.Learn.Studies;

/// <summary>What became of an expectation.</summary>
/// <param name="Text">What was expected and what was found.</param>
/// <param name="Holds">Whether it is so.</param>
public sealed record ExpectationOutcome(string Text, bool Holds);
