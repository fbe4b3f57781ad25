using Engine.Core.Dynamics;

namespace Engine.Cli.Runs;

/// <summary>What a finished stage left.</summary>
/// <param name="Steps">Steps of dynamics, those before a resume included.</param>
/// <param name="Seconds">Wall time [s]; null where the run was resumed in it or after it.</param>
/// <param name="PotentialEnergy">At its end [energy].</param>
/// <param name="Density">At its end [density].</param>
/// <param name="Minimised">How a minimisation ended; null of dynamics.</param>
internal readonly record struct StageRecord(long Steps, double? Seconds, double PotentialEnergy, double Density, FireProgress? Minimised);
