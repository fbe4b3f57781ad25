namespace Engine.Core.Dynamics;

/// <summary>Where a minimisation stands.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Converged">Whether all limits are met.</param>
/// <param name="MaximumForce">Largest force on one particle [energy/length].</param>
/// <param name="PressureDeviation">Largest relaxed component of |P − P₀| [energy/length³]; 0 with a fixed cell.</param>
/// <param name="Pressure">Mean of the diagonal of the (static) pressure tensor [energy/length³].</param>
public readonly record struct FireProgress(int Steps, bool Converged, double MaximumForce, double PressureDeviation, double Pressure);
