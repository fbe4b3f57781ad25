using System.Text.Json.Serialization;

namespace Engine.Core.Gap.Fit;

/// <summary>One entry of the list "descriptors" of fit settings; its key "type" says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SoapInput), "soap")]
[JsonDerivedType(typeof(PairInput), "distance2b")]
public abstract record GapDescriptorInput
{
    /// <summary>δ: scale of the energies that it explains [eV].</summary>
    public double Delta { get; init; } = 1;

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="Engine.Kernels.Errors.InputException">One is.</exception>
    internal abstract void Check();

    /// <summary>What the fit works with, for the elements of the training data; after <see cref="Check"/>.</summary>
    internal abstract IEnumerable<GapBasis> CreateBases(IReadOnlyList<int> atomicNumbers);
}
