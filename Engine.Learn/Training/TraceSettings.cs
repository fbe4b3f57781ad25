using Engine.Learn.Networks;

namespace Engine.Learn.Training;

/// <summary>
/// "trace": gradient descent with momentum whose rate is η = scale/(tr K + 1e-8), tr K the trace of the tangent kernel of all training data (summed over outputs), which needs no kernel.
/// </summary>
public sealed record TraceSettings : OptimiserSettings
{
    /// <summary>Numerator of the rate.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Epochs after which the trace is computed again.</summary>
    public int Interval { get; init; } = 1;

    /// <summary>μ, from 0 to below 1.</summary>
    public double Momentum { get; init; }

    internal override Optimiser Create(Network network)
    {
        Require("trace", Scale > 0 && Interval >= 1 && Momentum is >= 0 and < 1, $"scale is {Scale}, interval {Interval}, momentum {Momentum}; expected a positive scale, an interval of 1 or more, and a momentum of 0 or more and less than 1");
        return new TraceOptimiser(network, Scale, Interval, Momentum);
    }
}
