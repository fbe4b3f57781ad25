using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Forces;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Core.Simulations;

/// <summary>What leaves a device: frames, counted pairs, states to go on from.</summary>
[Collection("device")]
public class DeviceFrameTests
{
    public static TheoryData<string> Kinds => TestDevices.Kinds;

    /// <summary>A frame holds what it was asked for, and what it holds is what a frame of everything holds, whichever came first.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void AFrameHasWhatItWasAskedFor(string kind)
    {
        var device = TestDevices.Get(kind);
        var (start, model) = DeviceDynamicsTests.Liquid(500);
        Configuration[] Frames(params FrameContents[] wanted)
        {
            using var simulation = new Simulation(Input(120), start, model, Workers.Single, device);
            Assert.True(simulation.Run(new StoppingObserver(long.MaxValue), CancellationToken.None));
            return Array.ConvertAll(wanted, simulation.Snapshot);
        }
        var first = Frames(FrameContents.Positions, FrameContents.Forces, FrameContents.Velocities, FrameContents.All);
        var all = Frames(FrameContents.All)[0];
        foreach (var frame in first)
        {
            Assert.Equal(all.Positions, frame.Positions);
            Assert.Equal(all.Images!, frame.Images!);
        }
        Assert.Null(first[0].Velocities);
        Assert.Null(first[0].Forces);
        Assert.Null(first[1].Velocities);
        Assert.Equal(all.Forces!, first[1].Forces!);
        Assert.Equal(all.Velocities!, first[2].Velocities!);
        Assert.Null(first[2].Forces);
        Assert.Equal(all.Velocities!, first[3].Velocities!);
        Assert.Equal(all.Forces!, first[3].Forces!);
    }

    /// <summary>Pairs are looked for in cells of the list, from which particles have moved since it was built.</summary>
    [SkippableTheory]
    [InlineData("opencl", 1.7)]
    [InlineData("opencl", 4.0)]
    [InlineData("opencl", 9.0)]
    [InlineData("cuda", 4.0)]
    public void PairsOfParticlesThatMovedAreCounted(string kind, double maximum)
    {
        const int bins = 50;
        var device = TestDevices.Get(kind);
        var start = ForceFieldTests.RandomConfiguration(new Box(22, 19, 20, 3, -2, 4), 1200, seed: 3);
        var random = new Random(5);
        start.Velocities = [.. Enumerable.Range(0, 3 * start.Count).Select(_ => 2 * (random.NextDouble() - 0.5))];
        var model = DeviceDynamicsTests.Liquid(10).Model;
        using var dynamics = new DeviceDynamics(
            device, ParticleSystem.FromConfiguration(start, UnitSystem.LennardJones), model, mayTilt: false, 1, true, Workers.Single);
        dynamics.Start(allowOverlap: true);
        dynamics.Advance(new(new VelocityVerletInput(), 0.004, _ => 0), 0, 0, 27, energy: false, virial: false);
        var found = dynamics.CountPairs(maximum, bins);
        dynamics.Synchronise();
        var frame = dynamics.System.ToConfiguration();
        var expected = new long[4 * bins];
        var close = 0;
        for (var i = 0; i < frame.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var r = frame.Box.MinimumImage(frame.Position(i) - frame.Position(j)).Length * bins / maximum;
                var (a, b) = (Math.Min(frame.Species[i], frame.Species[j]), Math.Max(frame.Species[i], frame.Species[j]));
                if (r < bins)
                {
                    expected[(2 * a + b) * bins + (int)r]++;
                }
                // A distance that a float rounds across the edge of a bin: its error is 1e-6 of the largest.
                close += Math.Abs(r - Math.Round(r)) < 1e-6 * bins ? 1 : 0;
            }
        }
        Assert.True(expected.Sum() > 1000);
        Assert.True(found.Zip(expected, (f, e) => Math.Abs(f - e)).Sum() <= 2 * close);
        Assert.Equal(expected.Sum(), found.Sum(), (double)close);
    }

    /// <summary>Along open axes a device has chosen its own cell, and chosen it anew when an atom came near its end: going on finds the same.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ARunWithOpenAxesGoesOnWithTheSameBits(string kind)
    {
        var device = TestDevices.Get(kind);
        var start = ForceFieldTests.RandomConfiguration(new Box(8, 7, 6, PeriodicX: false, PeriodicY: true, PeriodicZ: false), 150, seed: 6);
        start.Velocities = new double[3 * start.Count];
        // Along x it passes the end of the first cell, three lengths of the cluster away, after about 250 steps.
        start.Velocities[0] = 25;
        var model = DeviceDynamicsTests.Liquid(10).Model;
        var input = Input(500);
        using var whole = new Simulation(input, start, model, Workers.Single, device);
        var watcher = new StoppingObserver(long.MaxValue);
        Assert.True(whole.Run(watcher, CancellationToken.None));

        foreach (var stop in new[] { 100, 400 })
        {
            var (a, b) = (whole.Snapshot(), StoppingObserver.StopAndResume(() => new(input, start, model, Workers.Single, device), stop));
            Assert.Equal(a.Positions, b.Positions);
            Assert.Equal(a.Velocities!, b.Velocities!);
            Assert.Equal(a.Images!, b.Images!);
        }
        Assert.True(whole.Snapshot().Positions[0] > 40);
        Assert.NotEqual(watcher.States.First().DeviceCell, watcher.States.Last().DeviceCell);
    }

    private static RunInput Input(int steps) => RunInput.Read(
        $$"""
        { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8, "cells": [2, 2, 2] } }, "potential": null,
          "timeStep": 0.004, "stages": [ { "name": "a", "steps": {{steps}} } ], "output": { "thermo": { "every": 50 }, "checkpoint": { "every": 50 } } }
        """,
        "test.json").Resolve();
}
