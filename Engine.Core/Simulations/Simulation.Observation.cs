using Engine.Core.Dynamics;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Kernels.Geometry;

namespace Engine.Core.Simulations;

/// <summary>What looks at the run and does not move it: frames, rows of the table, counts of pairs.</summary>
public sealed partial class Simulation
{
    /// <summary>How far pairs of this stage are counted [length]; null before the first are.</summary>
    private double? pairRange;

    /// <summary>A copy of the particles in id order, with virial and, at steps of the thermodynamic table, energy.</summary>
    public Configuration Snapshot(FrameContents contents = FrameContents.All)
    {
        dynamics.Synchronise(contents);
        var frame = dynamics.System.ToConfiguration(
            Step, Time, contents.HasFlag(FrameContents.Velocities), contents.HasFlag(FrameContents.Forces), workers);
        frame.Energy = energyKnown ? forces.Energy : null;
        frame.Virial = forces.Virial;
        return frame;
    }

    private bool RowDueAt(long step) => step % input.Output.Thermo.Every == 0;

    private void Observe(StageInput stage, ISimulationObserver observer, int degrees)
    {
        if (RowDueAt(Step))
        {
            observer.Sampled(Sample(stage, degrees));
        }
        var contents = observer.WantedFrame(Step);
        if (contents != FrameContents.None)
        {
            var counts = contents.HasFlag(FrameContents.PairCounts) ? CountPairs(observer.CountedPairs) : null;
            var frame = counts is null || contents != FrameContents.PairCounts ? Snapshot(contents) : WithoutPositions();
            frame.PairCounts = counts;
            observer.FrameTaken(frame);
        }
    }

    /// <summary>Pairs that a device counts; null where there is none, or where a pair has more than one image within the range.</summary>
    private PairCounts? CountPairs(PairRange range)
    {
        var half = 0.5 * dynamics.System.Box.SmallestPeriodicWidth;
        pairRange ??= range.Maximum ?? half;
        return pairRange <= half && dynamics.CountPairs(pairRange.Value, range.Bins) is { } counts ? new(pairRange.Value, range.Bins, counts) : null;
    }

    private Configuration WithoutPositions()
    {
        var system = dynamics.System;
        return new()
        {
            Step = Step,
            Time = Time,
            Box = system.Box,
            SpeciesTable = system.SpeciesTable,
            Species = Array.ConvertAll(DeviceUpload.SlotsOfIds(system), system.SpeciesOf),
            Positions = [],
        };
    }

    private ThermoSample Sample(StageInput stage, int? degreesOfFreedom = null)
    {
        var brownian = stage.Integrator is BrownianInput;
        var degrees = degreesOfFreedom ?? DegreesOfFreedom(stage);
        var target = stage.Temperature is null ? double.NaN : stage.TemperatureAt(stageStep * stage.TimeStep!.Value);
        // Overdamped particles have no velocities of their own; their kinetic pressure is that of the bath.
        var kinetic = brownian
            ? SymmetricTensor.Isotropic(Count * Units.Boltzmann * target)
            : dynamics.KineticTensor();
        var volume = dynamics.System.Box.Volume;
        return new()
        {
            Step = Step,
            Time = Time,
            Stage = Stage,
            Temperature = brownian ? target : Kinetics.Temperature(0.5 * kinetic.Trace, degrees, Units.Boltzmann),
            TargetTemperature = target,
            PotentialEnergy = energyKnown ? forces.Energy : double.NaN,
            KineticEnergy = brownian ? 0 : 0.5 * kinetic.Trace,
            PressureTensor = Units.PressurePerEnergyDensity / volume * (kinetic + forces.Virial),
            Volume = volume,
            Density = Units.IsReduced ? Count / volume : Units.DensityPerMassVolume * totalMass / volume,
            Box = dynamics.System.Box,
            ThermostatEnergy = thermostatEnergy,
        };
    }
}
