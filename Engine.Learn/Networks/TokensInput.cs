namespace Engine.Learn.Networks;

/// <summary>"tokens": sequences of whole numbers.</summary>
public sealed record TokensInput : InputDefinition
{
    /// <summary>Tokens of a sample.</summary>
    public required int Length { get; init; }

    /// <summary>Tokens that a decoder is given.</summary>
    public int? DecoderLength { get; init; }

    internal override Shape Shape => new(Domain.Samples, [Positive("length", Length)], IsIndex: true);

    internal override Shape? DecoderShape => DecoderLength is { } length ? new(Domain.Samples, [Positive("decoderLength", length)], IsIndex: true) : null;
}
