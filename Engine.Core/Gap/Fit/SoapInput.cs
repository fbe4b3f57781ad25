using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Core.Json;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Soap;

namespace Engine.Core.Gap.Fit;

/// <summary>"soap": smooth overlap of atomic positions, one sum over sparse points for each central species. Lengths in Å.</summary>
public sealed record SoapInput : GapDescriptorInput
{
    /// <summary>Neighbours at this distance or farther are not seen [Å].</summary>
    [Quantity(QuantityKind.Length)]
    public required double Cutoff { get; init; }

    /// <summary>Neighbours fade over this length below the cutoff [Å].</summary>
    [Quantity(QuantityKind.Length)]
    public double TransitionWidth { get; init; } = 0.5;

    /// <summary>Radial functions.</summary>
    public required int NMax { get; init; }

    /// <summary>Highest degree of the spherical harmonics.</summary>
    public required int LMax { get; init; }

    /// <summary>Width of an atom's Gaussian [Å].</summary>
    [Quantity(QuantityKind.Length)]
    public double AtomSigma { get; init; } = 0.5;

    /// <summary>Weight of the Gaussian of the centre itself.</summary>
    public double CentralWeight { get; init; } = 1;

    /// <summary>Value of a component appended to every descriptor.</summary>
    public double CovarianceSigma0 { get; init; }

    /// <summary>Whether pairs of radial functions are only those of equal number.</summary>
    public bool DiagonalRadial { get; init; }

    /// <summary>Symbols of the central species; by default all, a set for each.</summary>
    public IReadOnlyList<string>? Centres { get; init; }

    /// <summary>ζ: power of the dot product.</summary>
    public double Zeta { get; init; } = 4;

    /// <summary>Sparse points of each central species.</summary>
    public int SparsePoints { get; init; } = 1000;

    public SparseMethod SparseMethod { get; init; } = SparseMethod.Cur;

    /// <summary>The settings of a descriptor that is not part of a fit; as in one it may say that its type is soap.</summary>
    /// <exception cref="InputException">The file cannot be read or is not understood, or a value is out of range.</exception>
    public static SoapInput ReadFile(string path)
    {
        var text = StrictJson.ReadText(path);
        var type = (StrictJson.Parse<SoapInput>(text, path) as JsonObject)?["type"];
        if (type is not null && !(type.GetValueKind() == JsonValueKind.String && (string?)type == "soap"))
        {
            throw new InputException($"{path}: type is {type.ToJsonString()}, expected \"soap\": other descriptors are not computed on their own");
        }
        var input = type is null ? StrictJson.Read<SoapInput>(text, path, UnitSystem.Metal) : (SoapInput)StrictJson.Read<GapDescriptorInput>(text, path, UnitSystem.Metal);
        input.Check();
        return input;
    }

    /// <summary>The descriptor of one central species among neighbours of others, as QUIP writes it.</summary>
    public DescriptorText Describe(int centre, IReadOnlyList<int> neighbours)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"soap cutoff={Cutoff} cutoff_transition_width={TransitionWidth} n_max={NMax} l_max={LMax} atom_sigma={AtomSigma} n_species={neighbours.Count} Z={centre} species_Z={{{string.Join(' ', neighbours)}}}");
        text += CentralWeight == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" central_weight={CentralWeight}");
        text += CovarianceSigma0 == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" covariance_sigma0={CovarianceSigma0}");
        text += DiagonalRadial ? " diagonal_radial=T" : "";
        return new(text);
    }

    /// <summary>The same as settings.</summary>
    public SoapSettings Settings(int centre, IReadOnlyList<int> neighbours) => Describe(centre, neighbours).ToSoap();

    internal override void Check()
    {
        foreach (var (name, value) in new[] { ("zeta", Zeta), ("sparsePoints", SparsePoints), ("delta", Delta) })
        {
            if (!(value > 0))
            {
                throw new InputException(FormattableString.Invariant($"soap: {name} is {value}, expected a positive number"));
            }
        }
        if (TransitionWidth > Cutoff)
        {
            throw new InputException(FormattableString.Invariant($"soap: transitionWidth is {TransitionWidth} Å, expected at most the cutoff, {Cutoff} Å"));
        }
        if (SparseMethod == SparseMethod.Uniform)
        {
            throw new InputException("soap: sparseMethod is uniform, which divides the range of one number; expected cur, farthestPoint, kMeans, covariance or random");
        }
        // Whatever the species, the rest is checked by what it is for.
        try
        {
            _ = Settings(1, [1]);
        }
        catch (InputException error)
        {
            throw new InputException(OwnNames(error.Message), error);
        }
    }

    /// <summary>A message about QUIP's keys with those of this record.</summary>
    private static string OwnNames(string message) =>
        new (string Quip, string Own)[]
        {
            ("n_max", "nMax"), ("l_max", "lMax"), ("atom_sigma", "atomSigma"), ("cutoff_transition_width", "transitionWidth"), ("central_weight", "centralWeight"),
            ("covariance_sigma0", "covarianceSigma0"),
        }.Aggregate(message, (text, name) => text.Replace(name.Quip, name.Own, StringComparison.Ordinal));

    internal override IEnumerable<GapBasis> CreateBases(IReadOnlyList<int> atomicNumbers)
    {
        var centres = Centres is null
            ? atomicNumbers
            : [.. Centres.Select(symbol => Elements.AtomicNumberOf(symbol) is > 0 and var z && atomicNumbers.Contains(z)
                ? z
                : throw new InputException($"soap: centre {symbol} is not in the training data, expected {string.Join(", ", atomicNumbers.Select(Elements.SymbolOf))}"))];
        return centres.Select(z => new SoapBasis(this, z, atomicNumbers));
    }
}
