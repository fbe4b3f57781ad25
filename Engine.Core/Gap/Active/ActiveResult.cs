using Engine.Core.Gap.Fit;
using Engine.Core.Particles;

namespace Engine.Core.Gap.Active;

/// <summary>What active learning found.</summary>
/// <param name="Fit">The best potential.</param>
/// <param name="Chosen">Its width: of all <paramref name="Trials"/> the one of the smallest error on <paramref name="Test"/>, or without such frames the last that could be fitted.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Train">Frames it was trained on.</param>
/// <param name="Test">Test frames of the finest width that no width was trained on.</param>
/// <param name="HeldOut">Frames that nothing has seen.</param>
/// <param name="ClusterSizes">Frames of each cluster.</param>
/// <param name="Noise">Frames of none.</param>
/// <param name="Trials">Width by width.</param>
/// <param name="Converged">Whether the error of the last width, which is not the first, reached the tolerance.</param>
public sealed record ActiveResult(
    GapFitResult Fit, ActiveTrial Chosen, GapFitSettings Settings, IReadOnlyList<Configuration> Train, IReadOnlyList<Configuration> Test, IReadOnlyList<Configuration> HeldOut,
    IReadOnlyList<int> ClusterSizes, int Noise, IReadOnlyList<ActiveTrial> Trials, bool Converged);
