using Engine.Kernels.Errors;
using Engine.Kernels.Numerics;

namespace Engine.Kernels.Pair;

/// <summary>Whether the numbers of a potential fit the arithmetic it is evaluated in: lengths of 1e-10 m to the power of −12 are no floats.</summary>
internal static class PairArithmetic
{
    /// <summary>Compares lanes with doubles at three distances.</summary>
    /// <exception cref="InputException">They disagree by more than rounding, or the potential itself is not finite.</exception>
    public static void Require<TPotential, R, T>(in TPotential potential)
        where TPotential : struct, IPairPotential<TPotential>
        where R : struct, IRows<R, T>
        where T : unmanaged
    {
        foreach (var part in (ReadOnlySpan<double>)[0.5, 0.7, 0.9])
        {
            var rSquared = part * part * potential.Cutoff * potential.Cutoff;
            var exact = TPotential.EnergyAndForce(in potential, new Real(rSquared));
            if (!double.IsFinite(exact.Energy.Value + exact.ForceOverDistance.Value))
            {
                throw new InputException(FormattableString.Invariant(
                    $"a pair potential is {exact.Energy.Value:G6} with −U′/r = {exact.ForceOverDistance.Value:G6} at r = {Math.Sqrt(rSquared):G6}, expected finite numbers; correct its formula or parameters"));
            }
            var found = R.Largest(TPotential.EnergyAndForce(in potential, R.Broadcast(rSquared)).ForceOverDistance);
            // Far above the rounding of a float, far below the loss of a whole term.
            var tolerance = 1e-3 * (Math.Abs(exact.ForceOverDistance.Value) + Math.Abs(exact.Energy.Value) / rSquared);
            if (!(Math.Abs(found - exact.ForceOverDistance.Value) <= tolerance))
            {
                throw new InputException(FormattableString.Invariant(
                    $"a pair potential gives −U′/r = {found:G6} at r = {Math.Sqrt(rSquared):G6} in {typeof(T).Name} arithmetic, expected {exact.ForceOverDistance.Value:G6}; its numbers are out of range in these units: set \"precision\" to \"double\", with --device cpu"));
            }
        }
    }
}
