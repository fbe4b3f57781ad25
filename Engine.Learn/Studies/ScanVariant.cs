namespace Engine.Learn.Studies;

/// <summary>A network, or a way to train it, that differs from that of the scan in a few values.</summary>
public sealed record ScanVariant
{
    /// <summary>What results call it.</summary>
    public required string Name { get; init; }

    /// <summary>Assignments to values under "network" and "training": "network.layers[0].units=50", "training.strategy.batchSize=8".</summary>
    public required IReadOnlyList<string> Set { get; init; }
}
