namespace Engine.Kernels.Devices;

/// <summary>How often a kernel was launched, and how long it took in all [s].</summary>
public readonly record struct KernelTime(int Launches, double Seconds);
