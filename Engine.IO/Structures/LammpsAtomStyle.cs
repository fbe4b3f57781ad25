namespace Engine.IO.Structures;

/// <summary>Which column of the section Atoms holds what; columns without the image flags.</summary>
internal readonly record struct LammpsAtomStyle(int TypeColumn, int ChargeColumn, int Columns)
{
    /// <exception cref="Kernels.Errors.InputException">No such style is understood.</exception>
    public static LammpsAtomStyle Named(string name, LineSource lines) => name switch
    {
        "atomic" => new(1, -1, 5),
        "charge" => new(1, 2, 6),
        "molecular" => new(2, -1, 6),
        "full" => new(2, 3, 7),
        _ => throw lines.Error($"atom style {LineSource.Quote(name)} is not supported; expected atomic, charge, molecular or full"),
    };

    /// <summary>The style that the first row shows by its number of columns.</summary>
    /// <exception cref="Kernels.Errors.InputException">Two styles fit.</exception>
    public static LammpsAtomStyle Guess(string[] words, LineSource lines) => words.Length switch
    {
        5 or 8 => Named("atomic", lines),
        7 or 10 => Named("full", lines),
        6 or 9 when words[2].Contains('.') => Named("charge", lines),
        _ => throw lines.Error($"{words.Length} columns fit the atom styles charge and molecular; write \"Atoms # charge\" or \"Atoms # molecular\""),
    };
}
