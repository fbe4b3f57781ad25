namespace Engine.Learn.Torch;

/// <summary>Element types; the numbers are those of c10::ScalarType.</summary>
public enum ScalarType
{
    Int64 = 4,
    Float32 = 6,
    Float64 = 7,

    /// <summary>What comparisons give.</summary>
    Bool = 11,
}
