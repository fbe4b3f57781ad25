using Engine.Learn.Networks;

namespace Engine.Learn.Training;

/// <summary>Gradient descent at a rate that follows the trace of the tangent kernel; momentum is kept when the rate changes.</summary>
internal sealed class TraceOptimiser(Network network, double scale, int interval, double momentum) : SgdOptimiser(network, 0, momentum, 0)
{
    /// <summary>Keeps the rate finite where nothing depends on the parameters.</summary>
    private const double SmallestTrace = 1e-8;

    public override void Begin(long epoch, Func<double> trace)
    {
        if (epoch % interval == 0)
        {
            LearningRate = scale / (trace() + SmallestTrace);
        }
    }
}
