using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>∂f_c(x_i)/∂θ_p by one backward pass for each output of each sample: slow, needs N·C·P numbers, and right without any rule. What faster routes are compared with.</summary>
public static class NetworkJacobian
{
    /// <summary>The derivatives [N, C, P] in row-major order, parameters in the order of <see cref="Network.Parameters"/>.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batch">N samples.</param>
    /// <param name="output">Which output; all its numbers but the axis of samples are the C.</param>
    public static double[] Compute(Network network, Batch batch, string output = Network.MainOutput)
    {
        using var scope = new TensorScope();
        var flat = network.Forward(batch)[output].reshape(batch.Count, -1).reshape(-1);
        Tensor[] parameters = [.. network.Parameters.Select(p => p.Value)];
        var count = (int)flat.shape[0];
        var jacobian = new double[checked(count * network.ParameterCount)];
        var next = 0L;
        for (var row = 0; row < count; row++)
        {
            using var step = new TensorScope();
            var gradients = Autograd.grad([flat.select(0, row)], parameters, retainGraph: row + 1 < count, allowUnused: true);
            for (var p = 0; p < parameters.Length; p++)
            {
                gradients[p]?.to_double().CopyTo(jacobian.AsSpan((int)next));
                next += network.Parameters[p].Count;
            }
        }
        return jacobian;
    }
}
