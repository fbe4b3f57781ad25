namespace Engine.Core.Forces;

/// <summary>
/// Chooses how far beyond the cutoff pairs are listed (<see cref="Skin"/>), and how far beyond it the list is pruned (<see cref="InnerSkin"/>). Thick
/// skins evaluate pairs in vain at every step, thin ones sort or prune often; the balance depends on how fast particles move. The choice follows from counted
/// steps and a fixed cost model, never from a clock, so that a run repeats bit for bit.
/// </summary>
internal sealed class SkinTuner(double cutoff)
{
    /// <summary>Cost of one listed pair of clusters when pruned over that of one evaluated pair, measured (KERNELS.md).</summary>
    private const double PruneCost = 0.5;

    /// <summary>Cost of sorting and searching, per listed pair, in the same unit.</summary>
    private const double BuildCost = 2.5;

    /// <summary>Width of a cluster over the cutoff: the number of pairs within r grows as (r + width)³.</summary>
    private const double ClusterWidth = 0.6;

    private const double Thinnest = 0.02;

    private const double Thickest = 0.5;

    /// <summary>Skin of the present or next list [length].</summary>
    public double Skin { get; set; } = 0.2 * cutoff;

    /// <summary>Skin that pruning leaves [length].</summary>
    public double InnerSkin { get; set; } = 0.04 * cutoff;

    /// <summary>Force evaluations that the present list has served.</summary>
    public long Age { get; set; }

    /// <summary>Takes note that the list has served its time, and sets the skins of the next.</summary>
    public void Rebuilt()
    {
        if (Age == 0)
        {
            return;
        }
        // Particles move ballistically over the life of a list, so it lasts in proportion to what its skin leaves them.
        var lifePerSkin = Age * cutoff / (Skin - InnerSkin);
        var (best, bestInner, lowest) = (Skin, InnerSkin, double.MaxValue);
        for (var outer = 2 * Thinnest; outer <= Thickest; outer += 0.01)
        {
            var listed = Pairs(outer);
            for (var inner = Thinnest; inner < outer; inner += 0.01)
            {
                var cost = Pairs(inner) + PruneCost * listed / Math.Max(1, lifePerSkin * inner) + BuildCost * listed / Math.Max(1, lifePerSkin * (outer - inner));
                if (cost < lowest)
                {
                    (best, bestInner, lowest) = (outer * cutoff, inner * cutoff, cost);
                }
            }
        }
        // Half way: one list whose fastest particle was an exception must not decide.
        Skin = 0.5 * (Skin + best);
        InnerSkin = 0.5 * (InnerSkin + bestInner);
        Age = 0;
    }

    /// <summary>Pairs within the cutoff and a skin, up to a factor.</summary>
    private static double Pairs(double skin)
    {
        var reach = 1 + skin + ClusterWidth;
        return reach * reach * reach;
    }
}
