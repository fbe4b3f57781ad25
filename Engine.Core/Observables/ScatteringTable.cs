namespace Engine.Core.Observables;

/// <summary>
/// X-ray form factors f(q) = Σ aᵢ exp(−bᵢ s²) + c, s = q/4π (Waasmaier and Kirfel, Acta Cryst. A 51, 416 (1995); valid to s = 6 Å⁻¹) and coherent
/// neutron scattering lengths [fm] (Sears, Neutron News 3(3), 26 (1992)).
/// </summary>
public static class ScatteringTable
{
    private static readonly Dictionary<string, (double[] A, double C, double[] B)> Forms = new()
    {
        ["Hf"] = ([30.617033, 15.145351, 54.933548, 4.096253, 16.896156], -49.719837, [1.795613, 9.934469, 0.000739, 76.189705, 0.175914]),
        ["Hf4+"] = ([29.267378, 16.792543, 14.785310, 2.184128, 23.791996], -18.820383, [1.697911, 0.168313, 8.190025, 18.277578, 0.001431]),
        ["O"] = ([2.960427, 2.508818, 0.637853, 0.722838, 1.142756], 0.027014, [14.182259, 5.936858, 0.112726, 34.958481, 0.390240]),
        ["O1-"] = ([3.106934, 3.235142, 1.148886, 0.783981, 0.676953], 0.046136, [19.868080, 6.960252, 0.170043, 65.693512, 0.630757]),
    };

    private static readonly Dictionary<string, double> Lengths = new() { ["Hf"] = 7.77, ["O"] = 5.803 };

    /// <summary>Names that <see cref="FormFactor"/> knows.</summary>
    public static IEnumerable<string> Scatterers => Forms.Keys;

    /// <summary>Elements that <see cref="NeutronLength"/> knows.</summary>
    public static IEnumerable<string> NeutronElements => Lengths.Keys;

    public static bool HasFormFactor(string scatterer) => Forms.ContainsKey(scatterer);

    public static bool HasNeutronLength(string element) => Lengths.ContainsKey(element);

    /// <summary>f(q) [electrons] of a neutral atom "Hf" or ion "Hf4+" at wave number <paramref name="q"/> [Å⁻¹].</summary>
    /// <exception cref="KeyNotFoundException">The table does not have this scatterer.</exception>
    public static double FormFactor(string scatterer, double q)
    {
        var (a, c, b) = Forms[scatterer];
        var s = q / (4 * Math.PI);
        var f = c;
        for (var i = 0; i < a.Length; i++)
        {
            f += a[i] * Math.Exp(-b[i] * s * s);
        }
        return f;
    }

    /// <summary>Coherent neutron scattering length [fm] of the natural element.</summary>
    /// <exception cref="KeyNotFoundException">The table does not have this element.</exception>
    public static double NeutronLength(string element) => Lengths[element];
}
