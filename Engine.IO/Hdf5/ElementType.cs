namespace Engine.IO.Hdf5;

/// <summary>The number types that trajectories are written in, all little-endian.</summary>
internal enum ElementType
{
    UInt8,
    Int32,
    Int64,
    Float32,
    Float64,
}

internal static class ElementTypes
{
    public static int Bytes(this ElementType type) => type switch
    {
        ElementType.UInt8 => 1,
        ElementType.Int32 or ElementType.Float32 => 4,
        _ => 8,
    };

    public static long Hdf5Type(this ElementType type) => type switch
    {
        ElementType.UInt8 => H5T.STD_U8LE,
        ElementType.Int32 => H5T.STD_I32LE,
        ElementType.Int64 => H5T.STD_I64LE,
        ElementType.Float32 => H5T.IEEE_F32LE,
        _ => H5T.IEEE_F64LE,
    };
}
