namespace Engine.Core.Simulations;

/// <summary>
/// Chooses how far beyond the cutoff a device lists pairs: thick skins evaluate pairs in vain, thin ones sort and search often. From counted steps and a fixed cost
/// model, never from a clock, so that a run repeats bit for bit.
/// </summary>
/// <param name="cutoff">[length]</param>
/// <param name="overhead">What a rebuild costs beside sorting and searching, over evaluating all listed pairs at no skin.</param>
internal sealed class DeviceSkin(double cutoff, double overhead)
{
    /// <summary>Cost of building the list, per listed pair, over that of evaluating one: the search tests about four pairs for each it lists.</summary>
    private const double BuildCost = 6;

    /// <summary>Over the cutoff.</summary>
    public const double Thinnest = 0.04;

    private const double Thickest = 0.5;

    private long lastLife = long.MaxValue;

    /// <summary>[length]</summary>
    public double Skin { get; set; } = 0.15 * cutoff;

    /// <summary>Whether it stays as it is, for measurements.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Steps that the present list has served.</summary>
    public long Age { get; set; }

    /// <summary>Steps that the present list may be expected to serve still.</summary>
    public long ExpectedLife => Math.Max(1, lastLife - Age);

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

    /// <summary>Takes note that the list has served its time, and sets the skin of the next.</summary>
    public void Rebuilt()
    {
        if (Age == 0)
        {
            return;
        }
        if (cutoff > 0 && !IsFixed)
        {
            Tune();
        }
        (lastLife, Age) = (Age, 0);
    }

    private void Tune()
    {
        var lifePerSkin = Age * cutoff / Skin;
        var (best, lowest) = (Skin, double.MaxValue);
        for (var s = Thinnest; s <= Thickest; s += 0.01)
        {
            var life = Math.Max(1, lifePerSkin * s);
            var cost = Math.Pow(1 + s, 3) * (1 + BuildCost / life) + overhead / life;
            if (cost < lowest)
            {
                (best, lowest) = (s * cutoff, cost);
            }
        }
        // Half way: one list whose fastest particle was an exception must not decide.
        Skin = 0.5 * (Skin + best);
    }
}
