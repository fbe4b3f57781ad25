namespace Engine.Core.Potentials.Terms;

/// <summary>"coulombDsf": see <see cref="CoulombDsf"/>; acts between all charges.</summary>
public sealed record CoulombDsfTerm : PotentialTerm
{
    /// <summary>Damping [1/length].</summary>
    public required double Alpha { get; init; }

    /// <summary>[length]</summary>
    public required double Cutoff { get; init; }

    internal override void AddTo(PotentialBuilder builder)
    {
        builder.CheckParameters("charges", new CoulombDsf(1, Alpha, Cutoff));
        builder.WarnOfWeakDamping("coulombDsf", Alpha, Cutoff);
        builder.AddCoulomb(
            "coulombDsf", strength => new CoulombDsf(strength, Alpha, Cutoff), strength => CoulombDsf.SelfEnergy(strength, Alpha, Cutoff));
    }
}
