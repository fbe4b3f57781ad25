namespace Engine.Core.Potentials.Terms;

/// <summary>"lennardJones": see <see cref="LennardJones"/>.</summary>
public sealed record LennardJonesTerm : CutPairTerm<LennardJonesParameters>
{
    /// <summary>Rule for pairs that are not listed.</summary>
    public Mixing Mixing { get; init; }

    private protected override IPairTerm Create(LennardJonesParameters parameters, PotentialBuilder builder) =>
        new LennardJones(parameters.Epsilon, parameters.Sigma, Cutoff);

    private protected override LennardJonesParameters? Mix(
        IReadOnlyDictionary<(string, string), LennardJonesParameters> given, string first, string second) =>
        LennardJonesParameters.Mix(Mixing, given, first, second);
}
