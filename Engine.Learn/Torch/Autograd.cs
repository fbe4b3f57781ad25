using static Engine.Learn.Torch.TorchLibrary;

namespace Engine.Learn.Torch;

/// <summary>Gradients by libtorch.</summary>
public static unsafe class Autograd
{
    /// <summary>d(Σ outputs · weights)/d(inputs).</summary>
    /// <param name="outputs">Tensors that carry a graph.</param>
    /// <param name="inputs">Tensors of that graph, leaves or not.</param>
    /// <param name="weights">Of the elements of each output; null where all outputs are scalars, which weigh 1.</param>
    /// <param name="retainGraph">Whether the graph stays for another call.</param>
    /// <param name="createGraph">Whether the gradients carry a graph themselves.</param>
    /// <param name="allowUnused">Whether inputs that the outputs do not depend on get null instead of an error.</param>
    /// <exception cref="TorchException">No graph, or it was freed, or an input that is not in it.</exception>
    public static Tensor?[] grad(
        IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor>? weights = null, bool retainGraph = false, bool createGraph = false,
        bool allowUnused = false)
    {
        if (weights is not null && weights.Count != outputs.Count)
        {
            throw new ArgumentException($"{weights.Count} weights for {outputs.Count} outputs", nameof(weights));
        }
        var handles = new nint[2 * outputs.Count + 2 * inputs.Count + 1];
        for (var k = 0; k < outputs.Count; k++)
        {
            handles[k] = outputs[k].Handle;
            handles[outputs.Count + k] = weights?[k].Handle ?? 0;
        }
        for (var k = 0; k < inputs.Count; k++)
        {
            handles[2 * outputs.Count + k] = inputs[k].Handle;
        }
        fixed (nint* p = handles)
        {
            var given = p + 2 * outputs.Count;
            var found = given + inputs.Count;
            Check(torch_grad(p, p + outputs.Count, outputs.Count, given, inputs.Count, retainGraph ? 1 : 0, createGraph ? 1 : 0, allowUnused ? 1 : 0, found), "autograd.grad");
            GC.KeepAlive(outputs);
            GC.KeepAlive(weights);
            GC.KeepAlive(inputs);
            var gradients = new Tensor?[inputs.Count];
            for (var k = 0; k < gradients.Length; k++)
            {
                gradients[k] = found[k] == 0 ? null : new(found[k]);
            }
            return gradients;
        }
    }

    /// <summary>d output/d inputs of one scalar, every input of which it depends on.</summary>
    public static Tensor[] grad(Tensor output, IReadOnlyList<Tensor> inputs, bool retainGraph = false) =>
        [.. grad([output], inputs, retainGraph: retainGraph).Select(g => g!)];

    /// <summary>No graph is recorded on this thread until the result is disposed of.</summary>
    public static IDisposable no_grad() => new NoGrad();

    private sealed class NoGrad : IDisposable
    {
        private readonly int before = torch_grad_mode(0);

        public void Dispose() => _ = torch_grad_mode(before);
    }
}
