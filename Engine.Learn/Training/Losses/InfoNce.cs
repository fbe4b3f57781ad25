using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>
/// "infoNce": −ln of e^(cos(x_i, y_i)/T) over Σ_j e^(cos(x_i, y_j)/T): each output x_i should be nearer to its own target y_i than to those of the other samples of the batch.
/// A. van den Oord et al., arXiv:1807.03748.
/// </summary>
public sealed record InfoNce : Loss
{
    /// <summary>T.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <inheritdoc/>
    public override Tensor PerSample(NetworkOutputs outputs, Tensor targets)
    {
        var count = outputs.Main.shape[0];
        var (x, y) = (CosineDistance.Unit(outputs.Main.reshape(count, -1)), CosineDistance.Unit(Like(targets, outputs.Main).reshape(count, -1)));
        var own = torch.arange(0, count, device: x.device).unsqueeze(1);
        return -(x.matmul(y.t()) / Temperature).log_softmax(1).gather(1, own).squeeze(1);
    }

    /// <inheritdoc/>
    public override void Check() => Positive("infoNce", "temperature", Temperature);
}
