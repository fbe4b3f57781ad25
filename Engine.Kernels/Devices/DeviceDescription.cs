namespace Engine.Kernels.Devices;

/// <summary>A processor that kernels can run on.</summary>
/// <param name="Kind">Which programming interface reaches it.</param>
/// <param name="Index">Number among the devices of its kind, from 0.</param>
/// <param name="Name">As the driver reports it.</param>
/// <param name="Driver">Driver or platform with its version; for the CPU the .NET runtime.</param>
/// <param name="ComputeUnits">Logical processors this process may use; multiprocessors of a GPU.</param>
/// <param name="MemoryBytes">Memory this process may use [bytes].</param>
/// <param name="Features">Instruction sets, compute capability, OpenCL version and the like.</param>
public sealed record DeviceDescription(
    DeviceKind Kind, int Index, string Name, string Driver, int ComputeUnits, long MemoryBytes, IReadOnlyList<string> Features)
{
    /// <summary>What --device takes: "cpu", "cuda:0", "opencl:1".</summary>
    public string Address => Kind switch
    {
        DeviceKind.Cpu => "cpu",
        DeviceKind.Cuda => $"cuda:{Index}",
        _ => $"opencl:{Index}",
    };
}
