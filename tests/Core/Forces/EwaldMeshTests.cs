using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Ewald;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Core.Forces;

public class EwaldMeshTests
{
    private static readonly UnitSystem Plain = UnitSystem.Metal with { Coulomb = 1 };

    public static readonly TheoryData<double, bool> Accuracies = new() { { 1e-2, false }, { 1e-4, false }, { 1e-4, true }, { 1e-6, true }, { 1e-8, false }, { 1e-10, true } };

    /// <summary>A mesh is as far from all wave vectors as the wave vectors up to the cutoff are; both errors are estimates for charges anywhere, and these are not.</summary>
    [Theory]
    [MemberData(nameof(Accuracies))]
    public void ForcesAreAsAccurateAsThoseOfTheSum(double accuracy, bool tilted)
    {
        var cell = Cell(2, tilted);
        var exact = EwaldTests.Reciprocal(cell, Model(1e-13, EwaldMethod.Sum, g: Splitting(accuracy)), Workers.Single);
        var sum = EwaldTests.Reciprocal(cell, Model(accuracy, EwaldMethod.Sum), Workers.Single);
        var mesh = EwaldTests.Reciprocal(cell, Model(accuracy, EwaldMethod.Mesh), Workers.Single);
        double Error(double[] forces) => Math.Sqrt(exact.Forces.Zip(forces, (a, b) => (a - b) * (a - b)).Average());
        Assert.InRange(Error(mesh.Forces), 0, 4 * Error(sum.Forces));
        // Energies and virials of two dozen particles to a few times the error of one force, in units where charges and distances are of order one.
        var allowed = 100 * Math.Max(Error(sum.Forces), accuracy);
        Assert.Equal(exact.Energy, mesh.Energy, allowed);
        Assert.Equal(exact.Virial.Trace, mesh.Virial.Trace, 10 * allowed);
        Assert.Equal(exact.Virial.XY, mesh.Virial.XY, 10 * allowed);
        Assert.Equal(exact.Virial.YZ, mesh.Virial.YZ, 10 * allowed);
    }

    /// <summary>
    /// The energy of the mesh as Essmann et al. define it (eq. 2.7 and 4.7), wave by wave and charge by charge: on few points, an odd number of them too, where every wave counts.
    /// </summary>
    [Theory]
    [InlineData(18.5, 20, 31, false)]
    [InlineData(18.3, 20, 18.3, true)]
    public void EnergyIsThatOfTheDefinition(double x, double y, double z, bool tilted)
    {
        var box = new Box(x, y, z, TiltXY: tilted ? 3 : 0, TiltXZ: tilted ? -2 : 0, TiltYZ: tilted ? 1 : 0);
        var cell = Gas(box, 24);
        var model = Model(1e-2, EwaldMethod.Mesh, charge: 1);
        var split = model.Ewald!;
        var points = MeshSum.PointsOf(box, split.Splitting, split.ReciprocalCutoff);
        Assert.Equal(tilted ? (9, 16, 9) : (9, 16, 15), points);
        var (energy, _, _) = EwaldTests.Reciprocal(cell, model, Workers.Single);

        int[] sizes = [points.X, points.Y, points.Z];
        double[][] undo = [.. sizes.Select(BSpline.InverseSquares)];
        var expected = 0.0;
        for (var n = 1; n < sizes[0] * sizes[1] * sizes[2]; n++)
        {
            int[] index = [n / (sizes[1] * sizes[2]), n / sizes[2] % sizes[1], n % sizes[2]];
            int[] wave = [.. index.Zip(sizes, (k, size) => 2 * k <= size ? k : k - size)];
            var sum = System.Numerics.Complex.Zero;
            for (var i = 0; i < cell.Count; i++)
            {
                var s = box.ToFractional(cell.Position(i));
                double[] fractions = [s.X, s.Y, s.Z];
                var term = new System.Numerics.Complex(cell.Species[i] == 0 ? 1 : -1, 0);
                for (var axis = 0; axis < 3; axis++)
                {
                    var u = fractions[axis] * sizes[axis];
                    var weights = BSpline.Weights(u - Math.Floor(u));
                    term *= Enumerable.Range(0, BSpline.Order).Aggregate(System.Numerics.Complex.Zero, (all, k) =>
                        all + weights[k] * System.Numerics.Complex.FromPolarCoordinates(1, -2 * Math.PI * wave[axis] * (Math.Floor(u) - 7 + k) / sizes[axis]));
                }
                sum += term;
            }
            var normal = 2 * Math.PI / box.Volume;
            var k = wave[0] * normal * Vector3d.Cross(box.B, box.C) + wave[1] * normal * Vector3d.Cross(box.C, box.A) + wave[2] * normal * Vector3d.Cross(box.A, box.B);
            expected += 2 * Math.PI / box.Volume * Math.Exp(-k.LengthSquared / (4 * split.Splitting * split.Splitting)) / k.LengthSquared
                * undo[0][index[0]] * undo[1][index[1]] * undo[2][index[2]] * sum.Magnitude * sum.Magnitude;
        }
        Cells.Near(expected, energy, 1e-12);
    }

    /// <summary>Edges up to five times as long as the cell is wide along them, and charges anywhere: the estimate is for these, but for what a charge does to itself, and leaves room for the skew.</summary>
    [Fact]
    public void ASkewedCellIsAsAccurate()
    {
        var cell = Gas(new Box(40, 5, 5, TiltXY: 20, TiltXZ: 20, TiltYZ: 2.5), 100);
        var accuracy = 1e-5;
        var exact = EwaldTests.Reciprocal(cell, Model(1e-13, EwaldMethod.Sum, Splitting(accuracy), charge: 1), Workers.Single);
        double Error(EwaldMethod method) => Math.Sqrt(exact.Forces.Zip(EwaldTests.Reciprocal(cell, Model(accuracy, method, charge: 1), Workers.Single).Forces, (a, b) => (a - b) * (a - b)).Average());
        Assert.InRange(Error(EwaldMethod.Mesh), 0, Error(EwaldMethod.Sum));
    }

    [Fact]
    public void RefusesMoreWaveVectorsThanMemoryHolds()
    {
        var cell = Cells.Strained(Cell(1, tilted: false), 200, 200, 200, 0, 0, 0);
        Assert.Contains("wave vectors in a cell", Assert.Throws<InputException>(() => EwaldTests.Reciprocal(cell, Model(1e-6, EwaldMethod.Sum), Workers.Single)).Message, StringComparison.Ordinal);
        Assert.Contains("give a longer cutoff", Assert.Throws<InputException>(() => Model(1e-6, EwaldMethod.Sum).Ewald!.Describe(cell.Box, cell.Count)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SpacingFollowsSplittingAndCutoff()
    {
        var spacing = EwaldMesh.Spacing(0.4, 2.9);
        Assert.InRange(spacing, 0.7, 1.1);
        // Errors of splines of eighth order grow by 2⁸ at least.
        Assert.InRange(EwaldMesh.Spacing(0.4, 2.2) / spacing, 1.2, 2);
        // No length but 1/g is there.
        Assert.Equal(spacing / 3, EwaldMesh.Spacing(1.2, 8.7), 1e-4);
    }

    [Fact]
    public void ForcesAndVirialAreTheDerivativesOfTheEnergy()
    {
        var model = Model(1e-3, EwaldMethod.Mesh);
        var cell = Cell(1, tilted: true);
        var (_, virial, forces) = EwaldTests.Reciprocal(cell, model, Workers.Single);
        const double h = 1e-4;
        for (var c = 0; c < forces.Length; c += 5)
        {
            double Energy(double by)
            {
                cell.Positions[c] += by;
                var energy = EwaldTests.Reciprocal(cell, model, Workers.Single).Energy;
                cell.Positions[c] -= by;
                return energy;
            }
            // h² U‴/6 at third derivatives of order one.
            Assert.Equal(-(Energy(h) - Energy(-h)) / (2 * h), forces[c], 1e-7);
        }
        double Strained(double xx, double yy, double zz, double xy, double xz, double yz) =>
            EwaldTests.Reciprocal(Cells.Strained(cell, xx, yy, zz, xy, xz, yz), model, Workers.Single).Energy;
        // The mesh has the same points for so little strain.
        Assert.Equal(-(Strained(h, 0, 0, 0, 0, 0) - Strained(-h, 0, 0, 0, 0, 0)) / (2 * h), virial.XX, 1e-5);
        Assert.Equal(-(Strained(0, h, 0, 0, 0, 0) - Strained(0, -h, 0, 0, 0, 0)) / (2 * h), virial.YY, 1e-5);
        Assert.Equal(-(Strained(0, 0, h, 0, 0, 0) - Strained(0, 0, -h, 0, 0, 0)) / (2 * h), virial.ZZ, 1e-5);
        Assert.Equal(-(Strained(0, 0, 0, h, 0, 0) - Strained(0, 0, 0, -h, 0, 0)) / (2 * h), virial.XY, 1e-5);
        Assert.Equal(-(Strained(0, 0, 0, 0, h, 0) - Strained(0, 0, 0, 0, -h, 0)) / (2 * h), virial.XZ, 1e-5);
        Assert.Equal(-(Strained(0, 0, 0, 0, 0, h) - Strained(0, 0, 0, 0, 0, -h)) / (2 * h), virial.YZ, 1e-5);
    }

    [Fact]
    public void BitsDoNotDependOnTheNumberOfThreads()
    {
        var cell = Cell(3, tilted: true);
        var one = EwaldTests.Reciprocal(cell, Model(1e-6, EwaldMethod.Mesh), Workers.Single);
        foreach (var threads in (int[])[2, 3])
        {
            using var team = new Workers(threads);
            var many = EwaldTests.Reciprocal(cell, Model(1e-6, EwaldMethod.Mesh), team);
            Assert.Equal(one.Energy, many.Energy);
            Assert.Equal(one.Virial, many.Virial);
            Assert.Equal(one.Forces, many.Forces);
        }
    }

    [Fact]
    public void FollowsTheBox()
    {
        var model = Model(1e-6, EwaldMethod.Mesh);
        var small = Cell(2, tilted: false);
        foreach (var strain in (double[])[0.3, 1e-4, -0.2])
        {
            var other = Cells.Strained(small, strain, strain, strain, 0, 0, 0);
            EwaldTests.Reciprocal(small, model, Workers.Single);
            var reused = EwaldTests.Reciprocal(other, model, Workers.Single);
            var fresh = EwaldTests.Reciprocal(other, Model(1e-6, EwaldMethod.Mesh), Workers.Single);
            Assert.Equal(fresh.Energy, reused.Energy);
            Assert.Equal(fresh.Forces, reused.Forces);
        }
    }

    /// <summary>Forces of particles at the very edges of the cell are those of their images inside.</summary>
    [Fact]
    public void EdgesOfTheCellAreNoPlaceOfTheirOwn()
    {
        var cell = Cell(1, tilted: false);
        (cell.Positions[0], cell.Positions[4], cell.Positions[8]) = (0, -1e-17, 5.1);
        var model = Model(1e-6, EwaldMethod.Mesh);
        var expected = EwaldTests.Reciprocal(cell, model, Workers.Single);
        (cell.Positions[0], cell.Positions[4], cell.Positions[8]) = (5.1, 0, -5.1);
        var found = EwaldTests.Reciprocal(cell, model, Workers.Single);
        Cells.Near(expected.Energy, found.Energy, 1e-12);
        for (var i = 0; i < expected.Forces.Length; i++)
        {
            Assert.Equal(expected.Forces[i], found.Forces[i], 1e-12);
        }
    }

    [Fact]
    public void AutoTakesTheMeshForManyParticlesAndOrdinaryAccuracy()
    {
        var settings = EwaldSettings.ForAccuracy(1e-6, 8, 1, background: false);
        Assert.False(settings.OnMesh(EwaldSettings.FewestOfMesh - 1));
        Assert.True(settings.OnMesh(EwaldSettings.FewestOfMesh));
        Assert.False((settings with { Method = EwaldMethod.Sum }).OnMesh(100_000));
        Assert.True((settings with { Method = EwaldMethod.Mesh }).OnMesh(1));
        Assert.False(EwaldSettings.ForAccuracy(1e-10, 8, 1, background: false).OnMesh(100_000));
        // The limit itself is ordinary, however its logarithm and roots are rounded.
        Assert.All(Enumerable.Range(50, 100), cutoff => Assert.True(EwaldSettings.ForAccuracy(1e-9, 0.1 * cutoff, 1, background: false).OnMesh(1000)));
        Assert.Equal("a mesh of 64 × 64 × 64 points", settings.Describe(Box.Cubic(40), 5000));
        Assert.Equal("about 348 wave vectors", settings.Describe(Box.Cubic(10), 5));
    }

    [Fact]
    public void RefusesAMeshThatNoMemoryHolds()
    {
        var cell = Cells.Strained(Cell(1, tilted: false), 200, 200, 200, 0, 0, 0);
        var error = Assert.Throws<InputException>(() => EwaldTests.Reciprocal(cell, Model(1e-6, EwaldMethod.Mesh), Workers.Single));
        Assert.Contains("expected at most 134,217,728", error.Message, StringComparison.Ordinal);
    }

    private static double Splitting(double accuracy) => Math.Sqrt(-Math.Log(accuracy)) / 6;

    private static Configuration Cell(int n, bool tilted)
    {
        var cell = Cells.Fluorite(5.1, n, 0.2);
        return tilted ? Cells.Strained(cell, 0.01, -0.02, 0.03, 0.4, -0.35, 0.3) : cell;
    }

    /// <summary>Charges of both signs anywhere.</summary>
    private static Configuration Gas(Box box, int count)
    {
        var random = new Random(5);
        return new()
        {
            Box = box,
            SpeciesTable = Cells.HafniumOxygen,
            Species = [.. Enumerable.Range(0, count).Select(i => i % 2)],
            Positions = [.. Enumerable.Range(0, count).Select(_ => box.ToCartesian(new(random.NextDouble(), random.NextDouble(), random.NextDouble()))).SelectMany(r => new[] { r.X, r.Y, r.Z })],
        };
    }

    private static PotentialModel Model(double accuracy, EwaldMethod method, double? g = null, double? charge = null)
    {
        var split = g ?? Splitting(accuracy);
        var k = 2 * split * Math.Sqrt(-Math.Log(accuracy));
        return Cells.Model(
            Cells.HafniaJson(charge ?? 4, -charge ?? -2, FormattableString.Invariant(
                $$"""{ "type": "ewald", "cutoff": 6, "splitting": {{split}}, "reciprocalCutoff": {{k}}, "method": "{{method.ToString().ToLowerInvariant()}}" }""")),
            units: Plain);
    }
}
