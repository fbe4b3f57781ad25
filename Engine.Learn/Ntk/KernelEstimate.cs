namespace Engine.Learn.Ntk;

/// <summary>What a kernel takes, to be shown before it is computed. Forward and backward passes of the network are not in it.</summary>
/// <param name="Operations">Floating-point operations of the products of matrices.</param>
/// <param name="Bytes">Most memory in use at a time [bytes].</param>
/// <param name="KernelBytes">Memory of the kernels alone [bytes].</param>
/// <param name="Seconds">Time at the speed that was measured for products of matrices [s].</param>
/// <param name="Layers">A line for each layer: sizes and route.</param>
public sealed record KernelEstimate(double Operations, double Bytes, double KernelBytes, double Seconds, IReadOnlyList<string> Layers)
{
    public override string ToString() => FormattableString.Invariant(
        $"kernel: {Operations / 1e9:0.##} GFLOP, about {Seconds:0.##} s, {Bytes / 1048576:0} MiB of memory ({KernelBytes / 1048576:0} MiB for the kernel)");
}
