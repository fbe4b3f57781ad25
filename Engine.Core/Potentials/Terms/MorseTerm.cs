namespace Engine.Core.Potentials.Terms;

/// <summary>"morse": see <see cref="Morse"/>.</summary>
public sealed record MorseTerm : CutPairTerm<MorseParameters>
{
    private protected override IPairTerm Create(MorseParameters parameters, PotentialBuilder builder) =>
        new Morse(parameters.Depth, parameters.Alpha, parameters.EquilibriumDistance, Cutoff);
}
