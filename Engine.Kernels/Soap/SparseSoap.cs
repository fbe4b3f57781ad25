namespace Engine.Kernels.Soap;

/// <summary>Sparse points of soap with the weights of an energy Σ_s w_s (p · x_s)^ζ of each centre.</summary>
/// <param name="Kernels">The descriptor.</param>
/// <param name="Points">x, [points][components].</param>
/// <param name="Weights">w [energy].</param>
/// <param name="Zeta">ζ.</param>
public sealed record SparseSoap(SoapKernels Kernels, double[] Points, double[] Weights, double Zeta);
