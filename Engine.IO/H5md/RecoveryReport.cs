namespace Engine.IO.H5md;

/// <summary>What <see cref="TrajectoryRecovery.Recover"/> saved.</summary>
/// <param name="Frames">Frames in the new file.</param>
/// <param name="LastStep">Step of the last of them, −1 where there is none.</param>
/// <param name="Samples">Samples of observables in the new file, over all streams.</param>
/// <param name="Lost">What could not be read and cost frames or samples; empty for a run that was merely killed.</param>
/// <param name="Omitted">Elements that no frame of the new file has because they were damaged in some.</param>
public sealed record RecoveryReport(long Frames, long LastStep, long Samples, IReadOnlyList<TrajectoryDamage> Lost, IReadOnlyList<OmittedElement> Omitted)
{
    /// <summary>The new file has everything that the old one promised.</summary>
    public bool Complete => Lost.Count == 0 && Omitted.Count == 0;
}
