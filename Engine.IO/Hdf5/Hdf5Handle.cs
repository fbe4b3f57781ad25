namespace Engine.IO.Hdf5;

/// <summary>
/// One reference to an object of the library, dropped on <see cref="Dispose"/>. There is no finaliser on purpose: the library must only be
/// called under <see cref="Hdf5Library.Enter"/>, which a finaliser cannot wait for.
/// </summary>
internal readonly struct Hdf5Handle(long id) : IDisposable
{
    public long Id { get; } = id;

    /// <summary>Wraps the result of <paramref name="call"/>.</summary>
    public static Hdf5Handle Of(long result, string call) => new(Hdf5Exception.Check(result, call));

    public void Dispose()
    {
        if (Id > 0)
        {
            H5I.dec_ref(Id);
        }
    }
}
