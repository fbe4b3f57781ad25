using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Kernels.Devices;
using Engine.Kernels.Threading;

namespace Engine.Tests.Core.Simulations;

/// <summary>Keeps what a simulation shows, in memory.</summary>
internal sealed class ThermoLog : ISimulationObserver
{
    private readonly long frameEvery;
    private readonly Action<Configuration>? frame;

    private ThermoLog(long frameEvery, Action<Configuration>? frame)
    {
        this.frameEvery = frameEvery;
        this.frame = frame;
    }

    /// <summary>The thermodynamic table.</summary>
    public List<ThermoSample> Samples { get; } = [];

    /// <summary>Runs an input whose potential is given beside it, from crystal sites.</summary>
    /// <param name="json">The input.</param>
    /// <param name="start">The first frame.</param>
    /// <param name="model">The potential.</param>
    /// <param name="frameEvery">Interval of frames [steps].</param>
    /// <param name="frame">Takes them.</param>
    /// <param name="device">Where, null for the processor.</param>
    public static ThermoLog Run(string json, Configuration start, PotentialModel model, long frameEvery = 1, Action<Configuration>? frame = null,
        Device? device = null)
    {
        using var workers = new Workers(2);
        using var simulation = new Simulation(RunInput.Read(json, "test.json").Resolve(), start, model, workers, device);
        var log = new ThermoLog(frameEvery, frame);
        simulation.Run(log, CancellationToken.None);
        return log;
    }

    public FrameContents WantedFrame(long step) =>
        frame is not null && step % frameEvery == 0 ? FrameContents.All : FrameContents.None;

    public void FrameTaken(Configuration frame) => this.frame!(frame);

    public void Sampled(in ThermoSample sample) => Samples.Add(sample);
}
