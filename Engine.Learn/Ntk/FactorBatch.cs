using System.Numerics;

namespace Engine.Learn.Ntk;

/// <summary>Layer factors of some samples.</summary>
/// <param name="layers">One for each layer, always in the same order; of the batch's samples, or of more.</param>
/// <param name="first">Which of their samples is the batch's first.</param>
/// <param name="release">Frees their memory, but for the derivatives of some layers (by number); null where it belongs to someone else.</param>
/// <typeparam name="T">float or double.</typeparam>
public sealed class FactorBatch<T>(IReadOnlyList<LayerFactors<T>> layers, int first = 0, Action<IReadOnlyCollection<int>>? release = null) : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public IReadOnlyList<LayerFactors<T>> Layers { get; } = layers;

    public int First { get; } = first;

    /// <summary>Frees all but the derivatives of some layers, which are read where they are until <see cref="Dispose"/>.</summary>
    internal void Keep(IReadOnlyCollection<int> derivatives) => release?.Invoke(derivatives);

    public void Dispose() => release?.Invoke([]);
}
