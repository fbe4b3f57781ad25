namespace Engine.Core.Potentials.Terms;

/// <summary>"bornMayerHuggins": see <see cref="BornMayerHuggins"/>.</summary>
public sealed record BornMayerHugginsTerm : CutPairTerm<BornMayerHugginsParameters>
{
    private protected override IPairTerm Create(BornMayerHugginsParameters parameters, PotentialBuilder builder) =>
        new BornMayerHuggins(parameters.A, parameters.Rho, parameters.Sigma, parameters.C, parameters.D, Cutoff);
}
