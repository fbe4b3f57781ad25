using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Devices;
using Engine.Kernels.Ewald;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Kernels.Devices;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.Core.Simulations;

/// <summary>Ewald sums on devices beside the processor's, and runs with a mesh on both.</summary>
[Collection("device")]
public class EwaldRunTests(ITestOutputHelper output)
{
    private const string Buckingham =
        """{ "type": "buckingham", "cutoff": 4.3, "shift": "force", "guard": true, "pairs": { "Hf-O": {"A":16800,"rho":0.226627,"C":127.65}, "O-O": {"A":2029.2204,"rho":0.343640,"C":192.58} } }""";

    public static TheoryData<string> Places
    {
        get
        {
            var places = new TheoryData<string>("cpu");
            foreach (string kind in TestDevices.Kinds)
            {
                places.Add(kind);
            }
            return places;
        }
    }

    public static TheoryData<string, string, bool> Methods
    {
        get
        {
            var cases = new TheoryData<string, string, bool>();
            foreach (string kind in TestDevices.Kinds)
            {
                cases.Add(kind, "sum", false);
                cases.Add(kind, "sum", true);
                cases.Add(kind, "mesh", false);
                cases.Add(kind, "mesh", true);
            }
            return cases;
        }
    }

    /// <summary>Ewald's reciprocal part on the device, beside the real part.</summary>
    [SkippableTheory]
    [MemberData(nameof(Methods))]
    public void ADeviceGivesTheProcessorsForcesEnergyAndVirial(string kind, string method, bool tilted)
    {
        var device = TestDevices.Get(kind);
        var start = Cells.Fluorite(5.1, 2, shake: 0.1);
        start = tilted ? Cells.Strained(start, 0.01, -0.01, 0.02, 0.03, -0.02, 0.01) : start;
        var model = Cells.Model(Cells.HafniaJson(
            4, -2,
            """{ "type": "buckingham", "cutoff": 4.5, "pairs": { "Hf-O": {"A":1454.6,"rho":0.35,"C":0}, "O-O": {"A":22764.0,"rho":0.149,"C":27.88} } }""",
            $$"""{ "type": "ewald", "cutoff": 4.5, "accuracy": 1e-6, "method": "{{method}}" }"""));
        using var host = new CpuDynamics(ParticleSystem.FromConfiguration(start, UnitSystem.Metal), model, singlePrecision: false, 1, Workers.Single);
        var expected = host.Start(allowOverlap: true);
        using var dynamics = new DeviceDynamics(
            device, ParticleSystem.FromConfiguration(start, UnitSystem.Metal), model, mayTilt: false, 1, true, Workers.Single);
        var sums = dynamics.Start(allowOverlap: true);
        dynamics.Synchronise();
        var (e, f) = (host.System.ToConfiguration().Forces!, dynamics.System.ToConfiguration().Forces!);
        // Two thousand waves of float phases and products add their rounding, or lines of forty points.
        DeviceDynamicsTests.AssertForces(e, f, 1e-5);
        Assert.Equal(expected.Energy, sums.Energy, 1e-6 * Math.Abs(expected.Energy));
        // Attraction and repulsion, each about as large as the energy, cancel in the virial; floats leave a part in 10⁷ of them.
        foreach (var (ofHost, ofDevice) in Cells.Components(expected.Virial).Zip(Cells.Components(sums.Virial)))
        {
            Assert.Equal(ofHost, ofDevice, 1e-7 * Math.Abs(expected.Energy));
        }
    }

    /// <summary>
    /// A pressure squeezes the crystal until its mesh has fewer points: graphs and kernels are made anew, and a run that was stopped before or after that goes on to the same bits.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Places))]
    public void ARunWhoseMeshChangesGoesOnWithTheSameBits(string place)
    {
        var device = DeviceOf(place);
        var model = Model(1e-6);
        var start = Start();
        var input = RunInput.Read(
            """
            { "units": "metal", "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": 5.1, "cells": [2, 2, 2] } }, "potential": null,
              "initialTemperature": 300, "timeStep": 0.001, "integrator": { "type": "langevin", "friction": 5 }, "seed": 7,
              "stages": [ { "name": "a", "steps": 120, "temperature": 300, "pressure": 400000,
                "barostat": { "type": "cellRescaling", "coupling": "isotropic", "relaxationTime": 0.1, "compressibility": 3e-6 } } ],
              "output": { "thermo": { "every": 20 }, "checkpoint": { "every": 20 } } }
            """,
            "test.json").Resolve();
        using var workers = new Workers(2);
        using var whole = new Simulation(input, start, model, workers, device);
        Assert.True(whole.Run(new StoppingObserver(long.MaxValue), CancellationToken.None));
        var split = model.Ewald!;
        var (first, last) = (MeshSum.PointsOf(start.Box, split.Splitting, split.ReciprocalCutoff), MeshSum.PointsOf(whole.Snapshot().Box, split.Splitting, split.ReciprocalCutoff));
        output.WriteLine($"{first} {start.Box.LengthX} to {last} {whole.Snapshot().Box.LengthX}");
        Assert.NotEqual(first, last);
        foreach (var stop in new[] { 20, 80 })
        {
            using var before = new Simulation(input, start, model, Workers.Single, device);
            var stopper = new StoppingObserver(stop);
            Assert.False(before.Run(stopper, stopper.Cancellation));
            using var after = new Simulation(input, start, model, Workers.Single, device);
            after.Restore(stopper.State!);
            Assert.Equal(stop, after.Step);
            Assert.True(after.Run(new StoppingObserver(long.MaxValue), CancellationToken.None));
            Assert.Equal(whole.Snapshot().Positions, after.Snapshot().Positions);
            Assert.Equal(whole.Snapshot().Velocities!, after.Snapshot().Velocities!);
            Assert.Equal(whole.Snapshot().Box, after.Snapshot().Box);
        }
    }

    /// <summary>
    /// Forces are the gradient of the energy of the mesh, wherever the mesh is: what drifts is the integrator's, and what pairs bring that cross the cutoff of the real part, where erfc is 10⁻⁶. The
    /// bound is that of smooth cutoffs on the processor in double, <see cref="EnergyConservationTests"/>, for a run half as long, and as much again for floats.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Places))]
    public void EnergyIsConserved(string place)
    {
        const string json = """
            { "units": "metal", "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": 5.1, "cells": [2, 2, 2] } }, "potential": null,
              "initialTemperature": 2000, "timeStep": 0.0005, "stages": [ { "name": "warm", "steps": 200 }, { "name": "a", "steps": 1000 } ], "output": { "thermo": { "every": 4 } } }
            """;
        var log = ThermoLog.Run(json, EnergyConservationTests.Start(json, UnitSystem.Metal), Model(1e-6), device: DeviceOf(place));
        log.Samples.RemoveAll(sample => sample.Step < 200);
        var line = EnergyConservationTests.Line(log);
        output.WriteLine($"{line}");
        Assert.InRange(line.Slope, -5e-4, 5e-4);
    }

    private static Device? DeviceOf(string place) => place == "cpu" ? null : TestDevices.Get(place);

    private static Configuration Start() => Cells.Fluorite(5.1, 2, shake: 0.05);

    private static PotentialModel Model(double accuracy) => Cells.Model(Cells.HafniaJson(
        2.4, -1.2, Buckingham, FormattableString.Invariant($$"""{ "type": "ewald", "cutoff": 4.3, "accuracy": {{accuracy}}, "method": "mesh" }""")));
}
