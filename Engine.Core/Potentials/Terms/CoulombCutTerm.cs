namespace Engine.Core.Potentials.Terms;

/// <summary>"coulombCut": see <see cref="CoulombCut"/>; acts between all charges.</summary>
public sealed record CoulombCutTerm : PotentialTerm
{
    /// <summary>[length]</summary>
    public required double Cutoff { get; init; }

    /// <summary>What is done about the jump at the cutoff.</summary>
    public Shift Shift { get; init; }

    internal override void AddTo(PotentialBuilder builder)
    {
        builder.CheckParameters("charges", new CoulombCut(1, Cutoff));
        builder.AddCoulomb("coulombCut", strength => new CoulombCut(strength, Cutoff), _ => 0, Shift);
    }
}
