using Engine.Kernels.Errors;
using Engine.Kernels.Native;
using Xunit;

namespace Engine.Tests.Kernels.Native;

public class NativeLibrariesTests
{
    [Fact]
    public void AFileThatIsNoLibraryIsLoggedAndPassedOver()
    {
        var folder = Directory.CreateTempSubdirectory("engine-test-");
        try
        {
            var file = Path.Combine(folder.FullName, OperatingSystem.IsWindows() ? "OpenCL.dll" : "libOpenCL.so.1");
            File.WriteAllText(file, "not a library");
            var status = NativeLibraries.Probe("opencl", folder.FullName);
            Assert.StartsWith($"{file}: ", status.Tried[0]);
            Assert.DoesNotContain("loaded", status.Tried[0]);
            Assert.DoesNotContain('\n', status.Log);
            Assert.NotEqual(file, status.Path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [SkippableFact]
    public void TheNamedFolderIsSearchedFirst()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "sonames of Linux");
        var blas = NativeLibraries.Find("blas");
        Skip.IfNot(blas.IsPresent, blas.Log);
        var real = new[] { "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib" }
            .Select(f => Path.Combine(f, blas.Path!)).FirstOrDefault(File.Exists);
        Skip.If(real is null, $"{blas.Path} lies in an unknown folder");
        var status = NativeLibraries.Probe("blas", $"/nowhere:{Path.GetDirectoryName(real)}");
        Assert.Equal(real, status.Path);
        Assert.StartsWith("/nowhere/libopenblas.so.0: no such file", status.Tried[0]);
        Assert.Equal($"{real}: loaded", status.Tried[^1]);
    }

    [Fact]
    public void AbsenceIsAValueUntilItIsRequired()
    {
        var absent = new NativeLibraryStatus("x", null, 0, ["/a/libx.so.1: no such file", "libx.so.1: cannot open"], "tests", "build libx");
        Assert.False(absent.IsPresent);
        Assert.Equal(
            "native library 'x' (tests) was not found, expected one of libx.so.1; build libx, or set ENGINE_NATIVE_PATH to the folder that holds it",
            absent.Explain());
        var missing = NativeLibraries.Names.FirstOrDefault(n => !NativeLibraries.TryGet(n, out _, out _));
        if (missing is not null)
        {
            Assert.Equal(3, Assert.Throws<MissingLibraryException>(() => NativeLibraries.Require(missing)).ExitCode);
        }
    }

    [Fact]
    public void AnUnknownNameIsAProgrammingError() => Assert.Throws<ArgumentException>(() => NativeLibraries.Probe("hdf6", null));
}
