using Engine.Kernels.Geometry;

namespace Engine.Core.Forces;

/// <summary>Where the particles were when a list was made: box and positions per slot [length], empty where there is no list.</summary>
public sealed record ListPositions(Box Box, double[] X, double[] Y, double[] Z)
{
    /// <summary>No list.</summary>
    public static ListPositions None { get; } = new(default, [], [], []);
}

/// <summary>What a <see cref="ForceField"/> must remember for a run to continue bit for bit.</summary>
/// <param name="Skin">Skin of the list [length].</param>
/// <param name="InnerSkin">Skin of the pruned list [length].</param>
/// <param name="Age">Force evaluations it has served; on a device, steps since its skin was chosen.</param>
/// <param name="Lists">Lists that a device has built; 0 on the processor.</param>
/// <param name="Built">What the list was built from.</param>
/// <param name="Pruned">What it was last pruned with, which decides in which order a particle's forces are added up; none on a device.</param>
public sealed record ForceFieldState(double Skin, double InnerSkin, long Age, long Lists, ListPositions Built, ListPositions Pruned)
{
    /// <summary>No list.</summary>
    public static ForceFieldState None { get; } = new(0, 0, 0, 0, ListPositions.None, ListPositions.None);
}
