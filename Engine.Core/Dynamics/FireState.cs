using Engine.Kernels.Langevin;

namespace Engine.Core.Dynamics;

/// <summary>All that <see cref="FireMinimiser"/> keeps between steps besides the particles themselves.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="TimeStep">Present time step [time].</param>
/// <param name="Mixing">Present mixing parameter α.</param>
/// <param name="Downhill">Steps since the power was last negative.</param>
/// <param name="StrainVelocity">Velocities of the cell's six degrees of freedom [length/time].</param>
/// <param name="Drifted">For how long the particles moved in the last step: the time step, or less where that would have been too far [time].</param>
internal readonly record struct FireState(int Steps, double TimeStep, double Mixing, int Downhill, TriangularMap StrainVelocity, double Drifted);
