using Engine.Kernels.Devices;

namespace Engine.Kernels.Langevin;

/// <summary>What steps on a device read beside the particles, see move.cl.</summary>
/// <param name="Schedule">For each step of the segment kick or mobility, drift, decay and noise.</param>
/// <param name="Key">Seed and step of the run, by words.</param>
/// <param name="Stream">Of random numbers.</param>
internal readonly record struct StepBuffers(DeviceBuffer<Float4> Schedule, DeviceBuffer<uint> Key, uint Stream);
