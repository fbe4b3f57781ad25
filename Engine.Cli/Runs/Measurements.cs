using Engine.Core.Input;
using Engine.Core.Observables;
using Engine.Core.Units;

namespace Engine.Cli.Runs;

/// <summary>From what an input asks for to what measures it.</summary>
internal static class Measurements
{
    /// <summary>What is measured where nothing was said; velocities only where the frames have them.</summary>
    public static AnalysisInput Default(bool velocities) => new()
    {
        RadialDistribution = new(),
        Angles = new(),
        StructureFactor = new(),
        MeanSquareDisplacement = new(),
        VelocityAutocorrelation = velocities ? new() : null,
    };

    /// <param name="input">What to measure.</param>
    /// <param name="units">Units of the frames.</param>
    /// <param name="leaveOutWhatFails">See <see cref="ObservableSet.LeavesOutWhatFails"/>.</param>
    /// <exception cref="Engine.Kernels.Errors.InputException">A setting is out of range.</exception>
    public static ObservableSet Create(AnalysisInput input, UnitSystem units, bool leaveOutWhatFails = false) => new(
        units,
        input.RadialDistribution is { } g ? new RadialDistributionSettings { Maximum = g.Maximum, Bins = g.Bins, FixedRadii = g.FixedRadii } : null,
        input.Angles is { } a ? new AngleDistributionSettings { Cutoffs = a.Cutoffs, Bins = a.Bins, SineNormalised = a.SineNormalised } : null,
        input.StructureFactor is { } s
            ? new StructureFactorSettings
            {
                Maximum = s.Maximum,
                Spacing = s.Spacing,
                Method = s.Method,
                AllVectorsBelow = s.AllVectorsBelow,
                VectorsPerShell = s.VectorsPerShell,
                // The frames shown are chosen by the caller already.
                DirectEvery = 1,
                IntegrationLimit = s.IntegrationLimit,
                Lorch = s.Lorch,
                Scatterers = s.Scatterers,
            }
            : null,
        input.MeanSquareDisplacement is { } d
            ? new MeanSquareDisplacementSettings { MaximumLag = d.MaximumLag, FitFrom = d.FitFrom, FitTo = d.FitTo, RemoveDrift = d.RemoveDrift }
            : null,
        input.VelocityAutocorrelation is { } v
            ? new VelocityAutocorrelationSettings { MaximumLag = v.MaximumLag, RemoveDrift = v.RemoveDrift }
            : null)
    {
        LeavesOutWhatFails = leaveOutWhatFails,
    };
}
