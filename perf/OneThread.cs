namespace Engine.Perf;

/// <summary>A case on one thread, whatever it is asked for: beside itself on more, the ratio is what they gain.</summary>
internal sealed class OneThread(IBenchCase inner) : IBenchCase
{
    public string Name => $"{inner.Name} on one thread";

    public string Version => inner.Version;

    public IReadOnlyDictionary<string, double> Facts => inner.Facts;

    public StepTime Run(int threads, CancellationToken cancellation) => inner.Run(1, cancellation);
}
