using System.Xml.Linq;
using Engine.Core.Gap;
using Engine.Core.Soap;
using Engine.Kernels.Soap;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;

namespace Engine.Tests.Core.Gap;

/// <summary>Potentials that no fit has seen: weights at random, for what must hold of any.</summary>
internal static class GapModels
{
    /// <summary>Hafnia: soap on both species, a sum over pairs, and a core.</summary>
    /// <param name="weight">Size of the weights.</param>
    /// <param name="soap">More words of the descriptors, which replace those of the same key.</param>
    /// <param name="version">Of the convention.</param>
    /// <param name="cells">Sparse points are those of a crystal of so many cells along each axis: 4 n³ of hafnium, 8 n³ of oxygen.</param>
    public static GapModel Hafnia(double weight = 0.3, string soap = "", int version = SoapSettings.FirstVersionWithCentreInItsOwnChannel, int cells = 1)
    {
        var random = new Random(11);
        double Weight() => weight * (2 * random.NextDouble() - 1);
        return new()
        {
            Label = "GAP_test",
            Version = version,
            FreeAtoms = new Dictionary<int, double> { [8] = -0.5, [72] = -2.5 },
            EnergyScale = 1.5,
            Sets = [Soap(72, Weight, soap, version, cells), Soap(8, Weight, soap, version, cells), Pairs(Weight)],
            Core = new(Core),
            CoreStanza = Core,
            Training = "by hand",
        };
    }

    public static XElement Core { get; } = XElement.Parse("""
        <Glue_params n_types="2" label="core">
          <per_type_data type="1" atomic_num="8"/><per_type_data type="2" atomic_num="72"/>
          <per_pair_data type1="1" type2="2"><potential_pair num_points="4" y1="-9" yn="0">
            <point r="1.0" E="8"/><point r="1.6" E="3"/><point r="2.2" E="0.5"/><point r="2.6" E="0"/></potential_pair></per_pair_data>
        </Glue_params>
        """);

    private static GapSparseSet Soap(int centre, Func<double> weight, string more, int version, int cells)
    {
        string[] words = ["cutoff=4.1", "l_max=4", "n_max=4", "atom_sigma=0.5", "cutoff_transition_width=0.7", "n_species=2", "species_Z={8 72}", "covariance_sigma0=0.1"];
        var kept = words.Where(word => !more.Contains(word[..(word.IndexOf('=', StringComparison.Ordinal) + 1)], StringComparison.Ordinal));
        var text = new DescriptorText($"soap Z={centre} {string.Join(' ', kept)} {more}");
        using var soap = new SoapDescriptors(text.ToSoap(version));
        var values = soap.Compute(Cells.Fluorite(5.1, cells, shake: 0.5), Workers.Single).Values;
        var count = values.GetLength(0);
        return new()
        {
            Descriptor = text,
            Covariance = GapCovariance.DotProduct,
            Delta = 0.7,
            Zeta = centre == 8 ? 4 : 2.5,
            Dimensions = soap.Settings.Length,
            Points = [.. values.Cast<double>()],
            Weights = [.. Enumerable.Range(0, count).Select(_ => 10 * weight())],
            Cutoffs = [.. Enumerable.Repeat(1.0, count)],
            Soap = soap.Settings,
        };
    }

    private static GapSparseSet Pairs(Func<double> weight) => new()
    {
        Descriptor = new("distance_2b cutoff=3.9 cutoff_transition_width=1.1 Z1=72 Z2=8"),
        Covariance = GapCovariance.Gaussian,
        Delta = 0.6,
        Mean = 0.3,
        Theta = [0.8],
        Dimensions = 1,
        Points = [1.6, 2.1, 2.6, 3.1, 3.6],
        Weights = [.. Enumerable.Range(0, 5).Select(_ => weight())],
        Cutoffs = [1, 1, 1, 0.9, 0.2],
    };
}
