using Engine.Kernels.Geometry;

namespace Engine.Kernels.Ewald;

/// <summary>What the fractional coordinates of a cell grow by: K = 2π(n_x X + n_y Y + n_z Z).</summary>
/// <param name="X">∂s_x/∂r [1/length].</param>
/// <param name="Y">∂s_y/∂r.</param>
/// <param name="Z">∂s_z/∂r.</param>
internal readonly record struct ReciprocalAxes(Vector3d X, Vector3d Y, Vector3d Z)
{
    public static ReciprocalAxes Of(Box box)
    {
        var (lx, ly, lz) = (box.LengthX, box.LengthY, box.LengthZ);
        return new(
            new(1 / lx, -box.TiltXY / (lx * ly), (box.TiltYZ * box.TiltXY - box.TiltXZ * ly) / (lx * ly * lz)),
            new(0, 1 / ly, -box.TiltYZ / (ly * lz)),
            new(0, 0, 1 / lz));
    }
}
