namespace Engine.IO.H5md;

/// <summary>
/// Observables that are sampled together, at steps of their own. MDAnalysis up to 2.4 reads a file only where every observable has at least as
/// many samples as there are frames.
/// </summary>
public sealed record ObservableStream(params Observable[] Observables)
{
    /// <summary>Numbers per sample over all observables.</summary>
    public int Components => Observables.Sum(o => o.Components);
}
