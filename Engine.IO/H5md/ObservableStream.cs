namespace Engine.IO.H5md;

/// <summary>Observables that are sampled together, at steps of their own.</summary>
public sealed record ObservableStream(params Observable[] Observables)
{
    /// <summary>Numbers per sample over all observables.</summary>
    public int Components => Observables.Sum(o => o.Components);
}
