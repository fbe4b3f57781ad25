namespace Engine.Kernels.Devices;

/// <summary>The compiled kernels of one text on one device.</summary>
public sealed class DeviceProgram
{
    private readonly Dictionary<string, DeviceKernel> kernels = [];

    internal DeviceProgram(Device device, KernelText text, nint handle, Func<string, nint> entry)
    {
        Handle = handle;
        foreach (var signature in text.Signatures)
        {
            kernels.Add(signature.Name, new(device, signature, entry(signature.Name)));
        }
    }

    /// <summary>CUmodule or cl_program.</summary>
    internal nint Handle { get; }

    internal IEnumerable<DeviceKernel> Kernels => kernels.Values;

    /// <summary>A kernel by its entry point.</summary>
    public DeviceKernel this[string name] => kernels.TryGetValue(name, out var kernel)
        ? kernel
        : throw new ArgumentException($"the program has no kernel {name}; it has {string.Join(", ", kernels.Keys)}", nameof(name));
}
