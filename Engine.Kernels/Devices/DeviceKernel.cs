namespace Engine.Kernels.Devices;

/// <summary>An entry point of a compiled program.</summary>
public sealed class DeviceKernel
{
    private readonly Device device;

    internal DeviceKernel(Device device, KernelSignature signature, nint handle)
    {
        this.device = device;
        Signature = signature;
        Handle = handle;
    }

    public KernelSignature Signature { get; }

    /// <summary>CUfunction or cl_kernel.</summary>
    internal nint Handle { get; }

    /// <summary>CUDA: bytes of local memory beside what the text declares.</summary>
    internal int DynamicLocalBytes
    {
        get;
        set
        {
            field = value;
            device.ReserveLocal(this, value);
        }
    }

    /// <summary>Runs at least <paramref name="threads"/> threads, in whole groups; returns at once.</summary>
    /// <param name="threads">Threads needed; 0 launches nothing.</param>
    /// <param name="groupSize">Threads of a group.</param>
    /// <param name="arguments">Values and buffers in the order of the signature.</param>
    /// <exception cref="ArgumentException">Number or types of the arguments are not those of the kernel's text.</exception>
    public void Launch(int threads, int groupSize, params ReadOnlySpan<KernelArgument> arguments)
    {
        Check(arguments);
        if (threads > 0)
        {
            device.Run(new(this, (threads + groupSize - 1) / groupSize, groupSize, arguments.ToArray()));
        }
    }

    private void Check(ReadOnlySpan<KernelArgument> arguments)
    {
        var parameters = Signature.Parameters;
        if (arguments.Length != parameters.Count)
        {
            throw new ArgumentException($"kernel {Signature.Name} was given {arguments.Length} arguments; expected {parameters.Count}: {this}");
        }
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Type != parameters[i].Type || arguments[i].IsBuffer != parameters[i].IsBuffer)
            {
                var found = arguments[i].IsBuffer ? $"a buffer of {arguments[i].Type}" : $"a value of type {arguments[i].Type}";
                throw new ArgumentException($"kernel {Signature.Name}: argument {i + 1} is {found}; expected '{parameters[i].Name}' of {this}");
            }
        }
    }

    public override string ToString() =>
        $"{Signature.Name}({string.Join(", ", Signature.Parameters.Select(p => $"{p.Type}{(p.IsBuffer ? "*" : "")} {p.Name}"))})";
}
