namespace Engine.Learn.Ntk;

/// <summary>A kernel and, where they were asked for, its parts.</summary>
/// <param name="Sum">The kernel of all layers.</param>
/// <param name="ByLayer">The kernels of layers in the order of the network, by name; empty unless <see cref="KernelOptions.ByLayer"/>.</param>
public sealed record KernelResult(KernelMatrix Sum, IReadOnlyList<KeyValuePair<string, KernelMatrix>> ByLayer) : IDisposable
{
    public void Dispose()
    {
        Sum.Dispose();
        foreach (var (_, kernel) in ByLayer)
        {
            kernel.Dispose();
        }
    }
}
