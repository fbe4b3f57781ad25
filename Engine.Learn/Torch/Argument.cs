namespace Engine.Learn.Torch;

/// <summary>An argument of an ATen operator: what C# has for it converts by itself.</summary>
internal readonly struct Argument
{
    private Argument(ArgumentTag tag, long bits, object? reference)
    {
        Tag = tag;
        Bits = bits;
        Reference = reference;
    }

    public ArgumentTag Tag { get; }

    /// <summary>The number, or the bits of the real one.</summary>
    public long Bits { get; }

    /// <summary>The tensor, list or text.</summary>
    public object? Reference { get; }

    /// <summary>Absent, where the schema allows it.</summary>
    public static Argument None => default;

    public static implicit operator Argument(Tensor? value) => value is null ? None : new(ArgumentTag.Tensor, 0, value);

    public static implicit operator Argument(Tensor[] value) => new(ArgumentTag.Tensors, 0, value);

    /// <summary>A list in which tensors may be absent.</summary>
    public static Argument Optional(params Tensor?[] value) => new(ArgumentTag.OptionalTensors, 0, value);

    public static implicit operator Argument(long value) => new(ArgumentTag.Integer, value, null);

    public static implicit operator Argument(long[]? value) => value is null ? None : new(ArgumentTag.Integers, 0, value);

    public static implicit operator Argument(double value) => new(ArgumentTag.Real, BitConverter.DoubleToInt64Bits(value), null);

    public static implicit operator Argument(bool value) => new(ArgumentTag.Bool, value ? 1 : 0, null);

    public static implicit operator Argument(string value) => new(ArgumentTag.Text, 0, value);

    public static implicit operator Argument(ScalarType value) => (long)value;
}
