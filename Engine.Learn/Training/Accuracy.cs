using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training;

/// <summary>How often a network names the right class.</summary>
public static class Accuracy
{
    /// <summary>The share of samples (of sequences: of positions) whose largest output is that of their class; targets are classes, or vectors whose largest number is.</summary>
    public static double Of(Network network, SampleSet samples)
    {
        using var none = Autograd.no_grad();
        var (right, all) = (0L, 0L);
        foreach (var chosen in Evaluation.Batches(samples.Count))
        {
            using var scope = new TensorScope();
            var targets = samples.TargetsOf(chosen);
            var found = network.Forward(samples.Take(chosen)).Main.argmax(-1);
            var classes = targets.dtype == ScalarType.Int64 ? targets.reshape(found.shape) : targets.argmax(-1);
            right += found.eq(classes).to(ScalarType.Int64).sum().to_long()[0];
            all += found.numel();
        }
        return right / (double)all;
    }
}
