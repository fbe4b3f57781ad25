using System.Text.RegularExpressions;
using Engine.Core.Input;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Devices;
using Engine.Kernels.Native;
using Engine.Tests.Core.Gap;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Core.Simulations;
using Xunit;

namespace Engine.Tests.Kernels.Devices;

/// <summary>
/// Kernel texts are CUDA C++ where there is no CUDA: clang, without which PoCL is not, translates them to PTX, and NVRTC, which needs no card, compiles them where it is installed.
/// What NVRTC declares by itself stands in cuda_builtins.h.
/// </summary>
[Collection("device")]
public partial class CudaDialectTests
{
    private static readonly string[] Options =
        ["-x", "cuda", "--cuda-device-only", "--cuda-gpu-arch=sm_80", "-nocudainc", "-nocudalib", "-std=c++17", "-Wall", "-Werror", "-Wno-unused", "-Wno-unknown-cuda-version", "-O1", "-S"];

    /// <summary>Kernel files that the dynamics of the next test do not compile by themselves.</summary>
    public static TheoryData<string, string> Alone => new() { { "algebra.cl", "float" }, { "bounds.cl", "float" }, { "random.cl", "float" }, { "ntk.cl", "float" }, { "ntk.cl", "double" } };

    [SkippableTheory]
    [MemberData(nameof(Alone))]
    public void ATextAloneIsCuda(string name, string real) => RequireCuda(name, KernelText.Load(name, null, ("REAL", real)).Full);

    /// <summary>Everything that runs compile, formulas as they are printed included.</summary>
    [SkippableFact]
    public void WhatDynamicsCompileIsCuda()
    {
        _ = TestDevices.Get("opencl");
        using var device = Device.Open("opencl");
        var session = TestDevices.Session(device);
        var (liquid, model) = DeviceDynamicsTests.Liquid(500);
        foreach (var integrator in new IntegratorInput[] { new VelocityVerletInput(), new LangevinInput { Friction = 1 }, new BrownianInput { Friction = 50 } })
        {
            using var motion = session.Motion(liquid, model, tilted: integrator is BrownianInput, lanes: 4);
            motion.Advance(new(integrator, 0.001, _ => 1), 0, 0, 1);
            _ = motion.CountPairs(2, 10);
        }
        var crystal = Cells.Fluorite(5.1, 2, shake: 0.1);
        foreach (var potential in new[]
        {
            Cells.Model(Cells.HafniaJson(
                2.4, -1.2,
                """{ "type": "buckingham", "cutoff": 4.5, "guard": true, "pairs": { "Hf-O": {"A":16800,"rho":0.226627,"C":127.65}, "O-O": {"A":2029.2204,"rho":0.34364,"C":192.58} } }""",
                """{ "type": "ewald", "cutoff": 4.5, "accuracy": 1e-5, "method": "sum" }""")),
            Cells.Model(Cells.HafniaJson(2.4, -1.2, """{ "type": "ewald", "cutoff": 4.5, "accuracy": 1e-5, "method": "mesh" }""")),
            Cells.Model(Cells.HafniaJson(
                2.4, -1.2,
                """{ "type": "buckingham", "cutoff": 4.5, "guard": true, "pairs": { "Hf-O": {"A":16800,"rho":0.226627,"C":127.65}, "O-O": {"A":2029.2204,"rho":0.34364,"C":192.58} } }""",
                """{ "type": "coulombDsf", "alpha": 0.2, "cutoff": 4.5 }""")),
            PotentialModel.Build(PotentialFile.Of(GapModels.Hafnia()), Cells.HafniumOxygen, UnitSystem.Metal),
            PotentialModel.Build(PotentialFile.Of(GapModels.Hafnia(soap: "diagonal_radial=T l_max=6 n_max=5")), Cells.HafniumOxygen, UnitSystem.Metal),
        })
        {
            using var motion = session.Motion(crystal, potential, tilted: false, lanes: 1);
            motion.Prepare();
        }
        Assert.InRange(device.Texts.Count, 15, 60);
        foreach (var text in device.Texts)
        {
            RequireCuda(text);
        }
    }

    /// <summary>Fails where a text is no CUDA C++; skips the test where nothing can tell.</summary>
    internal static void RequireCuda(string text) => RequireCuda(KernelName().Match(text).Groups[1].Value, text);

    private static void RequireCuda(string name, string text)
    {
        var hasNvrtc = NativeLibraries.Find("nvrtc").IsPresent;
        if (hasNvrtc)
        {
            var (image, log) = Nvrtc.Require(90).Compile(name, text);
            Assert.True(image is not null, $"{name}: {log}");
        }
        var clang = HostCudaDevice.Clang;
        Skip.If(clang is null && !hasNvrtc, "no clang, expected the one that PoCL comes with; nor NVRTC");
        if (clang is null)
        {
            return;
        }
        var folder = Directory.CreateTempSubdirectory("engine-cuda-");
        try
        {
            var source = Path.Combine(folder.FullName, name + ".cu");
            File.WriteAllText(source, text);
            var (exitCode, output) = ExternalProgram.Run(
                clang, [.. Options, "-include", HostCudaDevice.Builtins, "-o", source + ".ptx", source], folder.FullName);
            Assert.True(exitCode == 0, $"{name}: {output}");
            Assert.Contains(".visible .entry", File.ReadAllText(source + ".ptx"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"^KERNEL void (?:GROUP_OF\(\w+\) )?(\w+)\(", RegexOptions.Multiline)]
    private static partial Regex KernelName();
}
