using System.Numerics;
using Engine.Kernels.Devices;

namespace Engine.Learn.Ntk;

/// <summary>Layer factors of all samples, in memory.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class FactorSet<T> : IFactorSource<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly LayerFactors<T>[] layers;

    /// <param name="layers">One for each parameterised layer, of the same samples and outputs.</param>
    public FactorSet(params IEnumerable<LayerFactors<T>> layers)
    {
        this.layers = [.. layers];
        if (this.layers.Length == 0 || this.layers.Any(l => l.Samples != this.layers[0].Samples || l.Outputs != this.layers[0].Outputs))
        {
            throw new ArgumentException("a kernel needs at least one layer, and layers of the same samples and outputs", nameof(layers));
        }
        Layers = [.. this.layers.Select(l => l.Shape)];
    }

    public int Samples => layers[0].Samples;

    public int Outputs => layers[0].Outputs;

    public IReadOnlyList<LayerShape> Layers { get; }

    public FactorBatch<T> Factors(int start, int end, Device? reader = null) => new(layers, start);
}
