namespace Engine.Learn.Data;

/// <summary>How a table in a file is read.</summary>
internal sealed record TableFormat
{
    /// <summary>Between fields; a space: any white space.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>Whether the first line has the names of columns; null: where no field of it is a number.</summary>
    public bool? Header { get; init; }

    /// <summary>Names of columns, where the format has them; else those of the header, or numbers from 1.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Columns that a network should give.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>Whether the only target is a class.</summary>
    public bool ClassTarget { get; init; }

    /// <summary>Columns that become one number for each value that occurs: 1 for it, 0 for others.</summary>
    public IReadOnlyList<string> Categorical { get; init; } = [];

    /// <summary>Columns that are left out.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    public MissingValues Missing { get; init; }

    /// <summary>The data that a network learnt from, whose categories these have, and whose targets they may lack; null: they are what it learns from.</summary>
    public DataEncoding? Learnt { get; init; }

    /// <summary>Whether rows stay whose targets are missing, to be given predictions.</summary>
    public bool KeepsUnknown { get; init; }

    /// <summary>Features are divided by it.</summary>
    public double Divisor { get; init; } = 1;
}
