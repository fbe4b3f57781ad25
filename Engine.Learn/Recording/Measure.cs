using Engine.Learn.Training;

namespace Engine.Learn.Recording;

/// <summary>An array that a recorder writes a row of at each of its moments.</summary>
/// <param name="Name">Of the array.</param>
/// <param name="Row">Shape of a row; empty for a number.</param>
/// <param name="Of">The row.</param>
/// <param name="Compressed">Whether the array is packed.</param>
internal sealed record Measure(string Name, long[] Row, Func<Look, double[]> Of, bool Compressed = false)
{
    /// <summary>A number.</summary>
    public Measure(string name, Func<Look, double> of)
        : this(name, [], look => [of(look)])
    {
    }
}

/// <summary>A recorder's look at a moment.</summary>
/// <param name="Training">Where the training is.</param>
/// <param name="Now">What there is to know of the recorder's target.</param>
/// <param name="First">The same before the first step.</param>
internal sealed record Look(TrainingMoment Training, KernelMoment Now, Func<KernelMoment> First);
