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

    /// <summary>[N, T], NaN where nobody knows; null where targets are classes.</summary>
    public double[,]? Numbers { get; private init; }

    /// <summary>What the T numbers are.</summary>
    public IReadOnlyList<string> NumberNames { get; private init; } = [];

    /// <summary>The number of the class of each sample, from 0, -1 where nobody knows; null where targets are others.</summary>
    public int[]? Classes { get; private init; }

    /// <summary>Names of the classes in the order of their numbers.</summary>
    public IReadOnlyList<string> ClassNames { get; private init; } = [];

    /// <summary>Whether the target of every sample is known: no number is NaN, no class -1. Networks are trained with such only.</summary>
    public bool IsComplete { get; private init; } = true;

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
            IsComplete = !numbers.Cast<double>().Any(double.IsNaN),
        };
    }

    /// <param name="classes">From 0, -1 where nobody knows.</param>
    /// <param name="names">Of all classes, also of those that no sample has.</param>
    public static PoolTargets Of(int[] classes, IReadOnlyList<string> names)
    {
        if (classes.Length > 0)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(classes.Min(), -1);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(classes.Max(), names.Count);
        }
        return new(classes.Length)
        {
            Classes = classes,
            ClassNames = names,
            IsComplete = !classes.Contains(-1),
        };
    }

    /// <param name="tokens">[N, T].</param>
    public static PoolTargets Of(int[,] tokens) => new(tokens.GetLength(0))
    {
        Tokens = tokens,
    };

    /// <summary>What numbers should be scaled by; null: by nothing.</summary>
    /// <param name="normalisation">Which; the key of the data is targetNormalisation.</param>
    /// <param name="training">Those of the samples to learn.</param>
    internal ColumnScale[]? ScalesOf(Normalisation normalisation, PoolTargets training) =>
        Numbers is null ? null : ColumnScale.Of(normalisation, training.Numbers!, Numbers, NumberNames, "targetNormalisation");

    /// <summary>The same, scaled; classes and tokens are left, and all without scales.</summary>
    internal PoolTargets Scale(IReadOnlyList<ColumnScale>? scales) => scales is null || Numbers is null ? this : Of(ColumnScale.Apply(scales, Numbers), NumberNames);

    /// <summary>What all samples should give alike, "the target is y = 3"; null where there is no such.</summary>
    internal string? Constant() => Numbers is not null
        ? Enumerable.Range(0, NumberNames.Count).Where(k => Enumerable.Range(1, Count - 1).All(i => Numbers[i, k] == Numbers[0, k])).Select(k => FormattableString.Invariant($"the target {NumberNames[k]} is {Numbers[0, k]}")).FirstOrDefault()
        : Classes is not null && Array.TrueForAll(Classes, c => c == Classes[0]) ? $"the class is {ClassNames[Classes[0]]}" : null;

    /// <summary>The same in the order in which a network learnt them, where it learnt all of them.</summary>
    internal PoolTargets Like(DataEncoding learnt)
    {
        if (Numbers is not null && Rows.OrderOf(NumberNames, learnt.Targets) is { } order)
        {
            return Of(Rows.TakeColumns(Numbers, order), learnt.Targets);
        }
        if (Classes is not null && ClassNames.All(learnt.ClassNames.Contains))
        {
            var numbers = learnt.ClassNames.Index().ToDictionary(c => c.Item, c => c.Index);
            return Of(Array.ConvertAll(Classes, c => c < 0 ? c : numbers[ClassNames[c]]), learnt.ClassNames);
        }
        return this;
    }

    internal PoolTargets Take(ReadOnlySpan<int> samples) => this switch
    {
        { Numbers: { } numbers } => Of(Rows.Take(numbers, samples), NumberNames),
        { Tokens: { } tokens } => Of(Rows.Take(tokens, samples)),
        _ => Of(Rows.Take(Classes!, samples), ClassNames),
    };

    /// <summary>Numbers [N, T] of a type, or 64-bit integers: classes [N] or tokens [N, T].</summary>
    internal Tensor ToTensor(ScalarType type) => this switch
    {
        { Numbers: { } numbers } => torch.tensor(Rows.Flat(numbers), [Count, numbers.GetLength(1)], type, "cpu"),
        { Tokens: { } tokens } => torch.tensor(Rows.Flat(tokens), [Count, tokens.GetLength(1)]),
        _ => torch.tensor(Classes, [Count]),
    };
}
