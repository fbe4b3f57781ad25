namespace Engine.Core.Analysis;

/// <summary>Errors of a potential over the frames of a group; null where the frames say nothing.</summary>
/// <param name="Name">The group.</param>
/// <param name="Frames">Number of frames.</param>
/// <param name="Atoms">Number of atoms in all of them.</param>
/// <param name="EnergyMae">Mean error of energies of an atom [energy].</param>
/// <param name="EnergyRmse">Root of the mean square of the same [energy].</param>
/// <param name="ForceMae">Mean error of components of forces [energy/length].</param>
/// <param name="ForceRmse">Root of the mean square of the same [energy/length].</param>
/// <param name="VirialMae">Mean error of components of virials, for each atom [energy].</param>
/// <param name="VirialRmse">Root of the mean square of the same [energy].</param>
public sealed record GroupErrors(
    string Name, int Frames, long Atoms, double? EnergyMae, double? EnergyRmse, double? ForceMae, double? ForceRmse, double? VirialMae, double? VirialRmse);
