using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>
/// "isolatedPotential": outputs as particles x_i with an attraction to their targets y_i, a repulsion from the other samples of the batch and a well that holds them:
/// a mean|x_i − y_i|² + r/(N − 1) Σ_{j≠i} e^(−mean|x_i − x_j|²/T) + w mean x_i⁴ (means over components).
/// </summary>
public sealed record IsolatedPotential : Loss
{
    /// <summary>a.</summary>
    public double Attraction { get; init; } = 1;

    /// <summary>r.</summary>
    public double Repulsion { get; init; } = 1;

    /// <summary>T.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>w.</summary>
    public double Well { get; init; } = 0.01;

    /// <inheritdoc/>
    public override Tensor PerSample(NetworkOutputs outputs, Tensor targets)
    {
        var count = outputs.Main.shape[0];
        var (x, y) = (outputs.Main.reshape(count, -1), Like(targets, outputs.Main).reshape(count, -1));
        var squares = (x.unsqueeze(1) - x.unsqueeze(0)).pow(2).mean(2);
        // Each repels itself by e⁰, which is taken off.
        var repulsion = ((squares * (-1 / Temperature)).exp().sum(1) - 1) * (Repulsion / Math.Max(1, count - 1));
        return (x - y).pow(2).mean(1) * Attraction + repulsion + x.pow(4).mean(1) * Well;
    }

    /// <inheritdoc/>
    public override void Check() => Positive("isolatedPotential", "temperature", Temperature);
}
