using System.Globalization;
using Engine.Kernels.Errors;
using Engine.Kernels.Random;

namespace Engine.Learn.Data;

/// <summary>Samples that are drawn, each from numbers of its own: the first ones stay the same when more are asked for.</summary>
public abstract record GeneratedData : SplitData
{
    private const int MostNumbers = 1 << 28;

    /// <summary>The numbers that a sample is drawn from. Number 0 orders the split.</summary>
    private protected RandomSequence Numbers(int sample) => new(Seed, RandomStream.DataGenerator, sample + 1L);

    private protected static string[] AxisNames(int dimension) =>
        dimension <= 3 ? [.. "xyz"[..dimension].Select(axis => axis.ToString())] : [.. Enumerable.Range(1, dimension).Select(k => string.Create(CultureInfo.InvariantCulture, $"x{k}"))];

    /// <summary>Refuses a value that is too small.</summary>
    private protected static void AtLeast(string name, double value, double least)
    {
        if (!(value >= least && double.IsFinite(value)))
        {
            throw new InputException(FormattableString.Invariant($"data: {name} is {value}, expected {(least == double.Epsilon ? "a positive number" : $"{least} or more")}"));
        }
    }

    /// <summary>Refuses more numbers than memory is for.</summary>
    private protected static int CountOf(double count, string what) => count <= MostNumbers
        ? (int)count
        : throw new InputException(FormattableString.Invariant($"data: {what} is {count:G6}, expected {MostNumbers} at most"));
}
