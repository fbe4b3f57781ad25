using Engine.Kernels.Errors;

namespace Engine.Learn.Data;

/// <summary>Images that come in files to learn and files to test; the first ones are taken.</summary>
public abstract record ImageData : DataDefinition
{
    /// <summary>The folder of the files.</summary>
    public required string Path { get; init; }

    /// <summary>Images to learn; null: all of those files.</summary>
    public int? TrainingCount { get; init; }

    /// <summary>Images to test; null: all of those files, 0: none.</summary>
    public int? TestCount { get; init; }

    public override bool ComesInParts => true;

    internal override string Inputs => ImagePool.Inputs;

    internal override DataDefinition WithoutPath() => this with { Path = "" };

    /// <summary>How many of a file are taken.</summary>
    /// <exception cref="InputException">More than there are.</exception>
    private protected static int Chosen(string what, int? asked, int least, int present) => (asked ?? present) is var count && count >= least && count <= present
        ? count
        : throw new InputException($"data: {count} images to {what} were asked for of {present}; expected {least} to {present}");
}
