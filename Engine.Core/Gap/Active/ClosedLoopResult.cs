using Engine.Core.Gap.Fit;

namespace Engine.Core.Gap.Active;

/// <summary>What the closed loop found.</summary>
/// <param name="Fit">The last potential, fitted to all that was labelled, the frames of the last run too.</param>
/// <param name="Deviations">Largest deviation of an atom's energy in each run, over δ, by the potential of that run; infinite where a run exploded before its first frame.</param>
/// <param name="IsComplete">Whether the last run went to its end; one that explodes does not.</param>
/// <param name="Converged">Whether it did and none of its deviations exceeds the tolerance, so that nothing was labelled after it.</param>
public sealed record ClosedLoopResult(GapFitResult Fit, IReadOnlyList<double> Deviations, bool IsComplete, bool Converged);
