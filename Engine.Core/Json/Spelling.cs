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

    /// <summary>The candidate with the smallest <see cref="Distance"/>, the first of equals; null when there are none.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        // A garbled file can hold a "word" of megabytes; nothing is near to that.
        var probe = word.Length > 64 ? word[..64] : word;
        string? nearest = null;
        var best = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var distance = Distance(probe, candidate);
            if (distance < best)
            {
                (best, nearest) = (distance, candidate);
            }
        }
        return nearest;
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
