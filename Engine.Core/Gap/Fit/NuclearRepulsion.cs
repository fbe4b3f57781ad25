using System.Globalization;
using System.Xml.Linq;
using Engine.Core.Units;

namespace Engine.Core.Gap.Fit;

/// <summary>
/// A core for pairs nearer than any in the training data: the screened repulsion of nuclei of J. F. Ziegler, J. P. Biersack, U. Littmark, The Stopping and Range of Ions in Solids
/// (1985), times (1 − r/r_c)², r_c a fifth beyond the shortest distance of the pair in the data. A fit knows nothing of such pairs and may well attract them.
/// </summary>
internal static class NuclearRepulsion
{
    /// <summary>Nearer than this [Å], or than a quarter of the cutoff, the energy goes on as a straight line.</summary>
    private const double FirstPoint = 0.3;
    private const double Spacing = 0.05;
    private const double BeyondShortest = 1.2;

    private static readonly (double Share, double Rate)[] Screening = [(0.18175, 3.19980), (0.50986, 0.94229), (0.28022, 0.40290), (0.02817, 0.20162)];

    /// <summary>The stanza Glue_params that says so to QUIP, too.</summary>
    /// <param name="shortest">Shortest distance of each pair of atomic numbers in the data [Å].</param>
    public static XElement Stanza(IReadOnlyDictionary<(int First, int Second), double> shortest)
    {
        int[] elements = [.. shortest.Keys.SelectMany(pair => new[] { pair.First, pair.Second }).Distinct().Order()];
        return new(
            "Glue_params",
            new XAttribute("n_types", elements.Length),
            new XAttribute("label", "ZBL"),
            elements.Select((z, k) => new XElement("per_type_data", new XAttribute("type", k + 1), new XAttribute("atomic_num", z))),
            shortest.OrderBy(pair => pair.Key).Select(pair => Pair(pair.Key.First, pair.Key.Second, BeyondShortest * pair.Value, elements)));
    }

    /// <summary>Energy of a pair [eV].</summary>
    /// <param name="first">Atomic number.</param>
    /// <param name="second">Atomic number of the other.</param>
    /// <param name="r">Distance [Å].</param>
    public static double Energy(int first, int second, double r) => At(first, second, r).Energy;

    private static (double Energy, double Slope) At(int first, int second, double r)
    {
        var perLength = (Math.Pow(first, 0.23) + Math.Pow(second, 0.23)) / 0.46850;
        var bare = UnitSystem.Metal.Coulomb * first * second / r;
        var screened = Screening.Sum(term => term.Share * Math.Exp(-term.Rate * perLength * r));
        return (bare * screened, -bare * screened / r - bare * perLength * Screening.Sum(term => term.Share * term.Rate * Math.Exp(-term.Rate * perLength * r)));
    }

    private static XElement Pair(int first, int second, double cutoff, int[] elements)
    {
        var from = Math.Min(FirstPoint, 0.25 * cutoff);
        var count = Math.Max(4, (int)Math.Ceiling((cutoff - from) / Spacing) + 1);
        var (energy, slope) = At(first, second, from);
        var start = 1 - from / cutoff;
        var curve = new XElement(
            "potential_pair", new XAttribute("num_points", count), new XAttribute("y1", Text(start * start * slope - 2 * start / cutoff * energy)), new XAttribute("yn", "0"));
        for (var k = 0; k < count; k++)
        {
            var r = k == count - 1 ? cutoff : from + k * (cutoff - from) / (count - 1);
            var fade = 1 - r / cutoff;
            curve.Add(new XElement("point", new XAttribute("r", Text(r)), new XAttribute("E", Text(Energy(first, second, r) * fade * fade))));
        }
        return new(
            "per_pair_data",
            new XAttribute("type1", Array.IndexOf(elements, first) + 1),
            new XAttribute("type2", Array.IndexOf(elements, second) + 1),
            curve);
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
