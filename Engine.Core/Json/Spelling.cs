namespace Engine.Core.Json;

/// <summary>Finds what a misspelt word most likely meant.</summary>
public static class Spelling
{
    /// <summary>
    /// Damerau–Levenshtein distance (insert, delete, replace, swap of neighbours; optimal string alignment), letter case costing nothing.
    /// F. J. Damerau, Commun. ACM 7, 171 (1964).
    /// </summary>
    public static int Distance(string a, string b)
    {
        var beforePrevious = new int[b.Length + 1];
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = previous[j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
                }
            }
            (beforePrevious, previous, current) = (previous, current, beforePrevious);
        }
        return previous[b.Length];
    }

    /// <summary>
    /// The candidate with the smallest <see cref="Distance"/>, the first of equals, among those that may be meant: less than half of it differs, or it begins with the word.
    /// Null when there are none.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        // A garbled file can hold a "word" of megabytes; nothing is near to that.
        var probe = word.Length > 64 ? word[..64] : word;
        string? nearest = null;
        var best = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var distance = Distance(probe, candidate);
            var near = 2 * distance < Math.Max(probe.Length, candidate.Length) || (probe.Length > 2 && candidate.StartsWith(probe, StringComparison.OrdinalIgnoreCase));
            if (near && distance < best)
            {
                (best, nearest) = (distance, candidate);
            }
        }
        return nearest;
    }

    /// <summary>How a message goes on after the word: "did you mean "red"? Expected", or "expected" where nothing is near.</summary>
    public static string Expected(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } nearest ? $"did you mean \"{nearest}\"? Expected" : "expected";

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
