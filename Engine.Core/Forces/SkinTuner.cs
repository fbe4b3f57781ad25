namespace Engine.Core.Forces;

/// <summary>
/// Chooses how far beyond the cutoff pairs are listed. A thick skin lists pairs in vain at every step, a thin one rebuilds often; the balance depends on
/// how fast particles move. The choice follows from counted steps and a fixed cost model, never from a clock, so that a run repeats bit for bit.
/// </summary>
internal sealed class SkinTuner(double cutoff)
{
    /// <summary>Cost of sorting and building a list over that of one force evaluation with it, measured (see KERNELS.md, neighbour list).</summary>
    private const double BuildCost = 4;

    /// <summary>Width of a cluster over the cutoff: pairs of clusters are listed, so the list grows as (cutoff + skin + width)³.</summary>
    private const double ClusterWidth = 0.5;

    /// <summary>Bounds of the skin as parts of the cutoff.</summary>
    private const double Thinnest = 0.02;

    private const double Thickest = 0.6;

    /// <summary>Skin of the present or next list [length].</summary>
    public double Skin { get; set; } = 0.12 * cutoff;

    /// <summary>Force evaluations that the present list has served.</summary>
    public long Age { get; set; }

    /// <summary>Takes note that the list has served its time, and sets the skin of the next.</summary>
    public void Rebuilt()
    {
        if (Age == 0)
        {
            return;
        }
        // Particles move ballistically over the life of a list, so it lasts in proportion to its skin.
        var lifePerSkin = Age / Skin;
        var (best, lowest) = (Skin, double.MaxValue);
        for (var part = Thinnest; part <= Thickest; part += 0.01)
        {
            var skin = part * cutoff;
            var life = Math.Max(1, lifePerSkin * skin);
            var cost = Math.Pow(1 + part + ClusterWidth, 3) * (1 + BuildCost / life);
            if (cost < lowest)
            {
                (best, lowest) = (skin, cost);
            }
        }
        // Half way: one list whose fastest particle was an exception must not decide.
        Skin = 0.5 * (Skin + best);
        Age = 0;
    }
}
