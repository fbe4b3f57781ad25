using System.Globalization;
using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.Core.Gap.Fit;

/// <summary>"distance2b": a sum over pairs, with Gaussian kernels of their distance. Lengths in Å.</summary>
public sealed record PairInput : GapDescriptorInput
{
    /// <summary>Pairs at this distance or farther do not count [Å].</summary>
    [Quantity(QuantityKind.Length)]
    public required double Cutoff { get; init; }

    /// <summary>Pairs fade over this length below the cutoff [Å].</summary>
    [Quantity(QuantityKind.Length)]
    public double TransitionWidth { get; init; } = 0.5;

    /// <summary>θ: width of the kernels [Å].</summary>
    [Quantity(QuantityKind.Length)]
    public double Theta { get; init; } = 1;

    /// <summary>Sparse points of each pair of species.</summary>
    public int SparsePoints { get; init; } = 20;

    public SparseMethod SparseMethod { get; init; } = SparseMethod.Uniform;

    internal DescriptorText Describe(int first, int second) => new(string.Create(
        CultureInfo.InvariantCulture, $"distance_2b cutoff={Cutoff} cutoff_transition_width={TransitionWidth} Z1={first} Z2={second}"));

    internal override void Check()
    {
        if (!(Cutoff > 0) || !(TransitionWidth >= 0) || !(Theta > 0) || SparsePoints < 1 || !(Delta > 0))
        {
            throw new InputException(FormattableString.Invariant(
                $"distance2b: cutoff is {Cutoff}, transitionWidth {TransitionWidth}, theta {Theta}, sparsePoints {SparsePoints}, delta {Delta}; expected positive numbers"));
        }
        if (TransitionWidth > Cutoff)
        {
            throw new InputException(FormattableString.Invariant($"distance2b: transitionWidth is {TransitionWidth} Å, expected at most the cutoff, {Cutoff} Å"));
        }
        if (SparseMethod is not (SparseMethod.Uniform or SparseMethod.Random))
        {
            throw new InputException($"distance2b: sparseMethod is {SparseMethod}, expected uniform or random: its descriptor is one number");
        }
    }

    internal override IEnumerable<GapBasis> CreateBases(IReadOnlyList<int> atomicNumbers)
    {
        for (var a = 0; a < atomicNumbers.Count; a++)
        {
            for (var b = a; b < atomicNumbers.Count; b++)
            {
                yield return new PairBasis(this, atomicNumbers[a], atomicNumbers[b]);
            }
        }
    }
}
