using Engine.Core.Particles;
using Engine.Kernels.Geometry;

namespace Engine.Core.Gap.Fit;

/// <summary>A frame of the training data, and what the sums over sparse points shall give for it.</summary>
/// <param name="Frame">Species are elements.</param>
/// <param name="AtomicNumbers">Of each particle.</param>
/// <param name="Group">What kind of frame it is.</param>
/// <param name="Energy">Less free atoms and core [eV]; null where it is not known.</param>
/// <param name="Forces">Less the core's [eV/Å]; null where they are not known or not fitted.</param>
/// <param name="Virial">Less the core's [eV]; null where it is not known or not fitted.</param>
/// <param name="Sigma">Expected errors of this frame: energy and virial as they are, not for each atom.</param>
internal sealed record TrainingFrame(
    Configuration Frame, int[] AtomicNumbers, string Group, double? Energy, double[]? Forces, SymmetricTensor? Virial, GapSigma Sigma)
{
    /// <summary>Axes of the components of a virial, in the order of <see cref="SymmetricTensor"/>.</summary>
    public static (int A, int B)[] VirialAxes { get; } = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)];

    /// <summary>First row of the forces among the frame's rows.</summary>
    public int FirstForce => Energy is null ? 0 : 1;

    public int FirstVirial => FirstForce + (Forces?.Length ?? 0);

    public int Rows => FirstVirial + (Virial is null ? 0 : VirialAxes.Length);

    /// <summary>Value of each row over its expected error, and the inverse of that error.</summary>
    public IEnumerable<(double Value, double Weight)> Targets()
    {
        if (Energy is { } energy)
        {
            yield return (energy / Sigma.Energy, 1 / Sigma.Energy);
        }
        foreach (var f in Forces ?? [])
        {
            yield return (-f / Sigma.Force, 1 / Sigma.Force);
        }
        if (Virial is { } w)
        {
            foreach (var component in w.ToArray())
            {
                yield return (-component / Sigma.Virial, 1 / Sigma.Virial);
            }
        }
    }
}
