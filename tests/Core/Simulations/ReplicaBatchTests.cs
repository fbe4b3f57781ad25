using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Core.Simulations;

/// <summary>Small systems moved as one batch: each moves as it would alone.</summary>
[Collection("device")]
public class ReplicaBatchTests
{
    private const int Size = 260;
    private const int Replicas = 3;

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var kind in new[] { "opencl", "cuda" })
        {
            data.Add(kind, "velocityVerlet");
            data.Add(kind, "langevin");
            data.Add(kind, "brownian");
        }
        return data;
    }

    public static TheoryData<string> Kinds => TestDevices.Kinds;

    /// <summary>
    /// Positions, energies, virials and kinetic tensors of a replica are those of a run of its own with its own seed. Lists are rebuilt at other moments, which adds the same
    /// neighbours in another order: forces differ by their rounding, 1e-6, and a liquid multiplies that by e about once in half a unit of time.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void AReplicaMovesAsItWouldAlone(string kind, string integrator)
    {
        var device = TestDevices.Get(kind);
        var how = Integrator(integrator);
        using var batch = Batch(device);
        batch.Advance(how, 0.004, 1.2, 60);
        batch.Advance(how, 0.004, 1.2, 60);
        Assert.Equal(120, batch.Step);
        batch.Synchronise();
        var (sums, kinetic) = (batch.Sums(), batch.KineticTensors());
        for (var r = 0; r < Replicas; r++)
        {
            var (start, model) = DeviceDynamicsTests.Liquid(Size, seed: 10 + r);
            using var alone = new DeviceDynamics(
                device, ParticleSystem.FromConfiguration(start, UnitSystem.LennardJones), model, mayTilt: false, 7 + ((ulong)r << 32), true, Workers.Single);
            alone.Start(allowOverlap: false);
            var expected = alone.Advance(new(how, 0.004, _ => 1.2), 0, 0, 120, energy: true, virial: true);
            alone.Synchronise();
            var (a, b) = (alone.System.ToConfiguration(), batch.Systems[r].ToConfiguration());
            for (var i = 0; i < Size; i++)
            {
                var d = start.Box.MinimumImage(a.Position(i) - b.Position(i)).Length;
                Assert.True(d < 1e-4, $"particle {i} of replica {r} is {d:G3} away from where it is alone");
            }
            Assert.Equal(expected.Energy, sums[r].Energy, 1e-4 * Size);
            Cells.Near(expected.Virial, sums[r].Virial, 1e-3);
            if (integrator != "brownian")
            {
                Cells.Near(alone.KineticTensor(), kinetic[r], 1e-3);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void TwoBatchesAreTheSameToTheBit(string kind, string integrator)
    {
        var device = TestDevices.Get(kind);
        var ends = new[] { 90, 13 }.Select(stride =>
        {
            using var batch = Batch(device);
            while (batch.Step < 90)
            {
                batch.Advance(Integrator(integrator), 0.004, 1.2, Math.Min(stride, 90 - batch.Step));
            }
            batch.Synchronise();
            return (batch.Sums(), batch.Systems.SelectMany(system => system.ToConfiguration().Positions).ToArray());
        }).ToArray();
        Assert.Equal(ends[0].Item1, ends[1].Item1);
        Assert.Equal(ends[0].Item2, ends[1].Item2);
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void WhatDoesNotFitIntoABatchIsSaidInOneLine(string kind)
    {
        var device = TestDevices.Get(kind);
        var (start, model) = DeviceDynamicsTests.Liquid(Size);
        ParticleSystem System(Configuration c) => ParticleSystem.FromConfiguration(c, UnitSystem.LennardJones);
        Assert.Contains("no replicas", Assert.Throws<InputException>(() => new ReplicaBatch(device, [], model, 1)).Message);
        var (smaller, _) = DeviceDynamicsTests.Liquid(Size - 1);
        Assert.Contains("replica 1", Assert.Throws<InputException>(() => new ReplicaBatch(device, [System(start), System(smaller)], model, 1)).Message);

        var (hafnia, charged) = (Cells.Fluorite(5.1, 2, shake: 0), Cells.Model(Cells.HafniaJson(4, -2, """{ "type": "ewald", "cutoff": 4.5, "accuracy": 1e-6 }""")));
        ParticleSystem Cell() => ParticleSystem.FromConfiguration(hafnia, UnitSystem.Metal);
        Assert.Contains("Ewald", Assert.Throws<InputException>(() => new ReplicaBatch(device, [Cell(), Cell()], charged, 1)).Message);

        using var batch = new ReplicaBatch(device, [System(start), System(Exploding())], model, 1);
        var broken = Assert.Throws<RunFailedException>(() => batch.Advance(new VelocityVerletInput(), 0.004, 0, 50));
        Assert.Contains("particle 5 of replica 1", broken.Message);
    }

    private static Configuration Exploding()
    {
        var (start, _) = DeviceDynamicsTests.Liquid(Size);
        start.Velocities![3 * 5] = 1e5;
        return start;
    }

    private static IntegratorInput Integrator(string type) => type switch
    {
        "langevin" => new LangevinInput { Friction = 1 },
        "brownian" => new BrownianInput { Friction = 50 },
        _ => new VelocityVerletInput(),
    };

    private static ReplicaBatch Batch(Device device)
    {
        var starts = Enumerable.Range(0, Replicas).Select(r => DeviceDynamicsTests.Liquid(Size, seed: 10 + r)).ToArray();
        return new(device, [.. starts.Select(s => ParticleSystem.FromConfiguration(s.Start, UnitSystem.LennardJones))], starts[0].Model, seed: 7);
    }
}
