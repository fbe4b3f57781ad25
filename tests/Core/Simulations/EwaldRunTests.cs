using System.Globalization;
using System.Text.RegularExpressions;
using Engine.Core.Forces;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Ewald;
using Engine.Kernels.Geometry;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;
using Engine.Perf.Devices;
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

    public static TheoryData<string> Kinds => TestDevices.Kinds;

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

    public static TheoryData<string, string, double, double, bool> Methods
    {
        get
        {
            var cases = new TheoryData<string, string, double, double, bool>();
            foreach (string kind in TestDevices.Kinds)
            {
                cases.Add(kind, "sum", 4.5, 1e-6, false);
                cases.Add(kind, "sum", 4.5, 1e-6, true);
                cases.Add(kind, "mesh", 4.5, 1e-6, false);
                cases.Add(kind, "mesh", 4.5, 1e-6, true);
                // Nine points along x and z, where the highest waves count.
                cases.Add(kind, "mesh", 3.4, 1e-2, true);
            }
            return cases;
        }
    }

    /// <summary>Ewald's reciprocal part on the device, beside the real part.</summary>
    [SkippableTheory]
    [MemberData(nameof(Methods))]
    public void ADeviceGivesTheProcessorsForcesEnergyAndVirial(string kind, string method, double cutoff, double accuracy, bool tilted)
    {
        var device = TestDevices.Get(kind);
        var start = Cells.Fluorite(5.1, 2, shake: 0.1);
        start = tilted ? Cells.Strained(start, 0.01, -0.01, 0.02, 0.03, -0.02, 0.01) : start;
        var model = Cells.Model(Cells.HafniaJson(
            4, -2,
            """{ "type": "buckingham", "cutoff": 4.5, "pairs": { "Hf-O": {"A":1454.6,"rho":0.35,"C":0}, "O-O": {"A":22764.0,"rho":0.149,"C":27.88} } }""",
            FormattableString.Invariant($$"""{ "type": "ewald", "cutoff": {{cutoff}}, "accuracy": {{accuracy}}, "method": "{{method}}" }""")));
        Assert.True(accuracy < 1e-2 || Points(model, start.Box) is (9, 16, 9));
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
        // Attraction and repulsion, each about as large as the energy, cancel in the virial; floats, and charges in fixed point, leave one or two parts in 10⁷ of them, which is a matter of chance: their root mean square
        // is 6e-8 over 120 components (the largest of five cases, by one compiler), and five times that is the bound.
        foreach (var (ofHost, ofDevice) in Cells.Components(expected.Virial).Zip(Cells.Components(sums.Virial)))
        {
            Assert.Equal(ofHost, ofDevice, 3e-7 * Math.Abs(expected.Energy));
        }
    }

    /// <summary>What was recorded with the mesh of a former cell is recorded again.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void GraphsFollowTheMesh(string kind)
    {
        var (start, model) = (Start(), Model(1e-6));
        using var motion = TestDevices.Session(TestDevices.Get(kind)).Motion(start, model);
        var how = new Motion(new VelocityVerletInput(), 1e-4, _ => 1);
        Assert.Equal(30, motion.Advance(how, 0, 0, 30));
        foreach (var length in new[] { 11.0, 10.0 })
        {
            var box = Box.Cubic(length);
            Assert.NotEqual(Points(model, motion.Cell.Box), Points(model, box));
            motion.SetCell(FixedPointCell.Around(box, [], motion.Reach));
            motion.SetLimits();
            Assert.Equal(30, motion.Advance(how, 30, 30, 30));
            var frame = DeviceSession.Frame(motion, start, model);
            Assert.Equal(box, frame.Box);
            // Floats, in a crystal that was hardly shaken: much of what they round cancels.
            DeviceDynamicsTests.AssertForces(SinglePoint.Evaluate(frame, model, Workers.Single).Forces, frame.Forces!, 1e-4);
        }
    }

    /// <summary>A coarse mesh has many charges to a point, and room for them.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void APointOfTheMeshHasRoom(string kind)
    {
        var box = Box.Cubic(30);
        Assert.Equal((8, 16, 8), Points(Plasma, box));
        var random = new Random(3);
        // Half of them in an eighth of the cell.
        var dense = Charges(box, 40_000, _ => "A", _ => new(30 * Place(), 30 * Place(), 30 * Place()));
        double Place() => random.Next(2) == 0 ? random.NextDouble() : 0.5 * random.NextDouble();
        using var motion = TestDevices.Session(TestDevices.Get(kind)).Motion(dense, Plasma);
        motion.Prepare();
        var expected = SinglePoint.Evaluate(dense, Plasma, Workers.Single);
        Assert.Equal(expected.Energy, motion.Sums()[0].Sums.Energy, 1e-6 * Math.Abs(expected.Energy));
        DeviceDynamicsTests.AssertForces(expected.Forces, DeviceSession.Frame(motion, dense, Plasma).Forces!, 1e-5);
        motion.Look();
        Assert.False(motion.MeshIsFull);
    }

    /// <summary>
    /// Where more charge gathers than a point has room for, it is said, also where as much of the other sign gathers elsewhere, and where the point itself, on which all are, holds it as one of the
    /// other sign.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void AFullPointOfTheMeshIsSaid(string kind)
    {
        var box = Box.Cubic(30);
        var random = new Random(3);
        foreach (var (species, particles) in new[] { ("A", 1000), ("AB", 2 * 600), ("AB", 2 * 900), ("AB", 2 * 2000), ("AB", 2 * 3170), ("AB", 2 * 4000) })
        {
            // At a point of the mesh, in the middle between points, and all over between them.
            foreach (var (shift, edge) in new[] { (0.0, 1e-3), (0.5, 1e-3), (0, 1.0) })
            {
                var gathered = Charges(box, particles, k => species.Substring(k % species.Length, 1), k =>
                {
                    double Place(int points) => k % species.Length * 15 + (shift + edge * random.NextDouble()) * 30 / points;
                    return new(Place(8), Place(16), Place(8));
                });
                using var motion = TestDevices.Session(TestDevices.Get(kind)).Motion(gathered, Plasma);
                motion.Prepare();
                motion.Look();
                Assert.True(motion.MeshIsFull, $"{species} {particles} {shift} {edge}");
            }
        }
        var corner = Charges(box, 1000, _ => "A", _ => Anywhere(Box.Cubic(3), random));
        using var dynamics = new DeviceDynamics(
            TestDevices.Get(kind), ParticleSystem.FromConfiguration(corner, UnitSystem.Metal), Plasma, mayTilt: false, 1, true, Workers.Single);
        Assert.Contains("has room for, at the start", Assert.Throws<RunFailedException>(() => dynamics.Start(allowOverlap: false)).Message, StringComparison.Ordinal);
    }

    /// <summary>Charges that fly to one place, too fast to be turned round, where they would meet after a hundred steps.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ChargesThatGatherEndTheRun(string kind)
    {
        var random = new Random(3);
        var box = Box.Cubic(30);
        var start = Charges(box, 1000, _ => "A", _ => Anywhere(box, random));
        start.Velocities = [.. start.Positions.Select(x => (15 - x) / (100 * 1e-6))];
        using var dynamics = new DeviceDynamics(
            TestDevices.Get(kind), ParticleSystem.FromConfiguration(start, UnitSystem.Metal), Plasma, mayTilt: false, 1, true, Workers.Single);
        dynamics.Start(allowOverlap: false);
        var how = new Motion(new VelocityVerletInput(), 1e-6, _ => 1);
        dynamics.Advance(how, 0, 0, 20, energy: true, virial: true);
        var message = Assert.Throws<RunFailedException>(() => dynamics.Advance(how, 20, 20, 100, energy: true, virial: true)).Message;
        // Twelve times as dense, as they are after 56 steps; and no list after that.
        Assert.InRange(int.Parse(Regex.Match(message, @"has room for, at about step (\d+);").Groups[1].Value, CultureInfo.InvariantCulture), 56, 62);
    }

    /// <summary>Of long lines a group transforms fewer at a time: four from 171 points on (along y twice as many), two from 308, one from 513, of a mesh whose points are 11.1 apart.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void LongLinesAreTransformed(string kind)
    {
        foreach (var (x, y, z) in new[] { (200, 720, 8), (8, 400, 200), (400, 16, 400), (600, 16, 8), (8, 1152, 600) })
        {
            var box = new Box(11.1 * x, 11.1 * y, 11.1 * z);
            Assert.Equal((x, y, z), Points(Plasma, box));
            var random = new Random(5);
            var charges = Charges(box, 600, k => k % 2 == 0 ? "A" : "B", _ => Anywhere(box, random));
            using var motion = TestDevices.Session(TestDevices.Get(kind)).Motion(charges, Plasma);
            motion.Prepare();
            var expected = SinglePoint.Evaluate(charges, Plasma, Workers.Single);
            DeviceDynamicsTests.AssertForces(expected.Forces, DeviceSession.Frame(motion, charges, Plasma).Forces!, 1e-5);
            Assert.Equal(expected.Energy, motion.Sums()[0].Sums.Energy, 1e-6 * Math.Abs(expected.Energy));
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
        var (first, last) = (Points(model, start.Box), Points(model, whole.Snapshot().Box));
        output.WriteLine($"{first} {start.Box.LengthX} to {last} {whole.Snapshot().Box.LengthX}");
        Assert.NotEqual(first, last);
        foreach (var stop in new[] { 20, 80 })
        {
            var found = StoppingObserver.StopAndResume(() => new(input, start, model, Workers.Single, device), stop);
            Assert.Equal(whole.Snapshot().Positions, found.Positions);
            Assert.Equal(whole.Snapshot().Velocities!, found.Velocities!);
            Assert.Equal(whole.Snapshot().Box, found.Box);
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

    /// <summary>Charges of both signs that hardly anything but a coarse mesh acts on.</summary>
    private static PotentialModel Plasma { get; } = Cells.Model(
        """
        { "name": "plasma", "units": "metal", "species": { "A": { "mass": 1, "charge": 1 }, "B": { "mass": 1, "charge": -1 } },
          "terms": [ { "type": "ewald", "cutoff": 1, "splitting": 0.1, "reciprocalCutoff": 0.3, "method": "mesh", "neutralise": "background" } ] }
        """,
        [new("A", 1), new("B", 1)]);

    private static Vector3d Anywhere(Box box, Random random) => new(box.LengthX * random.NextDouble(), box.LengthY * random.NextDouble(), box.LengthZ * random.NextDouble());

    private static Configuration Charges(Box box, int count, Func<int, string> species, Func<int, Vector3d> place) => new()
    {
        Box = box,
        SpeciesTable = [new("A", 1), new("B", 1)],
        Species = [.. Enumerable.Range(0, count).Select(k => species(k) == "A" ? 0 : 1)],
        Positions = [.. Enumerable.Range(0, count).Select(place).SelectMany(r => new[] { r.X, r.Y, r.Z })],
    };

    private static Device? DeviceOf(string place) => place == "cpu" ? null : TestDevices.Get(place);

    private static (int X, int Y, int Z) Points(PotentialModel model, Box box) => MeshSum.PointsOf(box, model.Ewald!.Splitting, model.Ewald.ReciprocalCutoff);

    private static Configuration Start() => Cells.Fluorite(5.1, 2, shake: 0.05);

    private static PotentialModel Model(double accuracy) => Cells.Model(Cells.HafniaJson(
        2.4, -1.2, Buckingham, FormattableString.Invariant($$"""{ "type": "ewald", "cutoff": 4.3, "accuracy": {{accuracy}}, "method": "mesh" }""")));
}
