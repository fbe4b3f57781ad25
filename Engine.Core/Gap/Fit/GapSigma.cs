namespace Engine.Core.Gap.Fit;

/// <summary>Expected errors, the inverse square of which are the weights of a fit.</summary>
/// <param name="Energy">Of an energy, times the square root of the number of atoms [eV].</param>
/// <param name="Force">Of a component of a force [eV/Å].</param>
/// <param name="Virial">Of a component of a virial, times the square root of the number of atoms [eV].</param>
public sealed record GapSigma(double Energy, double Force, double Virial = 0.1);
