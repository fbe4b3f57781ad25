using System.Runtime.InteropServices;

namespace Engine.Learn.Data;

/// <summary>Arrays by their rows.</summary>
internal static class Rows
{
    /// <summary>All elements, row by row, where they are.</summary>
    public static ReadOnlySpan<T> Flat<T>(T[,] values) => values.Length == 0 ? [] : MemoryMarshal.CreateReadOnlySpan(ref values[0, 0], values.Length);

    public static T[] Take<T>(T[] values, ReadOnlySpan<int> rows)
    {
        var taken = new T[rows.Length];
        for (var k = 0; k < taken.Length; k++)
        {
            taken[k] = values[rows[k]];
        }
        return taken;
    }

    /// <summary>Where each of some names is among others; null unless the two are the same names, each once.</summary>
    public static int[]? OrderOf(IReadOnlyList<string> names, IReadOnlyList<string> wanted)
    {
        var places = new Dictionary<string, int>();
        return names.Count == wanted.Count && names.Index().All(n => places.TryAdd(n.Item, n.Index)) && wanted.All(places.ContainsKey) && wanted.Distinct().Count() == wanted.Count
            ? [.. wanted.Select(w => places[w])]
            : null;
    }

    public static T[,] TakeColumns<T>(T[,] values, ReadOnlySpan<int> columns)
    {
        var taken = new T[values.GetLength(0), columns.Length];
        for (var i = 0; i < taken.GetLength(0); i++)
        {
            for (var k = 0; k < columns.Length; k++)
            {
                taken[i, k] = values[i, columns[k]];
            }
        }
        return taken;
    }

    public static T[,] Take<T>(T[,] values, ReadOnlySpan<int> rows)
    {
        var width = values.GetLength(1);
        var taken = new T[rows.Length, width];
        for (var k = 0; k < rows.Length; k++)
        {
            for (var j = 0; j < width; j++)
            {
                taken[k, j] = values[rows[k], j];
            }
        }
        return taken;
    }
}
