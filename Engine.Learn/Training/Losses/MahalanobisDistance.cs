using Engine.Kernels.Errors;
using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>"mahalanobis": √((a − b)ᵀ Σ⁻¹ (a − b)) with the covariance Σ of the points a.</summary>
public sealed record MahalanobisDistance : DistanceMetric
{
    /// <summary>Added to the diagonal of Σ, times its mean diagonal: fewer points than dimensions have no inverse covariance.</summary>
    public double Ridge { get; init; } = 1e-6;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor first, Tensor second)
    {
        var (count, width) = (first.shape[0], first.shape[1]);
        if (count < 2)
        {
            throw new InputException("mahalanobis: one point has no covariance; expected two or more in a batch");
        }
        var centred = first - first.mean(0);
        var covariance = centred.t().matmul(centred) / (count - 1);
        var identity = torch.eye(width, first.dtype, first.device);
        // Points that are all the same have a covariance of zero.
        var ridge = (covariance * identity).sum() * (Ridge / width) + 1e-30;
        var difference = first - second;
        var squares = (difference * (covariance + identity * ridge).solve(difference.t()).t()).sum(1);
        return squares.clamp_min(first.dtype == ScalarType.Float32 ? 1e-30 : 1e-280).sqrt();
    }

    /// <inheritdoc/>
    public override void Check() => Positive("mahalanobis", "ridge", Ridge);
}
