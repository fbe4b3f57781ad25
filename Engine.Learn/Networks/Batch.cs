using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>What a network is given: N samples.</summary>
public sealed class Batch
{
    /// <summary>Numbers [N, …], tokens [N, T] (64-bit integers), or with <see cref="Graph"/> features of all nodes [V, f].</summary>
    public required Tensor Input { get; init; }

    /// <summary>Tokens that the decoder of a sequence-to-sequence network is given [N, T'].</summary>
    public Tensor? DecoderInput { get; init; }

    /// <summary>Standard normal numbers for the latent variables of a variational auto-encoder [N, latent]; null: the mean is decoded.</summary>
    public Tensor? Noise { get; init; }

    /// <summary>The graphs, where the samples are such.</summary>
    public GraphTopology? Graph { get; init; }

    /// <summary>The same on a device ("cpu", "cuda:0"): itself where it is there.</summary>
    public Batch To(string device) => Input.device == device ? this : new()
    {
        Input = Input.to(device),
        DecoderInput = DecoderInput?.to(device),
        Noise = Noise?.to(device),
        Graph = Graph?.To(device),
    };

    /// <summary>N.</summary>
    public int Count => Graph?.Count ?? (int)Input.shape[0];
}
