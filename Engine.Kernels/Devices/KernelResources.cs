namespace Engine.Kernels.Devices;

/// <summary>What a kernel takes of a multiprocessor, as its driver tells.</summary>
/// <param name="Registers">Of a thread.</param>
/// <param name="LocalBytes">Memory of a thread: what found no register, and arrays whose index is not known.</param>
/// <param name="GroupsAtOnce">Groups of the size it was launched with that a multiprocessor has room for.</param>
public readonly record struct KernelResources(int Registers, int LocalBytes, int GroupsAtOnce);
