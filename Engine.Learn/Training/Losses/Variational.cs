using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>
/// "variational": of a variational auto-encoder, Σ over components of the reconstruction error plus β/2 Σ (μ² + σ² − 1 − ln σ²). D. P. Kingma and M. Welling, arXiv:1312.6114, eq. 10.
/// </summary>
public sealed record Variational : Loss
{
    /// <summary>β: weight of the distance from the normal distribution.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Whether components are probabilities of ones, given as logits (cross entropy), instead of numbers (half the squared error).</summary>
    public bool Binary { get; init; }

    internal override void CheckTargets(Tensor targets)
    {
        if (!Binary || targets.dtype == ScalarType.Int64)
        {
            return;
        }
        using var scope = new TensorScope();
        var numbers = targets.to_double();
        if (numbers.Min() < 0 || numbers.Max() > 1)
        {
            throw new InputException(FormattableString.Invariant(
                $"loss variational: binary is true, but the targets are from {numbers.Min():G4} to {numbers.Max():G4}; expected probabilities from 0 to 1; let normalisation of the data be \"none\", or binary be false"));
        }
    }

    internal override Activation OutputFunction => Binary ? Activation.Sigmoid : Activation.None;

    /// <inheritdoc/>
    public override Tensor PerSample(NetworkOutputs outputs, Tensor targets)
    {
        if (!outputs.Names.Contains("logVariance"))
        {
            throw new InputException("variational: the network has no outputs \"mean\" and \"logVariance\"; expected a variationalAutoEncoder");
        }
        var count = outputs.Main.shape[0];
        var (x, y) = (outputs.Main.reshape(count, -1), Like(targets, outputs.Main).reshape(count, -1));
        var (mean, logarithm) = (outputs["mean"], outputs["logVariance"]);
        var reconstruction = Binary ? (x.softplus() - x * y).sum(1) : (x - y).pow(2).sum(1) * 0.5;
        return reconstruction + (mean.pow(2) + logarithm.exp() - 1 - logarithm).sum(1) * (0.5 * Weight);
    }
}
