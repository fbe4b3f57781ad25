using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Engine.Kernels.Devices;

/// <summary>The processor this program runs on.</summary>
public static class CpuDevice
{
    public static DeviceDescription Describe() => new(
        DeviceKind.Cpu, 0, ModelName(), RuntimeInformation.FrameworkDescription, Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, [.. InstructionSets()]);

    private static string ModelName()
    {
        const string list = "/proc/cpuinfo";
        if (File.Exists(list))
        {
            foreach (var line in File.ReadLines(list))
            {
                if (line.StartsWith("model name", StringComparison.Ordinal))
                {
                    return line[(line.IndexOf(':') + 1)..].Trim();
                }
            }
        }
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static IEnumerable<string> InstructionSets()
    {
        foreach (var (name, present) in new[]
        {
            ("SSE4.2", Sse42.IsSupported),
            ("AVX2", Avx2.IsSupported),
            ("FMA", Fma.IsSupported),
            ("AVX-512", Avx512F.IsSupported && Avx512DQ.IsSupported),
            ("NEON", AdvSimd.IsSupported),
        })
        {
            if (present)
            {
                yield return name;
            }
        }
    }
}
