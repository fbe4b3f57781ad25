using Engine.Kernels.Errors;
using Engine.Kernels.Random;
using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>
/// "tokens": sequences of tokens 1 … vocabulary − 1, evenly at random. Of the task "pattern" about half of them have it; "copy" and "reverse" give a token at each position, and
/// where the network has a decoder, that is given the same shifted by one: token 0, then all but the last.
/// </summary>
public sealed record TokensData : GeneratedData
{
    /// <summary>Sequences in all.</summary>
    public int Count { get; init; } = 1000;

    /// <summary>Tokens of each: length of the input of the network.</summary>
    public required int Length { get; init; }

    /// <summary>Different tokens, with 0 that begins what a decoder is given.</summary>
    public required int Vocabulary { get; init; }

    public TokenTask Task { get; init; }

    /// <summary>Tokens next to each other, of the task "pattern".</summary>
    public IReadOnlyList<int> Pattern { get; init; } = [1, 2];

    internal override TokenPool ReadPool(DataFiles files, InputDefinition input, DataEncoding? learnt = null, bool whole = false)
    {
        Check();
        var (tokens, classes) = (new int[Count, Length], new int[Count]);
        for (var i = 0; i < Count; i++)
        {
            var random = Numbers(i);
            for (var k = 0; k < Length; k++)
            {
                tokens[i, k] = 1 + random.NextBelow(Vocabulary - 1);
            }
            if (Task == TokenTask.Pattern)
            {
                classes[i] = random.NextBelow(2);
                Plant(tokens, i, classes[i] == 1, ref random);
            }
        }
        return new(tokens, Task == TokenTask.Pattern ? PoolTargets.Of(classes, ["absent", "present"]) : PoolTargets.Of(Task == TokenTask.Copy ? tokens : Reversed(tokens)));
    }

    private void Check()
    {
        AtLeast("count", Count, 1);
        AtLeast("length", Length, 1);
        AtLeast("vocabulary", Vocabulary, 3);
        CountOf((double)Count * Length, "count times length");
        if (Task == TokenTask.Pattern && (Pattern.Count == 0 || Pattern.Count > Length || Pattern.Any(t => t < 1 || t >= Vocabulary)))
        {
            throw new InputException($"data: pattern is [{string.Join(", ", Pattern)}], expected 1 to {Length} tokens from 1 to {Vocabulary - 1}");
        }
    }

    /// <summary>Puts the pattern into a sequence, or takes it out wherever it is by another last token.</summary>
    private void Plant(int[,] tokens, int row, bool present, ref RandomSequence random)
    {
        if (present)
        {
            var start = random.NextBelow(Length - Pattern.Count + 1);
            for (var k = 0; k < Pattern.Count; k++)
            {
                tokens[row, start + k] = Pattern[k];
            }
            return;
        }
        // From the left: a token that is changed ends no pattern, and those that it begins come later.
        for (var end = Pattern.Count - 1; end < Length; end++)
        {
            if (Enumerable.Range(0, Pattern.Count).All(k => tokens[row, end - Pattern.Count + 1 + k] == Pattern[k]))
            {
                tokens[row, end] = 1 + (Pattern[^1] + random.NextBelow(Vocabulary - 2)) % (Vocabulary - 1);
            }
        }
    }

    private static int[,] Reversed(int[,] tokens)
    {
        var (count, length) = (tokens.GetLength(0), tokens.GetLength(1));
        var reversed = new int[count, length];
        for (var i = 0; i < count; i++)
        {
            for (var k = 0; k < length; k++)
            {
                reversed[i, k] = tokens[i, length - 1 - k];
            }
        }
        return reversed;
    }
}
