using Engine.Kernels.Errors;

namespace Engine.Learn.Data;

/// <summary>"csv": a table of text, a row a line. Columns are named as in the header, or by their numbers from 1.</summary>
public sealed record CsvData : TableDefinition
{
    /// <summary>One character between fields; " ": any white space.</summary>
    public string Delimiter { get; init; } = ",";

    /// <summary>Whether the first line names the columns; null: where no field of it is a number.</summary>
    public bool? Header { get; init; }

    /// <summary>Columns that a network should give.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>Whether the target is a class: one for each value that occurs, by size or letters.</summary>
    public bool ClassTarget { get; init; }

    /// <summary>Columns that become an input for each value that occurs: 1 for it, 0 for the others.</summary>
    public IReadOnlyList<string> Categorical { get; init; } = [];

    /// <summary>Columns that are left out.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    public MissingValues Missing { get; init; } = MissingValues.Refuse;

    private protected override bool TellsOfConstants => true;

    internal override TableFormat Format => new()
    {
        Delimiter = Delimiter.Length == 1 && Delimiter != "\"" ? Delimiter[0] : throw new InputException($"data csv: delimiter is '{Delimiter}', expected one character such as , or ; or a space (in --set between quotation marks: \"\\t\", \" \")"),
        Header = Header,
        Targets = Targets,
        ClassTarget = ClassTarget,
        Categorical = Categorical,
        Ignored = Ignored,
        Missing = Missing,
    };
}
