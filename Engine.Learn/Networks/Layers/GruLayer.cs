using Engine.Learn.Torch;

namespace Engine.Learn.Networks.Layers;

/// <summary>
/// "gru": gated recurrent unit over sequences [N, T, width] from a state of zeros: r = σ(W_r x + U_r h), z = σ(W_z x + U_z h), n = tanh(W_n x + r ∘ U_n h), h ← (1 − z) ∘ n + z ∘ h,
/// each product with a bias. K. Cho et al., EMNLP (2014), arXiv:1406.1078, as PyTorch has it.
/// </summary>
public sealed record GruLayer : Layer
{
    /// <summary>Numbers of the state.</summary>
    public required int Units { get; init; }

    /// <summary>Whether it gives the state after every position [N, T, units] instead of the last [N, units].</summary>
    public bool ReturnSequence { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        builder.RequireSequences(shape);
        builder.RequirePositive(("units", Units));
        var fromInput = builder.Dense("input", shape, shape.Width, 3 * Units);
        var fromState = builder.Dense("state", shape, Units, 3 * Units);
        long[] gates = [Units, Units, Units];
        return new(ReturnSequence ? shape.WithWidth(Units) : shape.With(Units), (context, x) =>
        {
            var inputs = fromInput.Forward(context, x);
            var state = torch.zeros([x.shape[0], Units], x.dtype, x.device);
            var states = new List<Tensor>();
            for (var t = 0; t < shape.Sizes[0]; t++)
            {
                var a = inputs.select(1, t).split(gates, 1);
                var b = fromState.Forward(context, state).split(gates, 1);
                var (reset, update) = ((a[0] + b[0]).sigmoid(), (a[1] + b[1]).sigmoid());
                var candidate = (a[2] + reset * b[2]).tanh();
                state = candidate + update * (state - candidate);
                states.Add(state);
            }
            return ReturnSequence ? torch.stack(states, 1) : state;
        });
    }
}
