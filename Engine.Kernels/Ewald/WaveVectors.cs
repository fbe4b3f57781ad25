using Engine.Kernels.Geometry;

namespace Engine.Kernels.Ewald;

/// <summary>
/// The half space of reciprocal vectors K = 2π h⁻ᵀ n with |K| ≤ cutoff, n ≠ 0, laid out for <see cref="ReciprocalSum"/>: rows of equal
/// (n_y, n_z), in each row n_x = 0, 1, …, and for each n_x the weights of +n_x and −n_x. One of n and −n is kept (rows with n_z > 0, or n_z = 0
/// and n_y > 0; of the row (0, 0) only n_x > 0). A pure function of box, splitting and cutoff: resuming a run finds the same vectors.
/// </summary>
internal sealed class WaveVectors
{
    /// <summary>Groups of rows with about equal numbers of vectors: a second axis of parallelism beside the particles.</summary>
    public const int Groups = 4;

    private WaveVectors(Box box)
    {
        Volume = box.Volume;
        Axes = ReciprocalAxes.Of(box);
    }

    public double Volume { get; }

    public ReciprocalAxes Axes { get; }

    public int MaximumX { get; private set; }

    public int MaximumY { get; private set; }

    public int MaximumZ { get; private set; }

    /// <summary>n_y of each row, may be negative.</summary>
    public int[] RowY { get; private set; } = [];

    /// <summary>n_z ≥ 0 of each row.</summary>
    public int[] RowZ { get; private set; } = [];

    /// <summary>Index of n_x = 0 of each row in the weights; one more entry at the end, the total.</summary>
    public int[] RowStart { get; private set; } = [];

    /// <summary>First row of each group; one more entry at the end.</summary>
    public int[] GroupStart { get; private set; } = [];

    /// <summary>exp(−K²/4g²)/K² of +n_x; 0 for a vector that does not count.</summary>
    public double[] WeightPlus { get; private set; } = [];

    /// <summary>The same of −n_x.</summary>
    public double[] WeightMinus { get; private set; } = [];

    /// <summary>Pairs (+n_x, −n_x) in all rows.</summary>
    public int PairCount => WeightPlus.Length;

    /// <exception cref="Errors.InputException">There are too many.</exception>
    public static WaveVectors For(Box box, double splitting, double cutoff)
    {
        _ = ReciprocalSum.CountOf(box, cutoff);
        var result = new WaveVectors(box);
        // |n_a| = |K·a|/2π ≤ |K||a|/2π.
        int Reach(Vector3d edge) => (int)Math.Floor(cutoff * edge.Length / (2 * Math.PI) * (1 + 1e-12));
        int maximumX = Reach(box.A), maximumY = Reach(box.B), maximumZ = Reach(box.C);
        List<int> rowY = [], rowZ = [], rowStart = [];
        List<double> plus = [], minus = [];
        for (var nz = 0; nz <= maximumZ; nz++)
        {
            for (var ny = nz == 0 ? 0 : -maximumY; ny <= maximumY; ny++)
            {
                var origin = nz == 0 && ny == 0;
                var start = plus.Count;
                for (var nx = 0; nx <= maximumX; nx++)
                {
                    plus.Add(origin && nx == 0 ? 0 : result.Weight(nx, ny, nz, splitting, cutoff));
                    minus.Add(origin || nx == 0 ? 0 : result.Weight(-nx, ny, nz, splitting, cutoff));
                }
                while (plus.Count > start && plus[^1] == 0 && minus[^1] == 0)
                {
                    plus.RemoveAt(plus.Count - 1);
                    minus.RemoveAt(minus.Count - 1);
                }
                if (plus.Count > start)
                {
                    rowY.Add(ny);
                    rowZ.Add(nz);
                    rowStart.Add(start);
                    result.MaximumX = Math.Max(result.MaximumX, plus.Count - start - 1);
                    result.MaximumY = Math.Max(result.MaximumY, Math.Abs(ny));
                    result.MaximumZ = Math.Max(result.MaximumZ, nz);
                }
            }
        }
        rowStart.Add(plus.Count);
        result.RowY = [.. rowY];
        result.RowZ = [.. rowZ];
        result.RowStart = [.. rowStart];
        result.WeightPlus = [.. plus];
        result.WeightMinus = [.. minus];
        result.GroupStart = new int[Groups + 1];
        result.GroupStart[Groups] = rowY.Count;
        for (var group = 1; group < Groups; group++)
        {
            var row = result.GroupStart[group - 1];
            while (row < rowY.Count && rowStart[row] < (long)plus.Count * group / Groups)
            {
                row++;
            }
            result.GroupStart[group] = row;
        }
        return result;
    }

    /// <summary>
    /// The vectors that count in runs of so many with one n_y and n_z and n_x from X on, with their weights exp(−K²/4g²)/K²: 0 for what fills up the last run of a row.
    /// </summary>
    public IEnumerable<(int X, int Y, int Z, double[] Weights)> Runs(int length)
    {
        for (var row = 0; row < RowY.Length; row++)
        {
            var (start, most) = (RowStart[row], RowStart[row + 1] - RowStart[row] - 1);
            var weights = new double[2 * most + 1];
            for (var nx = 0; nx <= most; nx++)
            {
                weights[most - nx] = WeightMinus[start + nx];
                weights[most + nx] = WeightPlus[start + nx];
            }
            var first = Array.FindIndex(weights, w => w != 0);
            var end = Array.FindLastIndex(weights, w => w != 0) + 1;
            for (var k = first; k < end; k += length)
            {
                var run = new double[length];
                weights.AsSpan(k, Math.Min(length, end - k)).CopyTo(run);
                yield return (k - most, RowY[row], RowZ[row], run);
            }
        }
    }

    public Vector3d Vector(int nx, int ny, int nz) => 2 * Math.PI * (nx * Axes.X + ny * Axes.Y + nz * Axes.Z);

    private double Weight(int nx, int ny, int nz, double splitting, double cutoff)
    {
        var squared = Vector(nx, ny, nz).LengthSquared;
        return squared <= cutoff * cutoff ? Math.Exp(-squared / (4 * splitting * splitting)) / squared : 0;
    }
}
