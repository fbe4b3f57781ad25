using System.Numerics;

namespace Engine.Learn.Ntk;

/// <summary>
/// The rows that the factors of a layer are prepared as, sample by sample: its positions; of vectors, one for each sample, the sum of all its positions; of a table, one for each row that
/// the sample reads, ascending, the sum of the positions that read it.
/// </summary>
internal sealed class PreparedRows
{
    private PreparedRows(int[] offsets, int[] tokens, (int[] Starts, int[] Order)? sums) => (Offsets, Tokens, Sums) = (offsets, tokens, sums);

    /// <summary>Where the rows of each sample start, and the end: [samples + 1].</summary>
    public int[] Offsets { get; }

    /// <summary>The row of the table that each stands for; empty for other rules.</summary>
    public int[] Tokens { get; }

    /// <summary>Positions, counted from the first of the first sample, of each row: Order[k] from k = Starts[row] to Starts[row + 1]. Null where rows are positions.</summary>
    public (int[] Starts, int[] Order)? Sums { get; }

    /// <param name="factors">Of these samples, or of more.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    public static PreparedRows Of<T>(LayerFactors<T> factors, int first, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var start = factors.Offsets[first];
        int[] positions = [.. Enumerable.Range(first, count + 1).Select(i => factors.Offsets[i] - start)];
        switch (factors.Rule)
        {
            case LayerRule.Product:
                return new(positions, [], null);
            case LayerRule.Vector:
                return new([.. Enumerable.Range(0, count + 1)], [], (positions, [.. Enumerable.Range(0, positions[count])]));
            default:
                var (offsets, tokens, starts, order) = (new int[count + 1], new List<int>(), new List<int> { 0 }, new List<int>());
                for (var i = 0; i < count; i++)
                {
                    foreach (var readers in Enumerable.Range(positions[i], positions[i + 1] - positions[i]).GroupBy(p => factors.Tokens[start + p]).OrderBy(readers => readers.Key))
                    {
                        tokens.Add(readers.Key);
                        order.AddRange(readers);
                        starts.Add(order.Count);
                    }
                    offsets[i + 1] = tokens.Count;
                }
                return new(offsets, [.. tokens], ([.. starts], [.. order]));
        }
    }
}
