using System.Globalization;
using Engine.Kernels.Errors;

namespace Engine.Core.Potentials;

/// <summary>
/// The short-range replacement B/rⁿ + D r² of a Buckingham term for r &lt; r₀, joined with continuous value, first and second derivative at the
/// zero r₀ of its third derivative. Construction of J. Du and A. N. Cormack, as used with the Teter potentials: J. Non-Cryst. Solids 349, 66 (2004).
/// </summary>
/// <param name="Distance">r₀ [length]; 0: no guard.</param>
/// <param name="Exponent">n.</param>
/// <param name="B">[energy·lengthⁿ]</param>
/// <param name="D">[energy/length²]</param>
public readonly record struct BuckinghamGuard(double Distance, double Exponent, double B, double D)
{
    /// <summary>
    /// Solves for r₀, n, B, D. U‴ = 0 reads A r⁹ exp(−r/ρ) = 336 C ρ³; its left side rises up to r = 9ρ, so that the innermost root lies in (0, 9ρ).
    /// The three conditions at r₀ are linear in B and D and give n = (r²U″ − rU′)/(2U − rU′) directly.
    /// </summary>
    /// <exception cref="InputException">The term has no repulsive wall to join, or U is not repulsive enough there.</exception>
    public static BuckinghamGuard For(double a, double rho, double c)
    {
        double Excess(double r) => 9 * Math.Log(r) - r / rho + Math.Log(a) - Math.Log(336 * c) - 3 * Math.Log(rho);
        double high = 9 * rho, low = 1e-6 * rho;
        if (!(a > 0) || !(c > 0) || Excess(high) <= 0)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"the Buckingham term A = {a}, rho = {rho}, C = {c} has no repulsive wall that a guard could join; expected A r^9 exp(-r/rho) > 336 C rho^3 at r = 9 rho; raise A or lower C"));
        }
        for (var i = 0; i < 200 && high - low > 1e-16 * high; i++)
        {
            var middle = 0.5 * (low + high);
            if (Excess(middle) > 0)
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }
        var r0 = 0.5 * (low + high);
        var exponential = a * Math.Exp(-r0 / rho);
        var power = c / Math.Pow(r0, 6);
        var value = exponential - power;
        var first = -exponential * r0 / rho + 6 * power;
        var second = exponential * r0 * r0 / (rho * rho) - 42 * power;
        var n = (second - first) / (2 * value - first);
        var b = (2 * value - first) / (n + 2);
        if (!(n > 0) || !(b > 0))
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"the Buckingham term A = {a}, rho = {rho}, C = {c} gives a guard B/r^n + D r^2 with n = {n:g4} that is not repulsive; raise A or lower C, or set guard to false"));
        }
        return new(r0, n, b * Math.Pow(r0, n), (value - b) / (r0 * r0));
    }
}
