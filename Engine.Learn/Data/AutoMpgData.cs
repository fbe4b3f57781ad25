namespace Engine.Learn.Data;

/// <summary>
/// "autoMpg": fuel consumption of cars of the UCI repository (file auto-mpg.data), 392 rows without those whose horsepower is missing; 9 inputs, the origin as three of them.
/// R. Quinlan, Proc. 10th Int. Conf. Machine Learning, 236 (1993).
/// </summary>
public sealed record AutoMpgData : TableDefinition
{
    internal override string Source => "auto-mpg.data from https://archive.ics.uci.edu/dataset/9/auto+mpg";

    internal override TableFormat Format => new()
    {
        Delimiter = ' ',
        Header = false,
        Columns = ["mpg", "cylinders", "displacement", "horsepower", "weight", "acceleration", "modelYear", "origin", "name"],
        Targets = ["mpg"],
        Categorical = ["origin"],
        Ignored = ["name"],
        Missing = MissingValues.Drop,
    };
}
