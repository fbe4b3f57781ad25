using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training;

/// <summary>Adam, and with a decoupled decay AdamW.</summary>
internal sealed class AdamOptimiser : Optimiser
{
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;
    private readonly double weightDecay;
    private readonly bool decoupled;
    private readonly Parameter[] means;
    private readonly Parameter[] squares;

    public AdamOptimiser(Network network, double learningRate, double beta1, double beta2, double epsilon, double weightDecay, bool decoupled)
        : base(network)
    {
        (LearningRate, this.beta1, this.beta2, this.epsilon, this.weightDecay, this.decoupled) = (learningRate, beta1, beta2, epsilon, weightDecay, decoupled);
        (means, squares) = (Zeros("mean"), Zeros("square"));
    }

    private protected override void Update(int index, Tensor value, Tensor gradient)
    {
        if (weightDecay > 0 && decoupled)
        {
            value.mul_(1 - LearningRate * weightDecay);
        }
        else if (weightDecay > 0)
        {
            gradient = gradient.add(value, weightDecay);
        }
        var mean = means[index].Value.mul_(beta1).add_(gradient, 1 - beta1);
        var square = squares[index].Value.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        var scale = (square.sqrt() / Math.Sqrt(1 - Math.Pow(beta2, Steps))).add(epsilon);
        value.addcdiv_(mean, scale, -LearningRate / (1 - Math.Pow(beta1, Steps)));
    }
}
