namespace Engine.Kernels.Devices;

/// <summary>Launches that were taken down and are repeated together. Their arguments are those of then.</summary>
public class LaunchGraph : IDisposable
{
    private readonly Device device;
    private readonly Device.Launch[] launches;

    internal LaunchGraph(Device device, Device.Launch[] launches)
    {
        (this.device, this.launches) = (device, launches);
    }

    /// <summary>Kernels of one repetition.</summary>
    public int Count => launches.Length;

    /// <summary>Runs them once more, in order; returns at once.</summary>
    public virtual void Launch()
    {
        foreach (var launch in launches)
        {
            device.Run(launch);
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
