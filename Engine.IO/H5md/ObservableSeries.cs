namespace Engine.IO.H5md;

/// <summary>A time series read from a file.</summary>
/// <param name="Name">Name under observables/.</param>
/// <param name="Steps">Step of each sample, [F].</param>
/// <param name="Times">Time of each sample, [F]; empty where the file gives none.</param>
/// <param name="Shape">Shape of one sample.</param>
/// <param name="Values">[F, components], row after row.</param>
/// <param name="Unit">Unit where the file states one, otherwise "".</param>
public sealed record ObservableSeries(string Name, long[] Steps, double[] Times, int[] Shape, double[] Values, string Unit)
{
    public int Count => Steps.Length;

    /// <summary>Numbers per sample.</summary>
    public int Components => Count == 0 ? 0 : Values.Length / Count;
}
