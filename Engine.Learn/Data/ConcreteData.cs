namespace Engine.Learn.Data;

/// <summary>"concrete": compressive strength of the UCI repository as a CSV file, 1030 rows of 8 inputs and the strength [MPa]. I.-C. Yeh, Cem. Concr. Res. 28, 1797 (1998).</summary>
public sealed record ConcreteData : TableDefinition
{
    internal override string Source => "Concrete_Data.xls, to be stored as CSV, from https://archive.ics.uci.edu/dataset/165/concrete+compressive+strength";

    internal override TableFormat Format => new()
    {
        Columns = ["cement", "slag", "flyAsh", "water", "superplasticiser", "coarseAggregate", "fineAggregate", "age", "strength"],
        Targets = ["strength"],
    };
}
