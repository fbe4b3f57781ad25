using System.Diagnostics;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Simulations;

namespace Engine.Perf;

/// <summary>An observer that writes nothing and takes the time of the last stage it saw.</summary>
internal sealed class StageClock : ISimulationObserver
{
    private long startTicks;
    private TimeSpan startCpu;

    /// <summary>Wall and processor time of the stage [s].</summary>
    public StepTime Elapsed { get; private set; }

    /// <summary>Called when a stage starts, before its clock does.</summary>
    public Action? Starting { get; init; }

    /// <summary>Called after every step.</summary>
    public Action? Stepping { get; init; }

    /// <summary>Steps between two frames that are asked for; 0: none.</summary>
    public int FrameInterval { get; init; }

    /// <summary>Takes the frames.</summary>
    public Action<Configuration>? Frame { get; init; }

    /// <summary>Called when a stage has ended, before its clock stops.</summary>
    public Action? Finishing { get; init; }

    public void StageStarted(int index, StageInput stage, long step)
    {
        Starting?.Invoke();
        startCpu = Environment.CpuUsage.TotalTime;
        startTicks = Stopwatch.GetTimestamp();
    }

    public void Stepped(long step, double temperatureTarget) => Stepping?.Invoke();

    public FrameContents WantedFrame(long step) =>
        FrameInterval > 0 && step % FrameInterval == 0 ? FrameContents.Positions : FrameContents.None;

    public void FrameTaken(Configuration frame) => Frame?.Invoke(frame);

    public void StageFinished(int index, StageInput stage, in ThermoSample sample)
    {
        Finishing?.Invoke();
        var wall = Stopwatch.GetElapsedTime(startTicks).TotalSeconds;
        Elapsed = new(wall, (Environment.CpuUsage.TotalTime - startCpu).TotalSeconds);
    }
}
