namespace Engine.Core.Input;

/// <summary>What is measured while the simulation runs. Null members are not measured.</summary>
public sealed record AnalysisInput
{
    /// <summary>Names of the stages that are measured, each on its own. Null: the last one that is not a minimisation.</summary>
    public string[]? Stages { get; init; }

    public RadialDistributionInput? RadialDistribution { get; init; }

    public AnglesInput? Angles { get; init; }

    public StructureFactorInput? StructureFactor { get; init; }

    public MeanSquareDisplacementInput? MeanSquareDisplacement { get; init; }

    public VelocityAutocorrelationInput? VelocityAutocorrelation { get; init; }
}
