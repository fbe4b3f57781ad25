using Engine.Core.Particles;
using Engine.Kernels.Geometry;

namespace Engine.Tests.Core.Particles;

internal static class ConfigurationExtensions
{
    /// <summary>Position with the image counters applied (present cell).</summary>
    public static Vector3d UnwrappedPosition(this Configuration frame, int i) => frame.Images is { } images
        ? frame.Position(i) + frame.Box.Shift(images[3 * i], images[3 * i + 1], images[3 * i + 2])
        : frame.Position(i);
}
