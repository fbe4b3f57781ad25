namespace Engine.Core.Potentials.Terms;

/// <summary>"yukawa": see <see cref="Yukawa"/>.</summary>
public sealed record YukawaTerm : CutPairTerm<YukawaParameters>
{
    private protected override IPairTerm Create(YukawaParameters parameters, PotentialBuilder builder) =>
        new Yukawa(parameters.A, parameters.Kappa, Cutoff);
}
