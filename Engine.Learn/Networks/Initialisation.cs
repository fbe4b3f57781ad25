using Engine.Kernels.Errors;
using Engine.Kernels.Random;

namespace Engine.Learn.Networks;

/// <summary>
/// How weights start. LeCun, He and Xavier draw from a normal distribution cut at two standard deviations and widened so that its variance is that of the scheme, as flax and Keras
/// do; the NTK parameterisation from a whole one, and scales weights by <see cref="WeightStd"/>/√fan-in and biases by <see cref="BiasStd"/> in the forward pass.
/// </summary>
public sealed record Initialisation
{
    /// <summary>Standard deviation of a standard normal number that is cut at ±2.</summary>
    private const double CutStandardDeviation = 0.87962566103423978;

    public InitialisationScheme Scheme { get; init; } = InitialisationScheme.LeCun;

    /// <summary>Factor of the standard deviation of weights.</summary>
    public double WeightStd { get; init; } = 1;

    /// <summary>Standard deviation of biases; 0: they start as zeros.</summary>
    public double BiasStd { get; init; }

    internal bool IsNtk => Scheme == InitialisationScheme.Ntk;

    internal void Check()
    {
        if (!(WeightStd >= 0) || !(BiasStd >= 0))
        {
            throw new InputException(FormattableString.Invariant($"initialisation: weightStd is {WeightStd}, biasStd {BiasStd}; expected numbers of 0 or more"));
        }
    }

    /// <summary>The factor of weights in the forward pass.</summary>
    internal double WeightScale(long fanIn) => IsNtk ? WeightStd / Math.Sqrt(fanIn) : 1;

    /// <summary>The factor of biases in the forward pass.</summary>
    internal double BiasScale => IsNtk ? BiasStd : 1;

    internal double[] Weights(long count, long fanIn, long fanOut, ulong seed, int ordinal)
    {
        if (IsNtk)
        {
            return Normal(count, 1, seed, ordinal);
        }
        var variance = Scheme switch
        {
            InitialisationScheme.He => 2.0 / fanIn,
            InitialisationScheme.Xavier => 2.0 / (fanIn + fanOut),
            _ => 1.0 / fanIn,
        };
        var values = new double[count];
        var scale = WeightStd * Math.Sqrt(variance) / CutStandardDeviation;
        for (var k = 0L; k < count; k++)
        {
            values[k] = scale * CutNormal(seed, (uint)k, ordinal);
        }
        return values;
    }

    internal double[] Biases(long count, ulong seed, int ordinal) => IsNtk ? Normal(count, 1, seed, ordinal) : BiasStd > 0 ? Normal(count, BiasStd, seed, ordinal) : new double[count];

    internal static double[] Normal(long count, double scale, ulong seed, int ordinal)
    {
        var values = new double[count];
        for (var k = 0L; k < count; k++)
        {
            values[k] = scale * NormalNoise.Generate(seed, RandomStream.NetworkParameters, (uint)k, (long)ordinal << 16).X;
        }
        return values;
    }

    private static double CutNormal(ulong seed, uint element, int ordinal)
    {
        for (var attempt = 0; ; attempt++)
        {
            var x = NormalNoise.Generate(seed, RandomStream.NetworkParameters, element, ((long)ordinal << 16) + attempt).X;
            if (Math.Abs(x) <= 2)
            {
                return x;
            }
        }
    }
}
