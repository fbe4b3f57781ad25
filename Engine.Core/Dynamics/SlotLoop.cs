using Engine.Core.Particles;
using Engine.Kernels.Langevin;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;

namespace Engine.Core.Dynamics;

/// <summary>What to do with slots [start, end) of block number <c>block</c>.</summary>
internal delegate void SlotBlock(ParticleSystem system, in ParticleSpans spans, int block, int start, int end);

/// <summary>
/// A loop over the slots of a system in blocks whose size does not depend on the number of threads. The delegates are made once, so a step
/// allocates nothing.
/// </summary>
internal sealed class SlotLoop
{
    private readonly SlotBlock block;
    private readonly Action<int> body;
    private ParticleSystem? system;

    public SlotLoop(SlotBlock block)
    {
        this.block = block;
        body = Run;
    }

    public static int Blocks(ParticleSystem system) => (system.SlotCount + SlotBlocks.Slots - 1) / SlotBlocks.Slots;

    public void Run(ParticleSystem system, Workers workers)
    {
        this.system = system;
        workers.Stream(Blocks(system), body);
        this.system = null;
    }

    private void Run(int index)
    {
        var s = system!;
        var spans = new ParticleSpans
        {
            Id = s.Id,
            ClusterSpecies = s.ClusterSpecies,
            X = s.X,
            Y = s.Y,
            Z = s.Z,
            VX = s.VX,
            VY = s.VY,
            VZ = s.VZ,
            FX = s.FX,
            FY = s.FY,
            FZ = s.FZ,
        };
        block(s, in spans, index, index * SlotBlocks.Slots, Math.Min(s.SlotCount, (index + 1) * SlotBlocks.Slots));
    }
}
