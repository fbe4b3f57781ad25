namespace Engine.Learn.Data;

/// <summary>"abalone": rings of shells of the UCI repository (file abalone.data), 4177 rows; 10 inputs, the sex as three of them. W. J. Nash et al., Sea Fisheries Division Report 48 (1994).</summary>
public sealed record AbaloneData : TableDefinition
{
    internal override string Source => "abalone.data from https://archive.ics.uci.edu/dataset/1/abalone";

    internal override TableFormat Format => new()
    {
        Columns = ["sex", "length", "diameter", "height", "wholeWeight", "shuckedWeight", "visceraWeight", "shellWeight", "rings"],
        Targets = ["rings"],
        Categorical = ["sex"],
    };
}
