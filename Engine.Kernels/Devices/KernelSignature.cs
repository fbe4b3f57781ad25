using System.Text.RegularExpressions;

namespace Engine.Kernels.Devices;

/// <summary>A parameter of a kernel: a buffer of elements, or one value.</summary>
/// <param name="Type">Element type as the dialect writes it: "float4", "u32".</param>
/// <param name="IsBuffer">Whether it is a GLOBAL pointer.</param>
/// <param name="Name">Its name in the text.</param>
public sealed record KernelParameter(string Type, bool IsBuffer, string Name);

/// <summary>What a kernel takes, read from its text, so that launches are checked against the text itself.</summary>
/// <param name="Name">Entry point.</param>
/// <param name="Parameters">In order.</param>
/// <param name="StartsEarly">Whether it may be launched before the kernel before it has ended: it waits for that by itself.</param>
public sealed partial record KernelSignature(string Name, IReadOnlyList<KernelParameter> Parameters, bool StartsEarly)
{
    /// <summary>What a text writes for float or double where a definition says which.</summary>
    internal const string Real = "REAL";

    private static readonly HashSet<string> Types = ["int", "u32", "float", "double", "i64", "u64", "int2", "int4", "float2", "float4", Real];

    /// <summary>All kernels of a text.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="real">What REAL is in it; null where no definition says so.</param>
    /// <exception cref="FormatException">A parameter is of no type that the dialect has.</exception>
    public static IReadOnlyList<KernelSignature> ParseAll(string file, string text, string? real = null)
    {
        var code = Comments().Replace(text, "");
        return [.. Kernels().Matches(code).Select(match => new KernelSignature(
            match.Groups[1].Value,
            [.. match.Groups[2].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(p => Parse(file, match.Groups[1].Value, p)).Select(p => p.Type == Real && real is not null ? p with { Type = real } : p)],
            Waits().IsMatch(code[match.Index..Body(code, match.Index)])))];
    }

    /// <summary>Where the body of a kernel ends: at the first brace that begins a line.</summary>
    private static int Body(string code, int start) => code.IndexOf("\n}", start, StringComparison.Ordinal) is >= 0 and var end ? end : code.Length;

    private static KernelParameter Parse(string file, string kernel, string text)
    {
        var match = Parameter().Match(text);
        return match.Success && Types.Contains(match.Groups["type"].Value) && match.Groups["global"].Success == match.Groups["star"].Success
            ? new(match.Groups["type"].Value, match.Groups["star"].Success, match.Groups["name"].Value)
            : throw new FormatException(
                $"{file}: kernel {kernel} has the parameter '{text}'; expected [GLOBAL] [const] {string.Join('|', Types)} [* RESTRICT] name");
    }

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comments();

    [GeneratedRegex(@"^\s*AWAIT_LAST\(\);", RegexOptions.Multiline)]
    private static partial Regex Waits();

    [GeneratedRegex(@"^\s*KERNEL\s+void\s+(?:GROUP_OF\(\w+\)\s+)?(\w+)\s*\(([^)]*)\)", RegexOptions.Multiline)]
    private static partial Regex Kernels();

    [GeneratedRegex(@"^(?<global>GLOBAL\s+)?(const\s+)?(?<type>\w+)\s*(?<star>\*)?\s*(const\s+)?(RESTRICT\s+)?(?<name>\w+)$")]
    private static partial Regex Parameter();
}
