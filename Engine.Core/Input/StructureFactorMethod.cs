namespace Engine.Core.Input;

/// <summary>Two routes to S(q), each with its own artefacts.</summary>
public enum StructureFactorMethod
{
    /// <summary>Sums of exp(iq·r) over the wave vectors of the box.</summary>
    Direct,

    /// <summary>Fourier transform of g(r), damped by Lorch's window.</summary>
    Gr,

    Both,
}
