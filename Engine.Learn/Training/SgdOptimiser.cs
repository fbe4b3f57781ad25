using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training;

/// <summary>Gradient descent with momentum.</summary>
internal class SgdOptimiser : Optimiser
{
    private readonly double momentum;
    private readonly double weightDecay;
    private readonly Parameter[] velocities;

    public SgdOptimiser(Network network, double learningRate, double momentum, double weightDecay)
        : base(network)
    {
        (LearningRate, this.momentum, this.weightDecay) = (learningRate, momentum, weightDecay);
        velocities = momentum > 0 ? Zeros("velocity") : [];
    }

    private protected override void Update(int index, Tensor value, Tensor gradient)
    {
        if (weightDecay > 0)
        {
            gradient = gradient.add(value, weightDecay);
        }
        if (momentum > 0)
        {
            gradient = velocities[index].Value.mul_(momentum).add_(gradient);
        }
        value.add_(gradient, -LearningRate);
    }
}
