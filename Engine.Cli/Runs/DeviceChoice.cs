using Engine.Core.Gap;
using Engine.Core.Input;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;

namespace Engine.Cli.Runs;

/// <summary>Where a run computes: the processor, or the device that --device names or "auto" finds worth it.</summary>
internal static class DeviceChoice
{
    /// <summary>Fewer particles than this do not fill a GPU, and the processor should be as fast: an estimate, no GPU has been measured.</summary>
    private const int FewestParticles = 2000;

    /// <summary>
    /// The same with a GAP, an estimate too: so many particles take the processor 200 × 40 µs = 8 ms a step on one thread (KERNELS.md), ten times what the dozen launches of a step
    /// may take on a device that is hardly filled.
    /// </summary>
    private const int FewestParticlesOfGap = 200;

    /// <summary>Tangent kernels of fewer samples take the processor less than a device takes to be made ready: an estimate.</summary>
    private const int FewestSamples = 500;

    /// <summary>The device, opened; null for the processor.</summary>
    /// <param name="wanted">What --device says.</param>
    /// <param name="setup">The run.</param>
    /// <param name="note">Told why "auto" stays with the processor although there is a GPU.</param>
    /// <exception cref="MissingLibraryException">The device is not here.</exception>
    public static Device? Open(string wanted, RunSetup setup, Action<string> note) => Open(wanted, () => WhyNot(setup), note);

    /// <summary>The same for tangent kernels of that many samples.</summary>
    /// <inheritdoc cref="Open(string, RunSetup, Action{string})"/>
    public static Device? Open(string wanted, int samples, Action<string> note) =>
        Open(wanted, () => samples < FewestSamples ? $"kernels of {samples} samples are too small for a GPU" : null, note);

    private static Device? Open(string wanted, Func<string?> whyNot, Action<string> note)
    {
        if (wanted == "cpu")
        {
            return null;
        }
        if (wanted != "auto")
        {
            return Device.Open(wanted);
        }
        if (CudaDriver.Enumerate().Devices.Count == 0)
        {
            return null;
        }
        var why = whyNot();
        if (why is null)
        {
            Device? device = null;
            try
            {
                device = Device.Open("cuda");
                // A driver that does not take what the compiler makes shows here.
                _ = device.Compile(KernelText.Load("bounds.cl"));
                return device;
            }
            catch (EngineException error)
            {
                device?.Dispose();
                why = error.Message;
            }
        }
        note($"computing on the processor: {why}");
        return null;
    }

    private static string? WhyNot(RunSetup setup)
    {
        if (setup.Input.Precision != Precision.Mixed)
        {
            return "precision is double, devices compute in mixed";
        }
        if (setup.Model.TermOfProcessor is { } term)
        {
            return $"the potential has a {term.Name} term, which computes there only";
        }
        if (setup.Start.Count < (setup.Model.ForceTerms.Any(term => term is GapForce) ? FewestParticlesOfGap : FewestParticles))
        {
            return $"{setup.Start.Count} particles are too few for a GPU";
        }
        return setup.Start.Box.PerpendicularWidths.SmallestComponent < 2.6 * setup.Model.Reach ? "the cell is narrower than a list on a device needs" : null;
    }
}
