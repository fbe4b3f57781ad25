namespace Engine.Kernels.Devices;

/// <summary>A copy from a device that is on its way.</summary>
public abstract class PendingRead<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Whether <see cref="Wait"/> would return at once.</summary>
    public abstract bool IsDone { get; }

    /// <summary>Waits, and shows what was copied; valid until <see cref="Dispose()"/>.</summary>
    public abstract ReadOnlySpan<T> Wait();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
