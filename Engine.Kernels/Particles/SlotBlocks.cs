namespace Engine.Kernels.Particles;

/// <summary>
/// How passes over particles are cut into blocks: alike in all of them, so that a thread that keeps to its stretch (<see cref="Threading.Workers.Stream(int, Action{int})"/>) finds in its
/// cache what it left there in the pass before.
/// </summary>
public static class SlotBlocks
{
    /// <summary>Slots of a block: a microsecond of work or a few, and a multiple of the cluster size.</summary>
    public const int Slots = 256;

    /// <summary>The same in clusters of eight slots.</summary>
    public const int Clusters = Slots / 8;
}
