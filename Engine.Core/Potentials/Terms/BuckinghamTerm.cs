using Engine.Kernels.Errors;

namespace Engine.Core.Potentials.Terms;

/// <summary>"buckingham": see <see cref="Buckingham"/>.</summary>
public sealed record BuckinghamTerm : CutPairTerm<BuckinghamParameters>
{
    /// <summary>Whether the fall to −∞ at short distance is replaced by a wall (<see cref="BuckinghamGuard"/>).</summary>
    public bool Guard { get; init; }

    private protected override IPairTerm Create(BuckinghamParameters parameters, PotentialBuilder builder)
    {
        var plain = new Buckingham(parameters.A, parameters.Rho, parameters.C, Cutoff);
        if (!Guard || plain.Validate() is not null)
        {
            return plain;
        }
        try
        {
            return plain.Guarded();
        }
        catch (InputException error)
        {
            throw new InputException($"potential {builder.Name}: {error.Message}", error);
        }
    }
}
