using System.Text.Json.Serialization;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>How far two sets of points are from each other, point by point; all can be differentiated.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(MeanPower), "meanPower")]
[JsonDerivedType(typeof(LpNorm), "lpNorm")]
[JsonDerivedType(typeof(CosineDistance), "cosine")]
[JsonDerivedType(typeof(AngularDistance), "angular")]
[JsonDerivedType(typeof(HyperSphere), "hyperSphere")]
[JsonDerivedType(typeof(MahalanobisDistance), "mahalanobis")]
[JsonDerivedType(typeof(WassersteinDistance), "wasserstein")]
[JsonDerivedType(typeof(ExponentialRepulsion), "exponentialRepulsion")]
public abstract record DistanceMetric : Loss
{
    /// <summary>Distances [N].</summary>
    /// <param name="first">[N, D].</param>
    /// <param name="second">[N, D].</param>
    public abstract Tensor Compute(Tensor first, Tensor second);

    /// <inheritdoc/>
    public override Tensor PerSample(NetworkOutputs outputs, Tensor targets)
    {
        var count = outputs.Main.shape[0];
        return Compute(outputs.Main.reshape(count, -1), Like(targets, outputs.Main).reshape(count, -1));
    }
}
