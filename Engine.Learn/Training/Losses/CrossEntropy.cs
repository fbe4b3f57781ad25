using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>
/// "crossEntropy": −Σ_k t_k ln softmax(z)_k of the numbers z that the network gives, which should be no probabilities yet; t are classes or probabilities. Of sequences the mean over
/// positions.
/// </summary>
public sealed record CrossEntropy : Loss
{
    internal override Activation OutputFunction => Activation.Softmax;

    internal override void CheckTargets(Tensor targets)
    {
        if (!AreClasses(targets))
        {
            throw new InputException(
                "loss crossEntropy: the targets are numbers that are no probabilities; expected classes (data.classTarget of a table), or two numbers or more of each sample that are not negative and add up to 1; for other numbers take meanPower");
        }
    }

    /// <inheritdoc/>
    public override Tensor PerSample(NetworkOutputs outputs, Tensor targets)
    {
        var logits = outputs.Main;
        var count = logits.shape[0];
        var logarithms = logits.log_softmax(-1);
        if (targets.dtype == ScalarType.Int64 && targets.shape.AsSpan().SequenceEqual(logits.shape.AsSpan(0, logits.shape.Length - 1)))
        {
            RequireClasses(targets, logits.shape[^1]);
            return -logarithms.gather(-1, targets.unsqueeze(-1)).reshape(count, -1).mean(1);
        }
        return -(logarithms * Like(targets, logits)).sum(-1).reshape(count, -1).mean(1);
    }
}
