using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>What a network computes in.</summary>
public enum Precision
{
    Float,
    Double,
}

internal static class PrecisionTypes
{
    public static ScalarType ToScalarType(this Precision precision) => precision == Precision.Double ? ScalarType.Float64 : ScalarType.Float32;
}
