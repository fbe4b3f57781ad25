using System.Globalization;
using Engine.Kernels.Errors;

namespace Engine.IO.Structures;

/// <summary>Lines of a text file with their numbers, and parsing that knows where it is.</summary>
internal sealed class LineSource(TextReader reader, string path)
{
    private bool _unread;

    public string Path => path;

    /// <summary>Number of the current line, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The current line, null after the end.</summary>
    public string? Current { get; private set; }

    /// <summary>Goes to the next line; false at the end.</summary>
    public bool Next()
    {
        if (_unread)
        {
            _unread = false;
            return Current is not null;
        }
        try
        {
            Current = reader.ReadLine();
        }
        catch (IOException exception)
        {
            throw new InputException($"cannot read {path} beyond line {Number}: {exception.OneLine()}", exception);
        }
        Number++;
        return Current is not null;
    }

    /// <summary>Makes the next <see cref="Next"/> return the current line again.</summary>
    public void Unread() => _unread = true;

    /// <summary>A line about the file as a whole.</summary>
    public string About(string what) => $"{path}: {what}".ReplaceLineEndings(" ");

    public InputException Error(string problem) => new($"{path}, line {Number}: {problem}".ReplaceLineEndings(" "));

    /// <summary>For problems of the file as a whole.</summary>
    public InputException FileError(string problem) => new(About(problem));

    /// <summary>The next word of a line, empty at its end; advances the rest.</summary>
    public static ReadOnlySpan<char> Word(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart();
        var end = 0;
        while (end < rest.Length && !char.IsWhiteSpace(rest[end]))
        {
            end++;
        }
        var word = rest[..end];
        rest = rest[end..];
        return word;
    }

    public double Real(ReadOnlySpan<char> word, string what)
    {
        if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !TryFortran(word, out value))
        {
            throw Error($"found {Quote(word)}, expected a number for {what}");
        }
        return double.IsFinite(value) ? value : throw Error($"found {Quote(word)} for {what}; expected a finite number");
    }

    public int Integer(ReadOnlySpan<char> word, string what) => int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw Error($"found {Quote(word)}, expected an integer for {what}");

    public static string Quote(ReadOnlySpan<char> word) => word.IsEmpty
        ? "the end of the line"
        : word.Length <= 40 ? $"\"{word}\"" : $"\"{word[..37]}...\"";

    // 1.5D-03, as Fortran prints doubles.
    private static bool TryFortran(ReadOnlySpan<char> word, out double value)
    {
        value = 0;
        return word.Length < 64 && word.IndexOfAny('d', 'D') > 0
            && double.TryParse(word.ToString().Replace('d', 'e').Replace('D', 'e'), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
