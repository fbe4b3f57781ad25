using Engine.Kernels.Errors;

namespace Engine.Kernels.Soap;

/// <summary>
/// The smooth overlap of atomic positions of A. P. Bartók, R. Kondor and G. Csányi, Phys. Rev. B 87, 184115 (2013), as QUIP computes it: power spectrum of a density of
/// Gaussians, expanded in spherical harmonics and radial functions that are Gaussians at equal distances, made orthonormal. Lengths in the unit of the positions (QUIP: Å).
/// </summary>
public sealed record SoapSettings
{
    /// <summary>From this version of a potential on, the power spectrum has the factor 1/√(2l + 1).</summary>
    public const int FirstVersionWithDegreeFactor = 1_423_143_769;

    /// <summary>Up to here the centre's own Gaussian is in the channels of all species.</summary>
    public const int FirstVersionWithCentreInItsOwnChannel = 1_426_512_068;

    /// <summary>Neighbours at this distance or farther are not seen.</summary>
    public required double Cutoff { get; init; }

    /// <summary>Over this length below the cutoff, neighbours fade by half a cosine.</summary>
    public double TransitionWidth { get; init; } = 0.5;

    /// <summary>Radial functions.</summary>
    public required int NMax { get; init; }

    /// <summary>Highest degree of the spherical harmonics.</summary>
    public required int LMax { get; init; }

    /// <summary>Width σ of an atom's Gaussian.</summary>
    public required double AtomSigma { get; init; }

    /// <summary>Weight of the Gaussian of the centre itself.</summary>
    public double CentralWeight { get; init; } = 1;

    /// <summary>Whether the centre's own Gaussian is in the channels of all species instead of its own.</summary>
    public bool CentralReferenceAllSpecies { get; init; }

    /// <summary>Value of a component that is appended to every descriptor.</summary>
    public double CovarianceSigma0 { get; init; }

    /// <summary>Whether descriptors are normalised.</summary>
    public bool Normalise { get; init; } = true;

    /// <summary>How far radial functions reach beyond the cutoff: until an atom's Gaussian has fallen to ten to the minus this.</summary>
    public double BasisErrorExponent { get; init; } = 10;

    /// <summary>Exponent of a radial decay (1 + rate)/(rate + (r/scale)^exponent); 0 for none.</summary>
    public double DecayExponent { get; init; }

    public double DecayScale { get; init; } = 1;

    public double DecayRate { get; init; } = 1;

    /// <summary>Whether pairs of radial functions are only those of equal number.</summary>
    public bool DiagonalRadial { get; init; }

    /// <summary>Atomic numbers of the centres; empty for all.</summary>
    public IReadOnlyList<int> Centres { get; init; } = [];

    /// <summary>Atomic numbers of the neighbours that are seen, each a channel, in this order; empty for one channel of all.</summary>
    public IReadOnlyList<int> Neighbours { get; init; } = [];

    /// <summary>Version of the convention, see <see cref="FirstVersionWithDegreeFactor"/>.</summary>
    public int Version { get; init; } = FirstVersionWithCentreInItsOwnChannel;

    /// <summary>Channels of species.</summary>
    public int Species => Math.Max(1, Neighbours.Count);

    /// <summary>Pairs of species and radial function.</summary>
    public int Channels => Species * NMax;

    /// <summary>Components of a descriptor, the appended one included.</summary>
    public int Length => (LMax + 1) * (DiagonalRadial ? NMax * Species * (Species + 1) / 2 : Channels * (Channels + 1) / 2) + 1;

    /// <summary>Whether spectra of degree l are divided by √(2l + 1).</summary>
    public bool HasDegreeFactor => Version >= FirstVersionWithDegreeFactor;

    /// <summary>Whether the centre's own Gaussian is in every channel, by choice or by the convention of an old version.</summary>
    public bool CentreInAllChannels => CentralReferenceAllSpecies || Version < FirstVersionWithCentreInItsOwnChannel;

    /// <summary>Distance up to which the radial functions are spread.</summary>
    public double BasisCutoff => Cutoff + AtomSigma * Math.Sqrt(2 * BasisErrorExponent * Math.Log(10));

    /// <summary>Channel of a neighbour by its atomic number; −1 where it is not seen.</summary>
    public int ChannelOf(int atomicNumber)
    {
        for (var s = 0; s < Neighbours.Count; s++)
        {
            if (Neighbours[s] == atomicNumber || Neighbours[s] == 0)
            {
                return s;
            }
        }
        return Neighbours.Count == 0 ? 0 : -1;
    }

    /// <summary>Whether an atom of this number is a centre.</summary>
    public bool IsCentre(int atomicNumber) => Centres.Count == 0 || Centres.Contains(atomicNumber) || Centres.Contains(0);

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="InputException">One is.</exception>
    public void Check()
    {
        Require(Cutoff > 0 && double.IsFinite(Cutoff), "cutoff", Cutoff, "a positive length");
        Require(TransitionWidth >= 0, "transition width", TransitionWidth, "0 or a length");
        Require(NMax is >= 1 and <= 64, "n_max", NMax, "1 to 64");
        Require(LMax is >= 0 and <= 32, "l_max", LMax, "0 to 32");
        Require(AtomSigma > 0 && double.IsFinite(AtomSigma), "atom_sigma", AtomSigma, "a positive length");
        Require(BasisErrorExponent > 0, "basis_error_exponent", BasisErrorExponent, "a positive number");
        Require(DecayExponent >= 0, "cutoff_dexp", DecayExponent, "0 or more");
        Require(DecayScale > 0, "cutoff_scale", DecayScale, "a positive length");
        Require(DecayRate >= 0, "cutoff_rate", DecayRate, "0 or more");
        if (Neighbours.Distinct().Count() != Neighbours.Count)
        {
            throw new InputException($"soap: the neighbour species {string.Join(", ", Neighbours)} name one twice; expected each once");
        }
    }

    private static void Require(bool holds, string name, double value, string expected)
    {
        if (!holds)
        {
            throw new InputException(FormattableString.Invariant($"soap: {name} is {value}, expected {expected}"));
        }
    }
}
