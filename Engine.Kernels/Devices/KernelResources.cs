namespace Engine.Kernels.Devices;

/// <summary>What a kernel takes of a multiprocessor, as its driver tells.</summary>
/// <param name="Registers">Of a thread.</param>
/// <param name="SpilledBytes">Memory of a thread, for what found no register.</param>
/// <param name="GroupsAtOnce">Groups of the size it was launched with that a multiprocessor has room for.</param>
public readonly record struct KernelResources(int Registers, int SpilledBytes, int GroupsAtOnce);
