using System.Text;
using System.Text.Json;
using Engine.Kernels.Errors;

namespace Engine.Core.Json;

/// <summary>Where in a text each value of a JSON document stands; refuses what is not JSON and keys that occur twice.</summary>
internal sealed class JsonLines
{
    private readonly Dictionary<string, int> _lineOf = [];
    private readonly List<(string Path, string Assignment)> _assigned = [];

    private JsonLines()
    {
    }

    public static JsonLines None { get; } = new();

    /// <summary>"file" or "file, line 12" for a path such as stages[2].temperature; "file with stages[2].steps=5" where an assignment put it there.</summary>
    public string Locate(string source, string path)
    {
        var (assigned, assignment) = _assigned.FindLast(a => path == a.Path || path.StartsWith(a.Path + ".", StringComparison.Ordinal) || path.StartsWith(a.Path + "[", StringComparison.Ordinal));
        return assigned is not null ? $"{source} with {assignment}" : _lineOf.TryGetValue(path, out var line) ? $"{source}, line {line}" : source;
    }

    /// <summary>The same lines for the paths of what stands at a key of the document.</summary>
    public JsonLines Within(string key)
    {
        var lines = new JsonLines();
        foreach (var (path, line) in _lineOf.Where(entry => entry.Key.StartsWith(key + ".", StringComparison.Ordinal)))
        {
            lines._lineOf[path[(key.Length + 1)..]] = line;
        }
        return lines;
    }

    /// <summary>What stands at a path was put there by an assignment.</summary>
    public void Assign(string path, string assignment) => _assigned.Add((path, assignment));

    public static JsonLines Read(string text, string source)
    {
        var lines = new JsonLines();
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var levels = new Stack<Level>();
        var line = 1;
        var counted = 0;
        try
        {
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                line += bytes.AsSpan(counted, start - counted).Count((byte)'\n');
                counted = start;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        var key = reader.GetString()!;
                        var level = levels.Peek();
                        level.Key = key;
                        if (!level.Keys.Add(key))
                        {
                            throw new InputException(
                                $"{source}, line {line}: {Of(Join(level.Path, key))} occurs twice, first in line {lines._lineOf[Join(level.Path, key)]}; remove one");
                        }
                        lines._lineOf[Join(level.Path, key)] = line;
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        levels.Pop();
                        break;
                    default:
                        if (reader.TokenType == JsonTokenType.String)
                        {
                            // Decoded once here, so that half a surrogate pair is an error with a line.
                            _ = reader.GetString();
                        }
                        var path = lines.Enter(levels, line);
                        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                        {
                            levels.Push(new Level(path, reader.TokenType == JsonTokenType.StartArray));
                        }
                        break;
                }
            }
        }
        catch (JsonException exception)
        {
            throw NotJson(source, text, exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new InputException($"{source}, line {line}: not valid JSON: {Clean(exception.Message)}", exception);
        }
        return lines;
    }

    /// <summary>The path of a member.</summary>
    public static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>How messages call a path; the whole document has none.</summary>
    public static string Of(string path) => path.Length == 0 ? "the document" : path;

    /// <summary>A text that is not JSON, by line and column.</summary>
    public static InputException NotJson(string source, string text, JsonException error)
    {
        var line = Encoding.UTF8.GetBytes(text.Split('\n').ElementAtOrDefault((int)(error.LineNumber ?? 0)) ?? "");
        var column = Encoding.UTF8.GetCharCount(line, 0, (int)Math.Min(error.BytePositionInLine ?? 0, line.Length)) + 1;
        return new($"{source}, line {error.LineNumber + 1}, column {column}: not valid JSON: {Clean(error.Message)}", error);
    }

    internal static string Clean(string message)
    {
        var cut = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var text = cut < 0 ? message : message[..cut];
        return text.ReplaceLineEndings(" ").TrimEnd('.', ' ');
    }

    private string Enter(Stack<Level> levels, int line)
    {
        if (levels.Count == 0)
        {
            _lineOf[""] = line;
            return "";
        }
        var level = levels.Peek();
        if (!level.IsArray)
        {
            return Join(level.Path, level.Key);
        }
        var path = $"{level.Path}[{level.Next++}]";
        _lineOf[path] = line;
        return path;
    }

    private sealed class Level(string path, bool isArray)
    {
        public string Path { get; } = path;

        public bool IsArray { get; } = isArray;

        public HashSet<string> Keys { get; } = [];

        public string Key { get; set; } = "";

        public int Next { get; set; }
    }
}
