using Engine.Kernels.Langevin;

namespace Engine.Core.Dynamics;

/// <summary>All that <see cref="FireMinimiser"/> keeps between steps besides the particles themselves; restores it exactly.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="TimeStep">Present time step.</param>
/// <param name="Mixing">Present mixing parameter α.</param>
/// <param name="Downhill">Steps since the power was last negative.</param>
/// <param name="StrainVelocity">Velocities of the cell's six degrees of freedom.</param>
public readonly record struct FireState(int Steps, double TimeStep, double Mixing, int Downhill, TriangularMap StrainVelocity);

/// <summary>Where a minimisation stands.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Converged">Whether all limits are met.</param>
/// <param name="MaximumForce">Largest force on one particle [energy/length].</param>
/// <param name="PressureDeviation">Largest relaxed component of |P − P₀| [energy/length³]; 0 with a fixed cell.</param>
/// <param name="Pressure">Mean of the diagonal of the (static) pressure tensor [energy/length³].</param>
public readonly record struct FireProgress(int Steps, bool Converged, double MaximumForce, double PressureDeviation, double Pressure);
