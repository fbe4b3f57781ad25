using System.Text.Json.Serialization;
using Engine.Kernels.Errors;

namespace Engine.Learn.Networks;

/// <summary>What a network is given; its key "type" says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(NumbersInput), "numbers")]
[JsonDerivedType(typeof(TokensInput), "tokens")]
[JsonDerivedType(typeof(GraphInput), "graph")]
public abstract record InputDefinition
{
    internal abstract Shape Shape { get; }

    internal virtual Shape? DecoderShape => null;

    internal virtual int EdgeFeatures => 0;

    private protected static long Positive(string name, int value) => value > 0 ? value : throw new InputException($"network, input: {name} is {value}, expected 1 or more");
}
