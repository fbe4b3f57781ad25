using Engine.Kernels.Geometry;

namespace Engine.Kernels.Pair;

/// <summary>What an evaluation found besides the forces.</summary>
/// <param name="Energy">Σ U [energy]; 0 when not asked for.</param>
/// <param name="Virial">Σ r ⊗ f [energy].</param>
/// <param name="ClosestSquared">Smallest squared distance of any pair [length²]; infinite when the energy was not asked for or no pair is within a cutoff.</param>
public readonly record struct PairSums(double Energy, SymmetricTensor Virial, double ClosestSquared)
{
    /// <summary>What eight columns of a device's sums are, for each replica: energy, virial (xx yy zz xy xz yz), smallest squared distance.</summary>
    internal static PairSums[] FromColumns(double[] columns) => [.. columns.Chunk(8).Select(s =>
        new PairSums(s[0], new(s[1], s[2], s[3], s[4], s[5], s[6]), s[7] < 1e38 ? s[7] : double.PositiveInfinity))];
}
