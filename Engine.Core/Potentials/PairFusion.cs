namespace Engine.Core.Potentials;

/// <summary>
/// Composes the terms of one pair of species into one struct type, once at start: the runtime compiles a loop for exactly that type, as if it had
/// been written by hand.
/// </summary>
internal static class PairFusion
{
    /// <summary>Applies a shift to a boxed term.</summary>
    public static object Shifted(object term, Shift shift) => shift switch
    {
        Shift.None => term,
        Shift.Energy => Create(typeof(EnergyShifted<>), term),
        _ => Create(typeof(ForceShifted<>), term),
    };

    /// <summary>The sum of boxed terms, those that end early wrapped in <see cref="Within{T}"/>.</summary>
    public static object Fuse(IReadOnlyList<object> terms)
    {
        var cutoffs = terms.Select(term => PairFunction.Of(term).Cutoff).ToArray();
        var longest = cutoffs.Max();
        return terms.Select((term, i) => cutoffs[i] < longest ? Create(typeof(Within<>), term) : term)
            .Aggregate((first, second) => Create(typeof(Sum<,>), first, second));
    }

    private static object Create(Type generic, params object[] arguments) =>
        Activator.CreateInstance(generic.MakeGenericType([.. arguments.Select(a => a.GetType())]), arguments)!;
}
