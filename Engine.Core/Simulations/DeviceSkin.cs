namespace Engine.Core.Simulations;

/// <summary>
/// Chooses how far beyond the cutoff a device lists pairs: thick skins evaluate pairs in vain, thin ones sort and search often. From counted steps and a fixed cost
/// model, never from a clock, so that a run repeats bit for bit.
/// </summary>
/// <param name="cutoff">[length]</param>
/// <param name="overhead">What a rebuild costs beside sorting and searching, over evaluating all listed pairs at no skin.</param>
internal sealed class DeviceSkin(double cutoff, double overhead)
{
    /// <summary>Cost of building the list, per listed pair, over that of evaluating one.</summary>
    private const double BuildCost = 6;

    /// <summary>Over the cutoff.</summary>
    public const double Thinnest = 0.04;

    /// <summary>Relative change of the skin that is worth recording graphs again for.</summary>
    private const double Tolerance = 0.05;

    private const double Thickest = 0.5;

    /// <summary>[length]</summary>
    public double Skin { get; set; } = 0.15 * cutoff;

    /// <summary>Whether it stays as it is, for measurements.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Steps done since the skin was last chosen.</summary>
    public long Age { get; set; }

    /// <summary>Lists built so far.</summary>
    public long Lists { get; set; }

    /// <summary>Lists that may be built until the skin is chosen again.</summary>
    public int ListsLeft
    {
        get
        {
            var left = 0;
            while (!IsEnough(Lists + left))
            {
                left++;
            }
            return left;
        }
    }

    /// <summary>Makes the skin fit a cell: the list of a device reaches half of the smallest width at most.</summary>
    /// <param name="smallestWidth">[length]</param>
    public void Fit(double smallestWidth)
    {
        var room = 0.5 * (1 - 1e-6) * smallestWidth - cutoff;
        if (room > Thinnest * cutoff)
        {
            Skin = Math.Min(Skin, room);
        }
    }

    /// <summary>Takes note that a list is to be built, and sets its skin when enough of the former ones tell how long they lasted.</summary>
    public void NextList()
    {
        if (IsEnough(Lists) && Age > 0)
        {
            if (cutoff > 0 && !IsFixed)
            {
                var first = Lists - 1;
                while (first > 0 && !IsEnough(first))
                {
                    first--;
                }
                Tune((double)Age / (Lists - first));
            }
            Age = 0;
        }
        Lists++;
    }

    /// <summary>Whether that many lists are enough to choose the skin again: after 4, 8, 16, and every 32.</summary>
    private static bool IsEnough(long lists) => lists is 4 or 8 or 16 || (lists > 0 && lists % 32 == 0);

    private void Tune(double life)
    {
        var lifePerSkin = life * cutoff / Skin;
        var (best, lowest) = (Skin, double.MaxValue);
        for (var s = Thinnest; s <= Thickest; s += 0.01)
        {
            var expected = Math.Max(1, lifePerSkin * s);
            var cost = Math.Pow(1 + s, 3) * (1 + BuildCost / expected) + overhead / expected;
            if (cost < lowest)
            {
                (best, lowest) = (s * cutoff, cost);
            }
        }
        // What is a little better is not worth another set of graphs.
        if (Math.Abs(best - Skin) > Tolerance * Skin)
        {
            Skin = best;
        }
    }
}
