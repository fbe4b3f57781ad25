using System.Text;

namespace Engine.IO.Structures;

/// <summary>The key=value pairs of the second line of a frame; values may stand in quotes or brackets, a bare key means T.</summary>
internal static class ExtendedXyzComment
{
    /// <exception cref="Engine.Kernels.Errors.InputException">A quote or bracket is not closed, or a key occurs twice.</exception>
    public static Dictionary<string, string> Parse(LineSource lines)
    {
        var text = lines.Current!;
        var pairs = new Dictionary<string, string>();
        var i = 0;
        while (true)
        {
            while (i < text.Length && (char.IsWhiteSpace(text[i]) || text[i] == ','))
            {
                i++;
            }
            if (i == text.Length)
            {
                return pairs;
            }
            var key = text[i] is '"' or '\'' ? Quoted(lines, text, ref i) : Bare(text, ref i, stopAtEquals: true);
            var value = "T";
            if (i < text.Length && text[i] == '=')
            {
                i++;
                value = i == text.Length ? "" : text[i] switch
                {
                    '"' or '\'' => Quoted(lines, text, ref i),
                    '{' => Bracketed(lines, text, ref i, '}'),
                    '[' => Bracketed(lines, text, ref i, ']'),
                    _ => Bare(text, ref i, stopAtEquals: false),
                };
            }
            if (key.Length == 0)
            {
                throw lines.Error("a value without a key; expected key=value pairs");
            }
            if (!pairs.TryAdd(key, value))
            {
                throw lines.Error($"the key {LineSource.Quote(key)} occurs twice; remove one");
            }
        }
    }

    private static string Bare(string text, ref int i, bool stopAtEquals)
    {
        var start = i;
        while (i < text.Length && !char.IsWhiteSpace(text[i]) && !(stopAtEquals && text[i] == '='))
        {
            i++;
        }
        return text[start..i];
    }

    private static string Quoted(LineSource lines, string text, ref int i)
    {
        var quote = text[i++];
        var value = new StringBuilder();
        for (; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                value.Append(text[++i]);
            }
            else if (text[i] == quote)
            {
                i++;
                return value.ToString();
            }
            else
            {
                value.Append(text[i]);
            }
        }
        throw lines.Error($"a quote is not closed; expected {quote} at the end of the value");
    }

    private static string Bracketed(LineSource lines, string text, ref int i, char close)
    {
        var open = text[i];
        var depth = 0;
        for (var start = i; i < text.Length; i++)
        {
            depth += text[i] == open ? 1 : text[i] == close ? -1 : 0;
            if (depth == 0)
            {
                i++;
                // The inner brackets of a matrix [[…], […]] are separators.
                return text[start..i].Replace('[', ' ').Replace(']', ' ').Replace('{', ' ').Replace('}', ' ').Replace(',', ' ').Trim();
            }
        }
        throw lines.Error($"a bracket is not closed; expected \"{close}\"");
    }
}
