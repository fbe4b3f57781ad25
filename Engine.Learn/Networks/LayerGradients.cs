using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>
/// What the layers of a network were given, and the derivatives of its outputs by what they computed: everything that the gradient of every output of every sample with respect to
/// every parameter follows from, without any of these gradients. It takes one forward pass and one backward pass for each output.
/// </summary>
public sealed class LayerGradients : IDisposable
{
    private readonly List<Tensor> owned = [];
    private readonly Dictionary<Tensor, Tensor> inputs = [];

    private LayerGradients(int samples, int outputs)
    {
        (Samples, Outputs) = (samples, outputs);
    }

    /// <summary>N.</summary>
    public int Samples { get; }

    /// <summary>C: numbers of the output of one sample.</summary>
    public int Outputs { get; }

    /// <summary>A block for each layer that has parameters, in the order of the forward pass.</summary>
    public IReadOnlyList<LayerBlock> Blocks { get; private set; } = [];

    /// <summary>The outputs themselves [N, C].</summary>
    public Tensor Values { get; private set; } = null!;

    /// <summary>Evaluates a network, as it is after training.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batch">N samples.</param>
    /// <param name="output">Which output; all its numbers but the axis of samples are the C.</param>
    /// <param name="cancellation">Looked at before each backward pass.</param>
    /// <param name="isTraining">Whether dropout and batch norm work as in training; with batch norm an error.</param>
    /// <exception cref="Kernels.Errors.InputException">No such output, or batch norm in training.</exception>
    public static LayerGradients Capture(
        Network network, Batch batch, string output = Network.MainOutput, CancellationToken cancellation = default, bool isTraining = false)
    {
        using var scope = new TensorScope();
        var context = new ForwardContext(batch.To(network.Device))
        {
            IsRecording = true,
            IsTraining = isTraining,
        };
        var values = network.Forward(context)[output];
        var samples = batch.Count;
        var flat = values.reshape(samples, -1);
        var outputs = (int)flat.shape[1];
        var result = new LayerGradients(samples, outputs);
        try
        {
            result.Values = result.Own(flat.detach().contiguous());
            var groups = context.Uses.GroupBy(use => (use.Weight, use.Rule)).Select(group => new Group([.. group])).ToArray();
            foreach (var group in groups)
            {
                group.Gradient = result.Own(torch.empty([outputs, group.Offsets[^1], group.Width], network.Type, network.Device));
            }
            Tensor[] points = [.. groups.SelectMany(group => group.Uses).Select(use => use.Output)];
            var sums = flat.sum(0);
            for (var c = 0; c < outputs; c++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var step = new TensorScope();
                var found = Autograd.grad([sums.select(0, c)], points, retainGraph: c + 1 < outputs, allowUnused: true);
                var next = 0;
                foreach (var group in groups)
                {
                    var parts = found[next..(next + group.Uses.Length)];
                    next += group.Uses.Length;
                    group.Put(c, parts);
                }
            }
            var separable = output == Network.MainOutput ? network.Separable : null;
            result.Blocks =
            [
                .. groups.Select(group => group.ToBlock(result) is var block && block.Layer == separable?.Layer ? block with { Directions = result.Directions(separable.Value.Weights) } : block),
            ];
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Frees all tensors but some.</summary>
    public void FreeAllBut(IReadOnlySet<Tensor> kept)
    {
        foreach (var tensor in owned.Where(tensor => !kept.Contains(tensor)))
        {
            tensor.Dispose();
        }
    }

    public void Dispose() => owned.ForEach(tensor => tensor.Dispose());

    private Tensor Own(Tensor tensor)
    {
        owned.Add(TensorScope.Release(tensor));
        return tensor;
    }

    private Tensor Directions(Parameter weights)
    {
        var w = weights.Value.detach();
        // A column of zeros has none.
        return Own((w / w.norm(2, 0).clamp_min(1e-30)).contiguous());
    }

    /// <summary>A contiguous copy or the tensor itself, the same for the same.</summary>
    private Tensor Shared(Tensor input)
    {
        if (!inputs.TryGetValue(input, out var found))
        {
            inputs[input] = found = Own(input.contiguous());
        }
        return found;
    }

    /// <summary>
    /// Uses of the same parameters; of several, the positions of each sample come together. Vectors whose samples have the same number of positions are summed over them at once: nothing
    /// else is needed.
    /// </summary>
    private sealed class Group
    {
        /// <summary>Place of each position of the uses, one after another, when sorted by sample; null where they are.</summary>
        private readonly Tensor? order;

        private readonly bool isSummed;

        public Group(ParameterUse[] uses)
        {
            Uses = uses;
            var samples = uses[0].Offsets.Length - 1;
            isSummed = uses[0].Rule == UseRule.Vector && Array.TrueForAll(uses, use => Enumerable.Range(0, samples).All(i => (long)use.Offsets[i] * samples == (long)i * use.Offsets[^1]));
            Offsets = isSummed ? [.. Enumerable.Range(0, samples + 1)]
                : uses.Length == 1 ? uses[0].Offsets : [.. Enumerable.Range(0, samples + 1).Select(i => uses.Sum(use => use.Offsets[i]))];
            var output = uses[0].Rows(uses[0].Output.detach());
            Width = output.shape[1];
            if (uses.Length > 1 && !isSummed)
            {
                var starts = new int[uses.Length];
                for (var u = 1; u < uses.Length; u++)
                {
                    starts[u] = starts[u - 1] + uses[u - 1].Offsets[^1];
                }
                long[] places =
                [
                    .. from i in Enumerable.Range(0, samples)
                       from u in Enumerable.Range(0, uses.Length)
                       from p in Enumerable.Range(uses[u].Offsets[i], uses[u].Offsets[i + 1] - uses[u].Offsets[i])
                       select (long)(starts[u] + p),
                ];
                order = torch.tensor(places, [places.Length], output.device);
            }
        }

        public ParameterUse[] Uses { get; }

        public int[] Offsets { get; }

        public long Width { get; }

        public Tensor Gradient { get; set; } = null!;

        public void Put(int output, Tensor?[] parts)
        {
            var place = Gradient.select(0, output);
            if (Array.TrueForAll(parts, part => part is null))
            {
                place.zero_();
                return;
            }
            var rows = parts.Select((part, u) => part is null ? torch.zeros([Uses[u].Offsets[^1], Width], Gradient.dtype, Gradient.device) : Uses[u].Rows(part)).ToArray();
            if (isSummed)
            {
                place.zero_();
                Array.ForEach(rows, r => place.add_(SumOfSamples(r)));
                return;
            }
            place.copy_(InOrder(rows));
        }

        public LayerBlock ToBlock(LayerGradients owner)
        {
            var first = Uses[0];
            var input = first.Rule == UseRule.Vector ? null : order is null ? owner.Shared(first.Input!) : owner.Own(InOrder([.. Uses.Select(use => use.Input!)]));
            return new(first.Layer, first.Rule, first.Weight, first.Bias, input, Gradient, Offsets, first.Scale, first.BiasScale, first.Groups);
        }

        private Tensor SumOfSamples(Tensor rows)
        {
            long samples = Offsets.Length - 1;
            // Of another layout libtorch would sum in another order, so that the bits of a sample would depend on how many there are.
            return rows.shape[0] == samples ? rows : rows.contiguous().reshape(samples, rows.shape[0] / samples, Width).sum(1);
        }

        private Tensor InOrder(Tensor[] rows) => order is null ? rows[0] : torch.cat(rows).index_select(0, order);
    }
}
