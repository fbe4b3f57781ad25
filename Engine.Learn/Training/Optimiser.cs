using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training;

/// <summary>Moves the parameters of a network, and remembers what it needs for that.</summary>
internal abstract class Optimiser(Network network) : IDisposable
{
    private readonly List<Parameter> state = [];

    /// <summary>Steps so far.</summary>
    public long Steps { get; private set; }

    /// <summary>η, as it is now.</summary>
    public double LearningRate { get; private protected set; }

    /// <summary>Tensors to be kept in a checkpoint.</summary>
    public IReadOnlyList<Parameter> State => state;

    private protected Network Network => network;

    /// <summary>Takes up where a checkpoint was; tensors of <see cref="State"/> are restored by the caller.</summary>
    public void Restore(long steps, double learningRate) => (Steps, LearningRate) = (steps, learningRate);

    /// <summary>To be called before an epoch.</summary>
    /// <param name="epoch">Epochs before it.</param>
    /// <param name="trace">The trace of the tangent kernel, should it be needed.</param>
    public virtual void Begin(long epoch, Func<double> trace)
    {
    }

    /// <summary>Gradients, shortened together to the longest length that is allowed.</summary>
    /// <exception cref="RunFailedException">They are not finite.</exception>
    public static Tensor?[] Clip(Tensor?[] gradients, double? limit, string where)
    {
        var norm = Math.Sqrt(gradients.Sum(g => g is null ? 0 : g.pow(2).sum().item()));
        if (!double.IsFinite(norm))
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"the gradient is {norm} {where}; lower the learning rate, or look for an activation or loss without a finite slope"));
        }
        return norm > limit ? [.. gradients.Select(g => g is null ? null : g * (limit.Value / norm))] : gradients;
    }

    /// <summary>One step. Parameters without a gradient stay.</summary>
    public void Step(IReadOnlyList<Tensor?> gradients)
    {
        using var none = Autograd.no_grad();
        Steps++;
        for (var k = 0; k < gradients.Count; k++)
        {
            if (gradients[k] is { } gradient)
            {
                Update(k, network.Parameters[k].Value, gradient);
            }
        }
    }

    /// <summary>Forgets everything, for a network that starts anew.</summary>
    public void Reset()
    {
        Steps = 0;
        foreach (var parameter in state)
        {
            parameter.Value.zero_().Dispose();
        }
    }

    public void Dispose() => state.ForEach(s => s.Dispose());

    private protected abstract void Update(int index, Tensor value, Tensor gradient);

    /// <summary>A tensor like each parameter, of zeros.</summary>
    private protected Parameter[] Zeros(string name)
    {
        Parameter[] made = [.. network.Parameters.Select(p => new Parameter($"{p.Name}.{name}", torch.zeros(p.Value.shape, p.Value.dtype, p.Value.device)))];
        state.AddRange(made);
        return made;
    }
}
