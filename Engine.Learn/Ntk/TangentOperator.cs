using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Ntk;

/// <summary>
/// Θ v = J (Jᵀ v) of the full kernel without kernel or Jacobian: for each batch one forward and one backward pass for Jᵀ v, and one forward pass and two backward passes for J w, which is
/// the derivative of Jᵀ u · w by u. Rows are sample by sample, output fastest.
/// </summary>
/// <param name="network">The network, as it is when products are asked for.</param>
/// <param name="data">N samples.</param>
/// <param name="output">Which output of the network; all its numbers but the axis of samples are the C.</param>
/// <param name="batchSize">Samples that are computed together.</param>
public sealed class TangentOperator(Network network, SampleSet data, string output = Network.MainOutput, int batchSize = 256)
{
    private readonly Lazy<int> outputs = new(() => CountOutputs(network, data, output));

    /// <summary>C.</summary>
    public int Outputs => outputs.Value;

    /// <summary>N C: length of the vectors.</summary>
    public int Size => checked(data.Count * Outputs);

    /// <summary>Jᵀ v: one number for each parameter, in the order of <see cref="Network.Parameters"/>.</summary>
    /// <param name="vector">N C numbers.</param>
    /// <param name="cancellation">Looked at before each batch.</param>
    public double[] TransposeMultiply(ReadOnlySpan<double> vector, CancellationToken cancellation = default)
    {
        var sums = new double[network.ParameterCount];
        foreach (var (start, end) in Ranges(cancellation))
        {
            using var scope = new TensorScope();
            var values = Values(start, end);
            var weights = torch.tensor(vector[(start * Outputs)..(end * Outputs)], values.shape, network.Type, network.Device);
            var next = 0;
            foreach (var (gradient, parameter) in Autograd.grad([values], Parameters(), [weights], allowUnused: true).Zip(network.Parameters))
            {
                if (gradient is not null)
                {
                    var numbers = gradient.to_double();
                    for (var k = 0; k < numbers.Length; k++)
                    {
                        sums[next + k] += numbers[k];
                    }
                }
                next += (int)parameter.Count;
            }
        }
        return sums;
    }

    /// <summary>J w: the change of every output of every sample when parameters move along w, N C numbers.</summary>
    /// <param name="direction">One number for each parameter.</param>
    /// <param name="cancellation">Looked at before each batch.</param>
    public double[] Multiply(ReadOnlySpan<double> direction, CancellationToken cancellation = default)
    {
        using var outer = new TensorScope();
        var parts = new Tensor[network.Parameters.Count];
        var next = 0;
        for (var p = 0; p < parts.Length; p++)
        {
            var parameter = network.Parameters[p];
            parts[p] = torch.tensor(direction.Slice(next, (int)parameter.Count), parameter.Value.shape, network.Type, network.Device);
            next += (int)parameter.Count;
        }
        var result = new double[Size];
        foreach (var (start, end) in Ranges(cancellation))
        {
            using var scope = new TensorScope();
            var values = Values(start, end);
            var free = torch.zeros(values.shape, network.Type, network.Device);
            free.requires_grad = true;
            var gradients = Autograd.grad([values], Parameters(), [free], createGraph: true, allowUnused: true);
            var terms = gradients.Zip(parts).Where(pair => pair.First is { requires_grad: true }).Select(pair => (pair.First! * pair.Second).sum()).ToArray();
            if (terms.Length > 0)
            {
                Autograd.grad([torch.stack(terms).sum()], [free])[0]!.to_double().CopyTo(result.AsSpan(start * Outputs));
            }
        }
        return result;
    }

    /// <summary>Θ v.</summary>
    public double[] Apply(ReadOnlySpan<double> vector, CancellationToken cancellation = default) => Multiply(TransposeMultiply(vector, cancellation), cancellation);

    private static int CountOutputs(Network network, SampleSet data, string output)
    {
        using var scope = new TensorScope();
        using var none = Autograd.no_grad();
        return (int)network.Forward(data.Range(0, 1))[output].numel();
    }

    private Tensor[] Parameters() => [.. network.Parameters.Select(p => p.Value)];

    private Tensor Values(int start, int end) => network.Forward(data.Range(start, end))[output].reshape(end - start, -1);

    private IEnumerable<(int Start, int End)> Ranges(CancellationToken cancellation)
    {
        for (var start = 0; start < data.Count; start += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return (start, Math.Min(data.Count, start + batchSize));
        }
    }
}
