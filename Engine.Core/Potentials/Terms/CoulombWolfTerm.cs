namespace Engine.Core.Potentials.Terms;

/// <summary>"coulombWolf": see <see cref="CoulombWolf"/>; acts between all charges. For comparison only.</summary>
public sealed record CoulombWolfTerm : PotentialTerm
{
    /// <summary>Damping [1/length].</summary>
    public required double Alpha { get; init; }

    /// <summary>[length]</summary>
    public required double Cutoff { get; init; }

    internal override void AddTo(PotentialBuilder builder)
    {
        builder.CheckParameters("charges", new CoulombWolf(1, Alpha, Cutoff));
        builder.WarnOfWeakDamping("coulombWolf", Alpha, Cutoff);
        builder.Warn("coulombWolf: the force is not the gradient of the energy, so that the total energy drifts; use coulombDsf or ewald except for comparison");
        builder.AddCoulomb(
            "coulombWolf", strength => new CoulombWolf(strength, Alpha, Cutoff), strength => CoulombWolf.SelfEnergy(strength, Alpha, Cutoff));
    }
}
