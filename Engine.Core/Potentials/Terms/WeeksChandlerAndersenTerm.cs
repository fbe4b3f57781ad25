namespace Engine.Core.Potentials.Terms;

/// <summary>"wca": see <see cref="WeeksChandlerAndersen"/>. The cutoff follows from σ.</summary>
public sealed record WeeksChandlerAndersenTerm : PairTerm<LennardJonesParameters>
{
    /// <summary>Rule for pairs that are not listed.</summary>
    public Mixing Mixing { get; init; }

    private protected override IPairTerm Create(LennardJonesParameters parameters, PotentialBuilder builder) =>
        new WeeksChandlerAndersen(parameters.Epsilon, parameters.Sigma);

    private protected override LennardJonesParameters? Mix(
        IReadOnlyDictionary<(string, string), LennardJonesParameters> given, string first, string second) =>
        LennardJonesParameters.Mix(Mixing, given, first, second);
}
