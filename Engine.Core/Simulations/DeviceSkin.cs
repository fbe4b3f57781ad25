namespace Engine.Core.Simulations;

/// <summary>
/// Chooses how far beyond the cutoff a device lists pairs: thick skins evaluate pairs in vain, thin ones sort and search often. From counted steps and a fixed cost
/// model, never from a clock, so that a run repeats bit for bit.
/// </summary>
internal sealed class DeviceSkin(double cutoff)
{
    /// <summary>Cost of building the list, per listed pair, over that of evaluating one: the search tests about four pairs for each it lists.</summary>
    private const double BuildCost = 6;

    private const double Thinnest = 0.04;
    private const double Thickest = 0.5;

    /// <summary>[length]</summary>
    public double Skin { get; set; } = 0.15 * cutoff;

    /// <summary>Whether it stays as it is, for measurements.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Steps that the present list has served.</summary>
    public long Age { get; set; }

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
        if (Age == 0 || cutoff == 0 || IsFixed)
        {
            return;
        }
        var lifePerSkin = Age * cutoff / Skin;
        var (best, lowest) = (Skin, double.MaxValue);
        for (var s = Thinnest; s <= Thickest; s += 0.01)
        {
            var cost = Math.Pow(1 + s, 3) * (1 + BuildCost / Math.Max(1, lifePerSkin * s));
            if (cost < lowest)
            {
                (best, lowest) = (s * cutoff, cost);
            }
        }
        // Half way: one list whose fastest particle was an exception must not decide.
        Skin = 0.5 * (Skin + best);
        Age = 0;
    }
}
