using Engine.Kernels.Errors;
using Engine.Learn.Torch;

namespace Engine.Learn.Data;

/// <summary>What a network should give for each sample: numbers, a class, or a class at each position of a sequence.</summary>
public sealed class PoolTargets
{
    private PoolTargets(int count)
    {
        Count = count;
    }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>[N, T]; null where targets are classes.</summary>
    public double[,]? Numbers { get; private init; }

    /// <summary>What the T numbers are.</summary>
    public IReadOnlyList<string> NumberNames { get; private init; } = [];

    /// <summary>The number of the class of each sample, from 0; null where targets are others.</summary>
    public int[]? Classes { get; private init; }

    /// <summary>Names of the classes in the order of their numbers.</summary>
    public IReadOnlyList<string> ClassNames { get; private init; } = [];

    /// <summary>A token at each position [N, T]; null where targets are others.</summary>
    public int[,]? Tokens { get; private init; }

    /// <param name="numbers">[N, T].</param>
    /// <param name="names">What the T numbers are.</param>
    public static PoolTargets Of(double[,] numbers, IReadOnlyList<string> names)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(names.Count, numbers.GetLength(1));
        return new(numbers.GetLength(0))
        {
            Numbers = numbers,
            NumberNames = names,
        };
    }

    /// <param name="classes">From 0.</param>
    /// <param name="names">Of all classes, also of those that no sample has.</param>
    public static PoolTargets Of(int[] classes, IReadOnlyList<string> names)
    {
        if (classes.Length > 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(classes.Min());
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(classes.Max(), names.Count);
        }
        return new(classes.Length)
        {
            Classes = classes,
            ClassNames = names,
        };
    }

    /// <summary>Classes by their names.</summary>
    /// <param name="names">Of the class of each sample.</param>
    /// <param name="classes">Of all classes, in the order of their numbers.</param>
    /// <param name="placeOf">Where a sample is, for the message.</param>
    /// <exception cref="InputException">A sample is of another class.</exception>
    internal static PoolTargets OfNames(IReadOnlyList<string> names, IReadOnlyList<string> classes, Func<int, string> placeOf)
    {
        var numbers = classes.Index().ToDictionary(c => c.Item, c => c.Index);
        return Of(
            [.. names.Select((name, k) => numbers.TryGetValue(name, out var number)
                ? number
                : throw new InputException($"{placeOf(k)}: found the class \"{name}\", which the network has not learnt; expected one of {string.Join(", ", classes)}"))],
            classes);
    }

    /// <param name="tokens">[N, T].</param>
    public static PoolTargets Of(int[,] tokens) => new(tokens.GetLength(0))
    {
        Tokens = tokens,
    };

    /// <summary>The same, scaled; classes and tokens are left, and all without scales.</summary>
    /// <exception cref="InputException">There are other targets than scales.</exception>
    internal PoolTargets Scale(IReadOnlyList<ColumnScale>? scales) => scales is null || Numbers is null ? this : scales.Count == NumberNames.Count ? Of(ColumnScale.Apply(scales, Numbers), NumberNames)
        : throw new InputException($"data: targets are {string.Join(", ", NumberNames)}, but the network learnt {scales.Count} of them; expected as many");

    internal PoolTargets Take(ReadOnlySpan<int> samples) => new(samples.Length)
    {
        Numbers = Numbers is null ? null : Rows.Take(Numbers, samples),
        NumberNames = NumberNames,
        Classes = Classes is null ? null : Rows.Take(Classes, samples),
        ClassNames = ClassNames,
        Tokens = Tokens is null ? null : Rows.Take(Tokens, samples),
    };

    /// <summary>Numbers [N, T] of a type, or 64-bit integers: classes [N] or tokens [N, T].</summary>
    internal Tensor ToTensor(ScalarType type) => this switch
    {
        { Numbers: { } numbers } => torch.tensor(Rows.Flat(numbers), [Count, numbers.GetLength(1)], type, "cpu"),
        { Tokens: { } tokens } => torch.tensor(Rows.Flat(tokens), [Count, tokens.GetLength(1)]),
        _ => torch.tensor(Classes, [Count]),
    };
}
