using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Torch;

namespace Engine.Learn.Data;

/// <summary>Samples that are sequences of tokens.</summary>
/// <param name="tokens">[N, T].</param>
/// <param name="targets">What a network should give; null where nobody knows.</param>
internal sealed class TokenPool(int[,] tokens, PoolTargets? targets) : SamplePool(targets)
{
    public override int Count => tokens.GetLength(0);

    /// <summary>[N, T].</summary>
    public int[,] Tokens => tokens;

    public override TokenPool Take(ReadOnlySpan<int> samples) => new(Rows.Take(tokens, samples), Targets?.Take(samples));

    private protected override TokenPool With(PoolTargets? targets) => new(tokens, targets);

    public override TensorSamples ToSamples(NetworkDefinition network)
    {
        var length = tokens.GetLength(1);
        if (network.Input is not TokensInput input || input.Length != length)
        {
            throw new InputException($"the data are sequences of {length} tokens, but the network takes others; give its input the type \"tokens\" and the length {length}");
        }
        var largest = tokens.Cast<int>().DefaultIfEmpty(0).Max();
        if (Embeddings(network.Layers, "").FirstOrDefault(e => e.Layer.Vocabulary <= largest) is (var path, { } embedding))
        {
            throw new InputException(
                $"network, layer {path}: the data has tokens up to {largest}, its vocabulary is of {embedding.Vocabulary} tokens from 0 to {embedding.Vocabulary - 1}; expected no others, or a vocabulary of {largest + 1} or more");
        }
        var given = input.DecoderLength is { } decoder ? Shifted(decoder) : null;
        return new(
            torch.tensor(Rows.Flat(tokens), [Count, length]),
            Targets?.ToTensor(network.Precision.ToScalarType()),
            given is null ? null : torch.tensor(Rows.Flat(given), [Count, given.GetLength(1)]));
    }

    /// <summary>Layers that are given the tokens.</summary>
    private static IEnumerable<(string Path, EmbeddingLayer Layer)> Embeddings(IReadOnlyList<Layer> layers, string path)
    {
        for (var k = 0; k < layers.Count; k++)
        {
            var name = path + NetworkBuilder.NameOf(layers, k);
            if (layers[k] is EmbeddingLayer embedding)
            {
                yield return (name, embedding);
            }
            if (layers[k] is SequenceToSequenceLayer both)
            {
                foreach (var inner in Embeddings(both.Encoder, $"{name}.encoder.").Concat(Embeddings(both.Decoder, $"{name}.decoder.")))
                {
                    yield return inner;
                }
            }
        }
    }

    /// <summary>What a decoder is given: token 0, then all targets but the last.</summary>
    private int[,] Shifted(int decoderLength)
    {
        if (Targets?.Tokens is not { } wanted || wanted.GetLength(1) != decoderLength)
        {
            throw new InputException(
                $"the network has a decoder of length {decoderLength}, but the data have {(Targets switch { null => "nothing", { Tokens: { } t } => $"{t.GetLength(1)} tokens", _ => "one class" })} for it to give; expected the tasks \"copy\" or \"reverse\" and the decoderLength {tokens.GetLength(1)}, or no decoder");
        }
        var shifted = new int[Count, decoderLength];
        for (var i = 0; i < Count; i++)
        {
            for (var k = 1; k < decoderLength; k++)
            {
                shifted[i, k] = wanted[i, k - 1];
            }
        }
        return shifted;
    }
}
