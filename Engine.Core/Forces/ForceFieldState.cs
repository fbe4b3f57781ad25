using Engine.Kernels.Geometry;

namespace Engine.Core.Forces;

/// <summary>What a <see cref="ForceField"/> must remember for a run to continue bit for bit.</summary>
/// <param name="Skin">Skin of the list [length].</param>
/// <param name="InnerSkin">Skin of the pruned list [length].</param>
/// <param name="Age">Force evaluations it has served; on a device, steps since its skin was chosen.</param>
/// <param name="Lists">Lists that a device has built; 0 on the processor.</param>
/// <param name="Box">Box it was built in.</param>
/// <param name="X">Positions it was built from, per slot; empty where there is no list.</param>
/// <param name="Y">See <paramref name="X"/>.</param>
/// <param name="Z">See <paramref name="X"/>.</param>
public sealed record ForceFieldState(double Skin, double InnerSkin, long Age, long Lists, Box Box, double[] X, double[] Y, double[] Z)
{
    /// <summary>No list.</summary>
    public static ForceFieldState None { get; } = new(0, 0, 0, 0, default, [], [], []);
}
