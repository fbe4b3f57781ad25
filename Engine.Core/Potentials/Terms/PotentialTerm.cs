using System.Text.Json.Serialization;

namespace Engine.Core.Potentials.Terms;

/// <summary>One entry of the list "terms" of a potential file; its key "type" says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(LennardJonesTerm), "lennardJones")]
[JsonDerivedType(typeof(WeeksChandlerAndersenTerm), "wca")]
[JsonDerivedType(typeof(BuckinghamTerm), "buckingham")]
[JsonDerivedType(typeof(BornMayerHugginsTerm), "bornMayerHuggins")]
[JsonDerivedType(typeof(MorseTerm), "morse")]
[JsonDerivedType(typeof(YukawaTerm), "yukawa")]
[JsonDerivedType(typeof(TableTerm), "table")]
[JsonDerivedType(typeof(CoulombDsfTerm), "coulombDsf")]
[JsonDerivedType(typeof(CoulombWolfTerm), "coulombWolf")]
[JsonDerivedType(typeof(CoulombCutTerm), "coulombCut")]
[JsonDerivedType(typeof(EwaldTerm), "ewald")]
[JsonDerivedType(typeof(GapTerm), "gap")]
public abstract record PotentialTerm
{
    /// <summary>Adds what this term contributes for the species of a system.</summary>
    internal abstract void AddTo(PotentialBuilder builder);
}
