using Engine.Core.Json;

namespace Engine.Cli;

/// <summary>Finds what a user most likely meant.</summary>
internal static class Nearest
{
    /// <summary>The candidate with the least edit distance to <paramref name="word"/>; null when none is near (more than about a third differs).</summary>
    public static string? To(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        var least = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var distance = candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? 0 : Spelling.Distance(word, candidate);
            if (distance < least && distance <= Math.Max(2, candidate.Length / 3))
            {
                (best, least) = (candidate, distance);
            }
        }
        return best;
    }
}
