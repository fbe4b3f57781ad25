using System.Runtime.CompilerServices;

namespace Engine.Kernels.Devices;

/// <summary>One argument of a launch; values and buffers convert to it by themselves.</summary>
public readonly struct KernelArgument
{
    private KernelArgument(string type, bool isBuffer, ulong bits, int bytes)
    {
        (Type, IsBuffer, Bits, Bytes) = (type, isBuffer, bits, bytes);
    }

    /// <summary>Element type as the dialect writes it.</summary>
    internal string Type { get; }

    internal bool IsBuffer { get; }

    /// <summary>The value's bytes, or the handle of the buffer.</summary>
    internal ulong Bits { get; }

    internal int Bytes { get; }

    public static implicit operator KernelArgument(int value) => new("int", false, (uint)value, sizeof(int));

    public static implicit operator KernelArgument(uint value) => new("u32", false, value, sizeof(uint));

    public static implicit operator KernelArgument(float value) => new("float", false, BitConverter.SingleToUInt32Bits(value), sizeof(float));

    public static implicit operator KernelArgument(double value) => new("double", false, BitConverter.DoubleToUInt64Bits(value), sizeof(double));

    public static implicit operator KernelArgument(ulong value) => new("u64", false, value, sizeof(ulong));

    internal static KernelArgument Of<T>(DeviceBuffer<T> buffer)
        where T : unmanaged => new(ElementName<T>(), true, (ulong)buffer.Handle, sizeof(ulong));

    /// <summary>A place in the memory of a CUDA device.</summary>
    internal static KernelArgument At<T>(nint address)
        where T : unmanaged => new(ElementName<T>(), true, (ulong)address, sizeof(ulong));

    /// <summary>What the dialect calls a C# type.</summary>
    internal static string ElementName<T>() =>
        typeof(T) == typeof(int) ? "int"
        : typeof(T) == typeof(uint) ? "u32"
        : typeof(T) == typeof(float) ? "float"
        : typeof(T) == typeof(double) ? "double"
        : typeof(T) == typeof(long) ? "i64"
        : typeof(T) == typeof(ulong) ? "u64"
        : typeof(T) == typeof(Float4) ? "float4"
        : typeof(T) == typeof(Int4) ? "int4"
        : typeof(T) == typeof(Float2) ? "float2"
        : throw new ArgumentException($"kernels know no element of type {typeof(T).Name} ({Unsafe.SizeOf<T>()} bytes)");
}

/// <summary>float4 of the dialect.</summary>
public readonly record struct Float4(float X, float Y, float Z, float W);

/// <summary>float2 of the dialect.</summary>
public readonly record struct Float2(float X, float Y);

/// <summary>int4 of the dialect.</summary>
public readonly record struct Int4(int X, int Y, int Z, int W);
