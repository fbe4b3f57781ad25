namespace Engine.Learn.Reinforcement;

/// <summary>What a round of acting gave, [steps · environments] in the order of time.</summary>
internal sealed class Experience(int environments, int horizon, int observations)
{
    public int Count => environments * horizon;

    /// <summary>[count, observations]</summary>
    public double[] Observations { get; } = new double[environments * horizon * observations];

    public long[] Actions { get; } = new long[environments * horizon];

    /// <summary>ln of the probability with which the action was taken.</summary>
    public double[] LogProbabilities { get; } = new double[environments * horizon];

    /// <summary>What the critic expected.</summary>
    public double[] Values { get; } = new double[environments * horizon];

    /// <summary>Rewards; where an episode was broken off, with what its last state is worth.</summary>
    public double[] Rewards { get; } = new double[environments * horizon];

    /// <summary>Whether the step was the last of its episode.</summary>
    public bool[] Ends { get; } = new bool[environments * horizon];

    /// <summary>A_t = δ_t + γ λ A_(t+1) within an episode, δ_t = r_t + γ V(s_(t+1)) − V(s_t): equations 11 and 12 of arXiv:1707.06347.</summary>
    /// <param name="last">V of the states after the last step, by environment.</param>
    /// <param name="discount">γ.</param>
    /// <param name="decay">λ.</param>
    public double[] Advantages(ReadOnlySpan<double> last, double discount, double decay)
    {
        var result = new double[Count];
        for (var e = 0; e < environments; e++)
        {
            var (advantage, next) = (0.0, last[e]);
            for (var t = horizon - 1; t >= 0; t--)
            {
                var k = t * environments + e;
                var goesOn = Ends[k] ? 0 : 1;
                var difference = Rewards[k] + discount * goesOn * next - Values[k];
                advantage = difference + discount * decay * goesOn * advantage;
                (result[k], next) = (advantage, Values[k]);
            }
        }
        return result;
    }
}
