using System.Numerics;

namespace Engine.Learn.Ntk;

/// <summary>Who computes a kernel from the samples of two blocks: the processor or a device.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TBlock">Factors of some samples, where they are computed with.</typeparam>
internal interface IKernelWork<T, TBlock>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TBlock : IDisposable
{
    /// <summary>The factors of a block of tiles.</summary>
    TBlock Load(IFactorSource<T> source, TileGrid grid, int block);

    /// <summary>Adds what a block of the rows and one of the columns have, or one with itself: its lower triangle.</summary>
    void Add(TBlock left, TBlock right);
}
