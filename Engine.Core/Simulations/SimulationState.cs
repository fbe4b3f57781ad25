using Engine.Core.Forces;
using Engine.Kernels.Geometry;

namespace Engine.Core.Simulations;

/// <summary>Everything a run needs to continue bit for bit: arrays are per slot, in slot order; on a device per particle, in its order.</summary>
public sealed record SimulationState
{
    /// <summary><see cref="Input.RunInput.IdentityHash"/> of the run this state belongs to.</summary>
    public required string InputHash { get; init; }

    /// <summary>"cpu", "opencl" or "cuda": where the run was, which decides what the arrays' order means.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Index of the stage that comes next or is under way.</summary>
    public required int Stage { get; init; }

    /// <summary>Steps of that stage already done.</summary>
    public required long StageStep { get; init; }

    /// <summary>Steps of the run done.</summary>
    public required long Step { get; init; }

    /// <summary>Time since the start of the run at which the stage started [time].</summary>
    public required double StageStartTime { get; init; }

    /// <summary>Whether velocities were set since the start or the last minimisation.</summary>
    public required bool HasVelocities { get; init; }

    /// <summary>Kinetic energy that the Bussi thermostat has given so far [energy].</summary>
    public required double ThermostatEnergy { get; init; }

    /// <summary>What velocities trail the step by [time], see <see cref="Particles.ParticleSystem.KickLag"/>.</summary>
    public double KickLag { get; init; }

    /// <summary>The cell [length].</summary>
    public Box Box { get; init; }

    /// <summary>The cell in which a device keeps positions as fractions: corner, and lengths over those of the box; empty on the processor.</summary>
    public double[] DeviceCell { get; init; } = [];

    /// <summary>Cells along each axis in which a device sorted the particles for the last list, and how many to either side it looked at; empty on the processor.</summary>
    public int[] DeviceGrid { get; init; } = [];

    /// <summary>What the observer of the run had gathered by then, in a form of its own.</summary>
    public ReadOnlyMemory<byte> Recording { get; init; }

    /// <summary>Number of particles N.</summary>
    public required int Count { get; init; }

    /// <summary>Particle of each slot, −1 where vacant.</summary>
    public int[] Id { get; init; } = [];

    /// <summary>Species of each cluster of slots.</summary>
    public int[] ClusterSpecies { get; init; } = [];

    /// <summary>Positions [length].</summary>
    public double[] X { get; init; } = [];

    public double[] Y { get; init; } = [];

    public double[] Z { get; init; } = [];

    /// <summary>Velocities [length/time].</summary>
    public double[] VX { get; init; } = [];

    public double[] VY { get; init; } = [];

    public double[] VZ { get; init; } = [];

    /// <summary>How often each particle has crossed each face.</summary>
    public int[] ImageX { get; init; } = [];

    public int[] ImageY { get; init; } = [];

    public int[] ImageZ { get; init; } = [];

    /// <summary>What the lists were built from.</summary>
    public ForceFieldState Forces { get; init; } = ForceFieldState.None;

    /// <summary>Fractional positions by id at the start of a stage that verifies a melt, [N, 3]; empty elsewhere.</summary>
    public required double[] MeltReference { get; init; }

    /// <summary>Mean square displacement after three quarters of such a stage [length²].</summary>
    public required double MeltDisplacementBefore { get; init; }
}
