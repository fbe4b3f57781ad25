using Engine.Kernels.Errors;
using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>Samples of one shape: vectors, images, sequences. The tensors belong to whoever made them.</summary>
public sealed class TensorSamples : SampleSet
{
    private readonly Tensor inputs;
    private readonly Tensor? decoderInputs;

    /// <param name="inputs">[N, …].</param>
    /// <param name="targets">[N, …] or classes [N].</param>
    /// <param name="decoderInputs">[N, T'], for networks with a decoder.</param>
    /// <exception cref="InputException">NaN or infinite numbers, or different numbers of samples.</exception>
    public TensorSamples(Tensor inputs, Tensor? targets = null, Tensor? decoderInputs = null)
        : base(targets is null ? null : Finite(targets, "targets"))
    {
        this.inputs = Finite(inputs, "inputs");
        this.decoderInputs = decoderInputs;
        foreach (var other in new[] { targets, decoderInputs })
        {
            if (other is not null && other.shape[0] != Count)
            {
                throw new InputException($"data: {Count} samples and {other.shape[0]} targets; expected as many of each");
            }
        }
    }

    /// <inheritdoc/>
    public override int Count => (int)inputs.shape[0];

    internal override IEnumerable<Tensor> Tensors => base.Tensors.Append(inputs).Concat(decoderInputs is null ? [] : [decoderInputs]);

    /// <inheritdoc/>
    public override Batch Take(ReadOnlySpan<int> samples)
    {
        var index = IndexOf(samples, inputs.device);
        return new()
        {
            Input = inputs.index_select(0, index),
            DecoderInput = decoderInputs?.index_select(0, index),
        };
    }
}
