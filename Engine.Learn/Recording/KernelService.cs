using Engine.Learn.Networks;
using Engine.Learn.Training;

namespace Engine.Learn.Recording;

/// <summary>One kernel for each target and moment, however many recorders look, and what the first one was.</summary>
/// <param name="begin">Makes the network as it was before the first step.</param>
/// <param name="cancellation">Ends the computation of a kernel.</param>
internal sealed class KernelService(Func<Network> begin, CancellationToken cancellation) : IDisposable
{
    private readonly Dictionary<KernelTarget, KernelMoment> moments = [];
    private readonly Dictionary<KernelTarget, KernelMoment> first = [];
    private long step = -1;
    private bool isFirst;
    private Network? fresh;

    /// <summary>What is known of a target; valid until another moment is asked for.</summary>
    public KernelMoment At(TrainingMoment moment, KernelTarget target)
    {
        if (moment.Step != step)
        {
            Forget(moments, first.ContainsValue);
            (step, isFirst) = (moment.Step, moment.IsFirst);
        }
        if (!moments.TryGetValue(target, out var found))
        {
            moments[target] = found = new(target, moment.Network, cancellation);
        }
        return found;
    }

    /// <summary>
    /// What was known of it before the first step: kept where it is asked for at that moment, and computed again, from the same parameters, in a training that goes on.
    /// </summary>
    public KernelMoment FirstOf(KernelTarget target)
    {
        if (!first.TryGetValue(target, out var found))
        {
            first[target] = found = isFirst ? moments[target] : new(target, fresh ??= begin(), cancellation);
        }
        return found;
    }

    public void Dispose()
    {
        Forget(moments, first.ContainsValue);
        Forget(first, static _ => false);
        fresh?.Dispose();
    }

    private static void Forget(Dictionary<KernelTarget, KernelMoment> known, Func<KernelMoment, bool> isKept)
    {
        foreach (var moment in known.Values.Where(m => !isKept(m)))
        {
            moment.Dispose();
        }
        known.Clear();
    }
}
