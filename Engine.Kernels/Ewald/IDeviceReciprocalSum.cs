using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;

namespace Engine.Kernels.Ewald;

/// <summary>The reciprocal part of an Ewald sum on a device: by wave vectors (<see cref="DeviceReciprocalSum"/>) or on a mesh (<see cref="DeviceMeshSum"/>).</summary>
public interface IDeviceReciprocalSum : IDeviceForces
{
    /// <summary>Chooses the wave vectors, or the mesh, of a cell; before anything else, and whenever the cell has changed.</summary>
    /// <returns>Whether buffers were replaced: what was recorded with the old ones must be recorded again.</returns>
    bool SetBox(Box box);
}
