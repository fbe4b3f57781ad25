namespace Engine.Core.Potentials;

/// <summary>A term whose energy beyond the cutoff is known in closed form for a homogeneous surrounding (g(r) = 1 there).</summary>
public interface ITailIntegral
{
    /// <summary>∫ U(r) r² dr from the cutoff to infinity [energy·length³], with the unshifted U.</summary>
    double TailIntegral { get; }
}
