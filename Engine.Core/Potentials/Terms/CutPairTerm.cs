namespace Engine.Core.Potentials.Terms;

/// <summary>A pair term that reaches to infinity and is cut.</summary>
public abstract record CutPairTerm<TParameters> : PairTerm<TParameters>
    where TParameters : class
{
    /// <summary>[length]</summary>
    public required double Cutoff { get; init; }

    /// <summary>What is done about the jump at the cutoff.</summary>
    public Shift Shift { get; init; }

    /// <summary>Whether energy and pressure of a homogeneous surrounding beyond the cutoff are added. Not with a shift.</summary>
    public bool TailCorrections { get; init; }

    internal sealed override Shift ShiftAtCutoff => Shift;

    internal sealed override bool HasTail => TailCorrections;
}
