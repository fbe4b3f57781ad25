namespace Engine.Kernels.Langevin;

/// <summary>How particles move on a device, see move.cl.</summary>
public enum DeviceIntegrator
{
    /// <summary>Kick and drift.</summary>
    VelocityVerlet = 0,

    /// <summary>Langevin dynamics.</summary>
    Baoab = 1,

    /// <summary>Overdamped dynamics.</summary>
    Brownian = 2,
}
