using Engine.Kernels.Neighbours;

namespace Engine.Core.Particles;

/// <summary>Neighbours within frames.</summary>
internal static class FrameCells
{
    /// <summary>Sorts the particles of a frame into cells.</summary>
    /// <param name="cells">Filled anew.</param>
    /// <param name="frame">Positions, wrapped or not.</param>
    /// <param name="range">Largest distance of a neighbour [length].</param>
    public static void Build(this ImageCells cells, Configuration frame, double range)
    {
        var (x, y, z) = (new double[frame.Count], new double[frame.Count], new double[frame.Count]);
        for (var i = 0; i < frame.Count; i++)
        {
            (x[i], y[i], z[i]) = (frame.Positions[3 * i], frame.Positions[3 * i + 1], frame.Positions[3 * i + 2]);
        }
        cells.Build(frame.Box, x, y, z, [], range);
    }
}
