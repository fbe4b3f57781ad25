using Engine.Learn.Torch;

namespace Engine.Learn.Networks.Layers;

/// <summary>"layerNorm": (x − mean)/√(variance + ε) over the last axis, times w, plus b. J. L. Ba et al., arXiv:1607.06450.</summary>
public sealed record LayerNormLayer : Layer
{
    /// <summary>ε.</summary>
    public double Epsilon { get; init; } = 1e-5;

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        var norm = Norm(builder, shape, Epsilon);
        return new(shape, norm);
    }

    internal static Func<ForwardContext, Tensor, Tensor> Norm(NetworkBuilder builder, Shape shape, double epsilon = 1e-5)
    {
        builder.RequireNumbers(shape);
        if (!(epsilon > 0))
        {
            throw builder.Error(FormattableString.Invariant($"epsilon is {epsilon}, expected a positive number"));
        }
        var affine = builder.Affine(shape.Domain, shape.Width);
        return (context, x) => affine.Forward(context, x.layer_norm(epsilon));
    }
}
