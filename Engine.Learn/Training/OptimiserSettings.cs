using System.Text.Json.Serialization;
using Engine.Kernels.Errors;

namespace Engine.Learn.Training;

/// <summary>How parameters follow gradients; its key "type" says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SgdSettings), "sgd")]
[JsonDerivedType(typeof(AdamSettings), "adam")]
[JsonDerivedType(typeof(AdamWSettings), "adamW")]
[JsonDerivedType(typeof(TraceSettings), "trace")]
public abstract record OptimiserSettings
{
    internal abstract Optimiser Create(Networks.Network network);

    private protected static void Require(string optimiser, bool holds, FormattableString found)
    {
        if (!holds)
        {
            throw new InputException($"{optimiser}: {FormattableString.Invariant(found)}");
        }
    }
}
