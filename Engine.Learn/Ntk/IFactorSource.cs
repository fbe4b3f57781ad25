using System.Numerics;
using Engine.Kernels.Devices;

namespace Engine.Learn.Ntk;

/// <summary>Where layer factors come from, a few samples at a time: a network that is run forwards and backwards, or memory (<see cref="FactorSet{T}"/>).</summary>
/// <remarks>
/// A kernel asks for the same ranges whatever memory it may use, but, where memory is short, for the same range more than once; the answer has to be the same to the last bit.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public interface IFactorSource<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>N.</summary>
    int Samples { get; }

    /// <summary>C, outputs of the network.</summary>
    int Outputs { get; }

    /// <summary>Sizes of the layers, in the order of the factors.</summary>
    IReadOnlyList<LayerShape> Layers { get; }

    /// <summary>The factors of samples <paramref name="start"/> to <paramref name="end"/> − 1; asked for by one thread at a time.</summary>
    /// <param name="start">The first sample.</param>
    /// <param name="end">After the last.</param>
    /// <param name="reader">The device that reads them: what is in its memory may stay there. Null: the processor.</param>
    FactorBatch<T> Factors(int start, int end, Device? reader = null);
}
