namespace Engine.Kernels.Devices;

/// <summary>How often a kernel was launched, how long it took in all [s], and what it takes of a multiprocessor where that is known.</summary>
public readonly record struct KernelTime(int Launches, double Seconds, KernelResources? Resources = null);
