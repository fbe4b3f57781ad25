using Engine.Learn.Torch;

namespace Engine.Learn.Networks.Layers;

/// <summary>"dropout": while training, numbers are zeroed at random and the others widened to keep the mean; else nothing. N. Srivastava et al., JMLR 15, 1929 (2014).</summary>
public sealed record DropoutLayer : Layer
{
    /// <summary>Probability [0, 1).</summary>
    public required double Rate { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        builder.RequireNumbers(shape);
        Check(builder, Rate);
        return new(shape, (context, x) => Apply(context, x, Rate));
    }

    internal static void Check(NetworkBuilder builder, double rate)
    {
        if (!(rate >= 0 && rate < 1))
        {
            throw builder.Error(FormattableString.Invariant($"the rate of dropout is {rate}, expected 0 or more and less than 1"));
        }
    }

    internal static Tensor Apply(ForwardContext context, Tensor x, double rate) => context.IsTraining && rate > 0 ? x * context.DropoutMask(x, rate) : x;
}
