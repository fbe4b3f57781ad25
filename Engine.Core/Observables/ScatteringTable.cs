using System.Globalization;

namespace Engine.Core.Observables;

/// <summary>
/// X-ray form factors f(q) = Σ aᵢ exp(−bᵢ s²) + c, s = q/4π (Waasmaier and Kirfel, Acta Cryst. A 51, 416 (1995); valid to s = 6 Å⁻¹) and coherent
/// neutron scattering lengths (Rauch and Waschkowski, Neutron Data Booklet, 2003).
/// </summary>
public static class ScatteringTable
{
    private const int Terms = 5;

    private static readonly Dictionary<string, double[]> Forms = Words(ScatteringData.FormFactors).Chunk(2 * Terms + 2).ToDictionary(row => row[0], row => Array.ConvertAll(row[1..], Number));

    private static readonly Dictionary<string, double> Lengths = Words(ScatteringData.NeutronLengths).Chunk(2).ToDictionary(row => row[0], row => Number(row[1]));

    public static bool HasFormFactor(string scatterer) => Forms.ContainsKey(scatterer);

    public static bool HasNeutronLength(string element) => Lengths.ContainsKey(element);

    /// <summary>"Hf" of "Hf4+".</summary>
    public static string ElementOf(string scatterer) => new([.. scatterer.TakeWhile(char.IsLetter)]);

    /// <summary>What of an element <see cref="FormFactor"/> knows, itself and its ions: "Hf", "Hf4+".</summary>
    public static IEnumerable<string> ScatterersOf(string element) => Forms.Keys.Where(name => ElementOf(name) == element);

    /// <summary>f(q) [electrons] of a neutral atom "Hf" or ion "Hf4+" at wave number <paramref name="q"/> [Å⁻¹].</summary>
    /// <exception cref="KeyNotFoundException">The table does not have this scatterer.</exception>
    public static double FormFactor(string scatterer, double q)
    {
        var row = Forms[scatterer];
        var s = q / (4 * Math.PI);
        var f = row[Terms];
        for (var i = 0; i < Terms; i++)
        {
            f += row[i] * Math.Exp(-row[Terms + 1 + i] * s * s);
        }
        return f;
    }

    /// <summary>Coherent neutron scattering length [fm] of the natural element.</summary>
    /// <exception cref="KeyNotFoundException">The table does not have this element.</exception>
    public static double NeutronLength(string element) => Lengths[element];

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
