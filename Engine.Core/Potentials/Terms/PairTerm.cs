namespace Engine.Core.Potentials.Terms;

/// <summary>A term whose parameters are listed for pairs of species, "Hf-O" in either order.</summary>
public abstract record PairTerm<TParameters> : PotentialTerm
    where TParameters : class
{
    /// <summary>Parameters by pair.</summary>
    public required IReadOnlyDictionary<string, TParameters> Pairs { get; init; }

    internal virtual Shift ShiftAtCutoff => Shift.None;

    internal virtual bool HasTail => false;

    internal sealed override void AddTo(PotentialBuilder builder)
    {
        var given = builder.ParsePairs(Pairs);
        foreach (var ((first, second), parameters) in given)
        {
            builder.CheckParameters(first, second, Create(parameters, builder));
        }
        for (var a = 0; a < builder.Count; a++)
        {
            for (var b = a; b < builder.Count; b++)
            {
                var parameters = Find(given, builder.NameOf(a), builder.NameOf(b)) ?? Mix(given, builder.NameOf(a), builder.NameOf(b));
                if (parameters is not null)
                {
                    builder.AddPair(a, b, Create(parameters, builder), ShiftAtCutoff, HasTail);
                }
            }
        }
    }

    /// <summary>The formula with these parameters: a boxed struct.</summary>
    private protected abstract IPairTerm Create(TParameters parameters, PotentialBuilder builder);

    /// <summary>Parameters of a pair that is not listed, or null.</summary>
    private protected virtual TParameters? Mix(IReadOnlyDictionary<(string, string), TParameters> given, string first, string second) => null;

    private protected static TParameters? Find(IReadOnlyDictionary<(string, string), TParameters> given, string first, string second) =>
        given.GetValueOrDefault((first, second)) ?? given.GetValueOrDefault((second, first));
}
