namespace Engine.Learn.Spectra;

/// <summary>An entropy that was estimated.</summary>
/// <param name="Entropy">S [nats].</param>
/// <param name="StandardError">Of it, from the spread over random vectors and from what half of the steps would have given [nats].</param>
/// <param name="Deflated">Eigenvalues that were computed.</param>
/// <param name="Products">Products of the kernel with a vector that it took.</param>
public sealed record EntropyEstimate(double Entropy, double StandardError, int Deflated, int Products);
