using Engine.Kernels.Algebra;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;
using Xunit;

namespace Engine.Tests.Kernels.Devices;

/// <summary>What is said where parts of CUDA are too old, too new or absent.</summary>
public class CudaDriverTests
{
    [Fact]
    public void ACompilerThatIsNewerThanTheDriverIsSaidInOneLine()
    {
        const int unsupportedPtxVersion = 222;
        const int outOfMemory = 2;
        var line = CudaDriver.WhyImageIsRefused(unsupportedPtxVersion, driver: 12040, compiler: 13000)!;
        Assert.StartsWith("the NVIDIA driver, of CUDA 12.4, takes no kernels of NVRTC 13.0", line);
        Assert.Contains("expected NVRTC 12.4 or older; update the driver", line);
        Assert.DoesNotContain('\n', line);
        Assert.Null(CudaDriver.WhyImageIsRefused(unsupportedPtxVersion, driver: 13000, compiler: 13000));
        Assert.Null(CudaDriver.WhyImageIsRefused(outOfMemory, driver: 12040, compiler: 13000));
    }

    [SkippableFact]
    public void LibrariesOfLinearAlgebraThatAreMissingAreNamed()
    {
        Skip.If(NativeLibraries.Find("cublas").IsPresent, "this machine has cuBLAS");
        var error = Assert.Throws<MissingLibraryException>(CudaAlgebra.RequireLibraries);
        Assert.StartsWith("native library 'cublas' (matrix products on NVIDIA devices) was not found, expected one of libcublas.so.13", error.Message);
        Assert.Contains("install the CUDA toolkit's cuBLAS", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
