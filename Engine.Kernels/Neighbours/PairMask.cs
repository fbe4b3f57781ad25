namespace Engine.Kernels.Neighbours;

/// <summary>
/// Tables [8 × 8] of what is added to r² for particles i and j of one cluster: 0 where the pair counts, <see cref="Far"/> where it does not.
/// </summary>
internal static class PairMask
{
    /// <summary>Every pair counts.</summary>
    public const int All = 0;

    /// <summary>A cluster against itself: j stands after i, so that each pair counts once.</summary>
    public const int After = 1;

    /// <summary>Only the first four j count: the others are there because a register has eight lanes.</summary>
    public const int FirstFour = 10;

    /// <summary>Tables altogether.</summary>
    public const int Count = 11;

    public const int Elements = 64;

    /// <summary>Beyond any cutoff.</summary>
    private const double Far = 1e30;

    /// <summary>
    /// A cluster against its own image, of which the first <paramref name="occupied"/> (1 … 8) slots hold particles: a vacant slot would otherwise
    /// meet its image at the distance of a lattice vector.
    /// </summary>
    public static int OwnImage(int occupied) => 1 + occupied;

    public static double Value(int table, int i, int j) => table switch
    {
        All => 0,
        After => j > i ? 0 : Far,
        FirstFour => j < 4 ? 0 : Far,
        _ => Math.Max(i, j) < table - 1 ? 0 : Far,
    };
}
