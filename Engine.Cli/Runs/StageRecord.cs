using Engine.Core.Simulations;

namespace Engine.Cli.Runs;

/// <summary>What a finished stage left.</summary>
/// <param name="Steps">Steps of dynamics, those before a resume included.</param>
/// <param name="Seconds">Wall time in this process [s].</param>
/// <param name="End">State at its end.</param>
internal sealed record StageRecord(long Steps, double Seconds, ThermoSample End);
