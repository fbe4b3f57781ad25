using System.Reflection;
using System.Text;

namespace Engine.Kernels.Devices;

/// <summary>
/// The text of a kernel file as a compiler gets it: definitions, dialect, spliced snippets, the file itself. Texts are embedded resources; the same text
/// goes to every device.
/// </summary>
public sealed class KernelText
{
    private const string DialectName = "dialect.h";

    private KernelText(string name, string body, string full, string? real)
    {
        (Name, Full) = (name, full);
        Signatures = KernelSignature.ParseAll(name, body, real);
    }

    /// <summary>Name of the file, "pair.cl".</summary>
    public string Name { get; }

    /// <summary>Everything that is compiled.</summary>
    public string Full { get; }

    /// <summary>The kernels of the file.</summary>
    public IReadOnlyList<KernelSignature> Signatures { get; }

    /// <summary>Names of all kernel files of this assembly.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.EndsWith(".cl", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>A kernel file of this assembly.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="snippets">Other files of this assembly, or texts that formulas printed, that stand before it, in order.</param>
    /// <param name="definitions">What #define sets, by name.</param>
    public static KernelText Load(string name, IEnumerable<string>? snippets = null, params ReadOnlySpan<(string Name, object Value)> definitions) =>
        Compose(name, Read(name), snippets, definitions);

    /// <summary>A text that is no resource.</summary>
    public static KernelText Compose(
        string name, string body, IEnumerable<string>? snippets = null, params ReadOnlySpan<(string Name, object Value)> definitions)
    {
        var (full, real) = (new StringBuilder(), (string?)null);
        foreach (var (key, value) in definitions)
        {
            real = key == KernelSignature.Real ? (string)value : real;
            full.Append("#define ").Append(key).Append(' ').Append(FormattableString.Invariant($"{value}")).Append('\n');
        }
        full.Append(Read(DialectName)).Append('\n');
        foreach (var snippet in snippets ?? [])
        {
            full.Append(snippet.EndsWith(".cl", StringComparison.Ordinal) ? Read(snippet) : snippet).Append('\n');
        }
        full.Append(body);
        return new(name, body, full.ToString(), real);
    }

    /// <summary>The raw text of a resource.</summary>
    internal static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new ArgumentException($"there is no kernel file {name}; known are {string.Join(", ", Names)}", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
