using Engine.Kernels.Geometry;

namespace Engine.Kernels.Pair;

/// <summary>What an evaluation found besides the forces.</summary>
/// <param name="Energy">Σ U [energy]; 0 when not asked for.</param>
/// <param name="Virial">Σ r ⊗ f [energy].</param>
/// <param name="ClosestSquared">Smallest squared distance of any pair [length²]; infinite when the energy was not asked for or no pair is within a cutoff.</param>
public readonly record struct PairSums(double Energy, SymmetricTensor Virial, double ClosestSquared);
