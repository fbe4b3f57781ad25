using Engine.Kernels.Random;
using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>One forward pass: its batch, how it is to be done, and what it reports.</summary>
/// <param name="batch">What is computed.</param>
public sealed class ForwardContext(Batch batch)
{
    private const int DropoutsOfAStep = 1 << 16;

    private readonly Dictionary<Tensor, Tensor> rows = [];
    private readonly List<ParameterUse> uses = [];
    private readonly List<KeyValuePair<string, Tensor>> outputs = [];
    private readonly Dictionary<long, int[]> uniform = [];
    private int dropouts;

    public Batch Batch => batch;

    /// <summary>Whether dropout drops and batch norm takes the statistics of the batch.</summary>
    public bool IsTraining { get; init; }

    /// <summary>Whether <see cref="Uses"/> is filled.</summary>
    public bool IsRecording { get; init; }

    /// <summary>Key of dropout.</summary>
    public ulong Seed { get; init; }

    /// <summary>Step of the training, for dropout.</summary>
    public long Step { get; init; }

    /// <summary>Every use of a parameter, in the order of the forward pass.</summary>
    public IReadOnlyList<ParameterUse> Uses => uses;

    internal IReadOnlyList<KeyValuePair<string, Tensor>> Outputs => outputs;

    /// <summary>What the encoder gave, for cross attention.</summary>
    internal Tensor? Memory { get; set; }

    internal GraphTopology Graph => batch.Graph ?? throw new Kernels.Errors.InputException("the network takes graphs, but the batch has none");

    internal void Report(string output, Tensor value) => outputs.Add(new(output, value));

    internal void Record(ParameterUse use) => uses.Add(use);

    /// <summary>[…, a] as [positions, a], outside the graph; the same tensor for the same tensor.</summary>
    internal Tensor RowsOf(Tensor x)
    {
        if (!rows.TryGetValue(x, out var found))
        {
            rows[x] = found = x.detach().reshape(-1, x.shape[^1]);
        }
        return found;
    }

    /// <summary>Offsets of positions.</summary>
    /// <param name="domain">What the first axis counts.</param>
    /// <param name="positions">Positions of each entry of the first axis.</param>
    internal int[] Offsets(Domain domain, long positions)
    {
        if (domain != Domain.Samples)
        {
            var offsets = domain == Domain.Nodes ? Graph.NodeOffsets : Graph.EdgeOffsets;
            return positions == 1 ? offsets : [.. offsets.Select(o => checked((int)(o * positions)))];
        }
        if (!uniform.TryGetValue(positions, out var found))
        {
            uniform[positions] = found = [.. Enumerable.Range(0, batch.Count + 1).Select(i => checked((int)(i * positions)))];
        }
        return found;
    }

    /// <summary>Each element 1/(1 − rate) or, with the probability rate, zero.</summary>
    internal Tensor DropoutMask(Tensor like, double rate)
    {
        var values = new double[like.numel()];
        var step = Step * DropoutsOfAStep + dropouts++;
        for (var k = 0; k < values.Length; k += 4)
        {
            var (w0, w1, w2, w3) = Philox.Generate(Seed, RandomStream.Dropout, (uint)k, step);
            Span<uint> words = [w0, w1, w2, w3];
            for (var j = 0; j < 4 && k + j < values.Length; j++)
            {
                values[k + j] = words[j] * (1 / 4294967296.0) >= rate ? 1 / (1 - rate) : 0;
            }
        }
        return torch.tensor(values, like.shape, like.dtype, like.device);
    }
}
