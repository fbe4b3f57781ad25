namespace Engine.Kernels.Devices;

public enum DeviceKind
{
    Cpu,
    Cuda,
    OpenCl,
}
