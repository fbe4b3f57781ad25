using System.Runtime.Intrinsics;

namespace Engine.Kernels.Numerics;

/// <summary>Sums over lanes in an order of our own: the base library promises none, and results must not depend on the processor.</summary>
internal static class LaneSum
{
    public static double Of(Vector256<double> v) => v[0] + v[1] + (v[2] + v[3]);
}
