using System.Text.RegularExpressions;
using Engine.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Kernels.Devices;

/// <summary>Every kernel text keeps the rules at the head of dialect.h, so that it is CUDA C++ and OpenCL C at once.</summary>
public partial class DialectTests
{
    public static TheoryData<string> Texts => [.. KernelText.Names];

    [Theory]
    [MemberData(nameof(Texts))]
    public void TheTextKeepsTheRules(string name)
    {
        var code = Comments().Replace(KernelText.Read(name), "");
        Assert.DoesNotMatch(@"#\s*include|\btemplate\b|\bauto\b|\basm\b|\bfloat3\b|\bint3\b|\bhalf\b", code);
        Assert.DoesNotMatch(@"__global__|__kernel|__shared__|__local|__device__|get_global_id|threadIdx", code);
        // References, and swizzles of more than one component.
        Assert.DoesNotMatch(@"\b(int|float|u32|i64|u64|int4|float4)\s*&", code);
        Assert.DoesNotMatch(@"\.[xyzw]{2,4}\b|\.s[0-9a-f]\b", code);
        foreach (Match literal in FloatingLiterals().Matches(code))
        {
            // A double literal is a double computation on one side of a float formula.
            Assert.True(literal.Value.EndsWith('f') || DoubleContext(code, literal.Index), $"{name}: the literal {literal.Value} is a double");
        }
        // Pointers of helpers and kernels say where they point.
        foreach (Match pointer in Pointers().Matches(code))
        {
            Assert.True(pointer.Groups["space"].Success, $"{name}: '{pointer.Value.Trim()}' says neither GLOBAL nor LOCAL");
        }
        Assert.All(KernelSignature.ParseAll(name, code), s => Assert.NotEmpty(s.Parameters));
    }

    /// <summary>What a compiler may read ahead of the wait must be nobody's to write: parameters of one name are one buffer.</summary>
    [Fact]
    public void KernelsThatStartEarlyPromiseNothingOfWhatOthersWrite()
    {
        var macros = KernelText.Names.SelectMany(name => Macros().Matches(Comments().Replace(KernelText.Read(name), "")))
            .ToLookup(macro => macro.Groups["name"].Value, macro => macro.Groups["body"].Value);
        var written = new HashSet<string>();
        var promised = new List<(string Kernel, string Name)>();
        foreach (var name in KernelText.Names)
        {
            foreach (Match kernel in Kernels().Matches(Comments().Replace(KernelText.Read(name), "")))
            {
                var body = kernel.Groups["body"].Value;
                var wait = body.IndexOf("AWAIT_LAST();", StringComparison.Ordinal);
                var early = wait >= 0;
                var ahead = early ? body[..wait] : "";
                ahead += string.Concat(macros.Where(macro => Regex.IsMatch(ahead, $@"\b{macro.Key}\(")).SelectMany(macro => macro));
                Assert.DoesNotMatch(@"\breturn\b", ahead);
                var found = 0;
                foreach (Match parameter in Buffers().Matches(kernel.Groups["parameters"].Value))
                {
                    var buffer = parameter.Groups["name"].Value;
                    found++;
                    if (!(parameter.Groups["const"].Success && parameter.Groups["restrict"].Success))
                    {
                        Assert.False(Regex.IsMatch(ahead, $@"\b{buffer}\b"), $"{name}: {kernel.Groups["kernel"].Value} uses {buffer} ahead of the wait");
                    }
                    if (!parameter.Groups["const"].Success)
                    {
                        written.Add(buffer);
                        Assert.False(early && parameter.Groups["restrict"].Success, $"{name}: {kernel.Groups["kernel"].Value} writes {buffer}, which is RESTRICT");
                    }
                    else if (early && parameter.Groups["restrict"].Success)
                    {
                        promised.Add((kernel.Groups["kernel"].Value, buffer));
                    }
                }
                Assert.Equal(kernel.Groups["parameters"].Value.Split("GLOBAL").Length - 1, found);
            }
        }
        Assert.NotEmpty(promised);
        Assert.All(promised, p => Assert.False(written.Contains(p.Name), $"{p.Kernel} starts early, but others write {p.Name}, which is const RESTRICT there"));
    }

    [Fact]
    public void SignaturesAreReadFromTheText()
    {
        var signature = KernelSignature.ParseAll("t.cl", "KERNEL void f(GLOBAL const float4* RESTRICT a, const int n, u32 k)\n{\n}\n").Single();
        Assert.Equal("f", signature.Name);
        Assert.Equal([new("float4", true, "a"), new("int", false, "n"), new("u32", false, "k")], signature.Parameters);
        Assert.False(signature.StartsEarly);
        var two = KernelSignature.ParseAll("t.cl", "KERNEL void f(const int n)\n{\n}\nKERNEL void GROUP_OF(64) g(const int n)\n{\n    AWAIT_LAST();\n}\n// AWAIT_LAST();\nKERNEL void h(const int n)\n{\n    // AWAIT_LAST();\n}\n");
        Assert.Equal([("f", false), ("g", true), ("h", false)], two.Select(s => (s.Name, s.StartsEarly)));
        Assert.Equal("double", KernelSignature.ParseAll("t.cl", "KERNEL void f(GLOBAL REAL* a)", "double").Single().Parameters.Single().Type);
        Assert.Contains("'float3* a'", Assert.Throws<FormatException>(() => KernelSignature.ParseAll("t.cl", "KERNEL void f(float3* a)")).Message);
    }

    /// <summary>Whether the line computes in double on purpose.</summary>
    private static bool DoubleContext(string code, int index)
    {
        var start = code.LastIndexOf('\n', index) + 1;
        var end = code.IndexOf('\n', index);
        var line = code[start..(end < 0 ? code.Length : end)];
        return line.Contains("double", StringComparison.Ordinal) || line.Contains("own[", StringComparison.Ordinal) || line.Contains("own_sums[", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^KERNEL void (GROUP_OF\(\w+\) )?(?<kernel>\w+)\((?<parameters>[^)]*)\)(?<body>.*?)^}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Kernels();

    [GeneratedRegex(@"GLOBAL\s+(?<const>const\s+)?\w+\s*\*\s*(?<restrict>RESTRICT\s+)?(?<name>\w+)")]
    private static partial Regex Buffers();

    [GeneratedRegex(@"^#define (?<name>\w+)\([^)]*\)(?<body>(?:[^\n]*\\\n)*[^\n]*)", RegexOptions.Multiline)]
    private static partial Regex Macros();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comments();

    [GeneratedRegex(@"(?<![\w.])\d+\.\d*(e[+-]?\d+)?f?|(?<![\w.])\d+e[+-]?\d+f?")]
    private static partial Regex FloatingLiterals();

    [GeneratedRegex(@"(?<space>GLOBAL\s+|LOCAL\s+)?(const\s+)?\b(int|float|double|u32|i64|u64|int4|float4|float2|REAL)\s*\*\s*(const\s+|RESTRICT\s+)*\w+\s*[,)=;]")]
    private static partial Regex Pointers();
}
