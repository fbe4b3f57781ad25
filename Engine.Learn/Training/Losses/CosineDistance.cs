using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>"cosine": 1 − cos(a, b), from 0 for the same direction to 2 for opposite ones.</summary>
public sealed record CosineDistance : DistanceMetric
{
    /// <summary>Below this a vector has no direction.</summary>
    private const double ShortestVector = 1e-12;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor first, Tensor second) => -Cosine(first, second) + 1;

    /// <summary>Cosines of the angles between vectors [N]; 0 where one of them is zero.</summary>
    internal static Tensor Cosine(Tensor first, Tensor second) => (Unit(first) * Unit(second)).sum(1);

    internal static Tensor Unit(Tensor vectors) => vectors / vectors.norm(2, 1).clamp_min(ShortestVector).unsqueeze(1);
}
