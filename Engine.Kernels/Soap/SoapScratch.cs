using Engine.Kernels.Memory;

namespace Engine.Kernels.Soap;

/// <summary>Room that the kernels compute in, one for each thread.</summary>
public sealed class SoapScratch(SoapKernels kernels) : IDisposable
{
    internal AlignedBuffer<double> Harmonics { get; } = new();

    internal AlignedBuffer<double> Radial { get; } = new();

    internal AlignedBuffer<double> Matrix { get; } = new();

    internal AlignedBuffer<double> Coefficients { get; } = new();

    /// <summary>Descriptors it is for.</summary>
    public SoapKernels Kernels { get; } = kernels;

    public void Dispose()
    {
        Harmonics.Dispose();
        Radial.Dispose();
        Matrix.Dispose();
        Coefficients.Dispose();
    }
}
