using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Pair;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Ewald;

/// <summary>The reciprocal part of the Ewald sum on a mesh on a device, in float; what <see cref="MeshSum"/> is on the processor.</summary>
public sealed class DeviceMeshSum : IDeviceReciprocalSum
{
    private const int GroupSize = 128;

    /// <summary>
    /// Local memory for the lines that a group transforms [bytes]: twice the points of all of them. With eight double sums of each thread beside, it is the 32 KiB that any device of OpenCL 1.2 has.
    /// </summary>
    private const int RoomForLines = 24 * 1024;

    /// <summary>A point is full with so many of the largest charges: as weights are at most 0.11, with those of 36 particles that are all nearest to it.</summary>
    private const double LargestCharges = 4;

    /// <summary>And for so many times the charges of one sign that fall to a point in the mean, where a coarse mesh has many particles to a point.</summary>
    private const double MeanCharges = 8;

    private const float Forward = -1;
    private const float Back = 1;

    private readonly DeviceParticles particles;
    private readonly double splitting;
    private readonly double coulomb;
    private readonly double spacing;

    /// <summary>All charges of the sign that has more of it, and the largest of a particle.</summary>
    private readonly double ofOneSign, largestCharge;

    private readonly DeviceBuffer<float> charges;
    private readonly DeviceBuffer<float> splines;
    private readonly DeviceBuffer<Float4> shape;
    private Plan? plan;

    /// <param name="particles">The particles.</param>
    /// <param name="counts">Particles of each species.</param>
    /// <param name="charges">Charge of each species.</param>
    /// <param name="splitting">g [1/length].</param>
    /// <param name="cutoff">Largest |K| of the plain sum that is matched [1/length].</param>
    /// <param name="coulomb">k = e²/(4πε₀) [energy·length/charge²].</param>
    public DeviceMeshSum(DeviceParticles particles, int[] counts, IReadOnlyList<double> charges, double splitting, double cutoff, double coulomb)
    {
        (this.particles, this.splitting, this.coulomb) = (particles, splitting, coulomb);
        double Sum(Func<double, double> part) => counts.Zip(charges, (n, q) => n * part(q)).Sum();
        largestCharge = charges.Max(Math.Abs);
        ofOneSign = Math.Max(Sum(q => Math.Max(q, 0)), Sum(q => Math.Max(-q, 0)));
        spacing = EwaldMesh.Spacing(splitting, cutoff);
        var device = particles.Device;
        this.charges = device.Allocate<float>([.. charges.Select(q => (float)q)]);
        splines = device.Allocate<float>([.. BSpline.Coefficients.Select(c => (float)c)]);
        shape = device.Allocate<Float4>(4);
    }

    /// <inheritdoc/>
    public bool SetBox(Box box)
    {
        var mesh = EwaldMesh.For(box, spacing);
        var axes = ReciprocalAxes.Of(box);
        var replaced = plan is null || plan.Mesh != mesh;
        if (replaced)
        {
            var room = (LargestCharges * largestCharge) + (MeanCharges * ofOneSign / ((double)mesh.X * mesh.Y * mesh.Z));
            var next = new Plan(particles.Device, mesh, room > 0 ? room : 1);
            plan?.Dispose();
            plan = next;
        }
        shape.Upload([Turns(axes.X), Turns(axes.Y), Turns(axes.Z), new((float)(4 * Math.PI * coulomb / box.Volume), (float)(1 / (4 * splitting * splitting)), 0, 0)]);
        return replaced;

        static Float4 Turns(Vector3d axis) => new((float)(2 * Math.PI * axis.X), (float)(2 * Math.PI * axis.Y), (float)(2 * Math.PI * axis.Z), 0);
    }

    /// <inheritdoc/>
    public void Launch(int graphStep)
    {
        var p = plan!;
        LaunchWaves(p, graphStep, withSums: 0);
        p.AlongZ.Launch(p.GroupsZ * GroupSize, GroupSize, p.TurnsZ, p.Waves, Back, particles.Ring, graphStep);
        p.BackY.Launch(p.GroupsY * GroupSize, GroupSize, p.TurnsY, p.Waves, p.Potential, particles.Ring, graphStep);
        p.Forces.Launch(
            particles.Count * BSpline.Order, GroupSize, particles.Positions, charges, splines, p.Potential, shape, particles.Forces, particles.Ring, graphStep, particles.Count);
    }

    /// <inheritdoc/>
    public void ListBuilt(int graphStep)
    {
    }

    /// <inheritdoc/>
    public PairSums[] Sums(bool launched)
    {
        var p = plan!;
        LaunchWaves(p, GraphStep.AtOnce, withSums: 1);
        var partials = p.Partials.ToArray();
        var sum = new double[7];
        for (var k = 0; k < partials.Length; k += 8)
        {
            for (var c = 0; c < 7; c++)
            {
                sum[c] += partials[k + c];
            }
        }
        return [new(sum[0], SymmetricTensor.Isotropic(sum[0]) - new SymmetricTensor(sum[1], sum[2], sum[3], sum[4], sum[5], sum[6]), double.PositiveInfinity)];
    }

    public void Dispose()
    {
        charges.Dispose();
        splines.Dispose();
        shape.Dispose();
        plan?.Dispose();
    }

    private void LaunchWaves(Plan p, int graphStep, int withSums)
    {
        p.Spread.Launch(particles.Count * BSpline.Order, GroupSize, particles.Positions, charges, splines, p.Points, p.Scale, particles.Ring, graphStep, particles.Count);
        p.ForwardY.Launch(p.GroupsY * GroupSize, GroupSize, p.Points, p.TurnsY, p.Waves, 1 / p.Scale, particles.Control, particles.Ring, graphStep);
        p.AlongZ.Launch(p.GroupsZ * GroupSize, GroupSize, p.TurnsZ, p.Waves, Forward, particles.Ring, graphStep);
        p.Convolve.Launch(p.GroupsX * GroupSize, GroupSize, p.TurnsX, shape, p.Undo, p.Waves, p.Partials, withSums, particles.Ring, graphStep);
    }

    /// <summary>Kernels and buffers of one size of the mesh.</summary>
    private sealed class Plan : IDisposable
    {
        public Plan(Device device, EwaldMesh mesh, double room)
        {
            (Mesh, Scale) = (mesh, (float)(int.MaxValue / (4 * room)));
            int linesX = LinesOf(mesh.X, 1), linesY = LinesOf(mesh.Y, 2), linesZ = LinesOf(mesh.Z, 1);
            (GroupsX, GroupsY, GroupsZ) = (Groups(mesh.Y / 2 * mesh.Z, linesX), mesh.X * Groups(mesh.Z, linesY), Groups(mesh.X * mesh.Y / 2, linesZ));
            var program = device.Compile(KernelText.Load(
                "mesh.cl", [DeviceTexts.ClockPrelude, "clock.cl", "reduce.cl", "complex.cl", "fourier.cl"],
                ("MESH_X", mesh.X), ("MESH_Y", mesh.Y), ("MESH_Z", mesh.Z), ("LINES_X", linesX), ("LINES_Y", linesY), ("LINES_Z", linesZ)));
            (Spread, ForwardY, AlongZ) = (program["mesh_spread"], program["mesh_forward_y"], program["mesh_along_z"]);
            (Convolve, BackY, Forces) = (program["mesh_convolve"], program["mesh_back_y"], program["mesh_forces"]);
            (TurnsX, TurnsY, TurnsZ) = (Turns(device, mesh.X), Turns(device, mesh.Y), Turns(device, mesh.Z));
            Undo = device.Allocate<float>([.. BSpline.InverseSquares(mesh.X).Concat(BSpline.InverseSquares(mesh.Y)).Concat(BSpline.InverseSquares(mesh.Z)).Select(b => (float)b)]);
            var points = (long)mesh.X * mesh.Y * mesh.Z;
            Points = device.Allocate<int>(points);
            Points.Clear();
            Waves = device.Allocate<Float2>(points / 2);
            Potential = device.Allocate<float>(points);
            Partials = device.Allocate<double>(8 * GroupsX);
        }

        public EwaldMesh Mesh { get; }

        /// <summary>What a charge is multiplied by to be fixed point: a quarter of its range is the room of a point, <see cref="ControlWord.MeshIsFull"/>.</summary>
        public float Scale { get; }

        public DeviceKernel Spread { get; }

        public DeviceKernel ForwardY { get; }

        public DeviceKernel AlongZ { get; }

        public DeviceKernel Convolve { get; }

        public DeviceKernel BackY { get; }

        public DeviceKernel Forces { get; }

        public DeviceBuffer<Float2> TurnsX { get; }

        public DeviceBuffer<Float2> TurnsY { get; }

        public DeviceBuffer<Float2> TurnsZ { get; }

        public DeviceBuffer<float> Undo { get; }

        /// <summary>Charges in fixed point, zero between the steps.</summary>
        public DeviceBuffer<int> Points { get; }

        public DeviceBuffer<Float2> Waves { get; }

        public DeviceBuffer<float> Potential { get; }

        public DeviceBuffer<double> Partials { get; }

        public int GroupsX { get; }

        public int GroupsY { get; }

        public int GroupsZ { get; }

        public void Dispose()
        {
            IDisposable[] all = [TurnsX, TurnsY, TurnsZ, Undo, Points, Waves, Potential, Partials];
            foreach (var buffer in all)
            {
                buffer.Dispose();
            }
        }

        private static int Groups(int lines, int together) => (lines + together - 1) / together;

        /// <summary>How many lines of so many points, packed into one, fit local memory: a power of two up to 8.</summary>
        private static int LinesOf(int points, int packed)
        {
            for (var lines = 8; lines >= 1; lines /= 2)
            {
                if (2 * 8 * (points / packed) * (lines > 1 ? lines + 1 : 1) <= RoomForLines)
                {
                    return lines;
                }
            }
            throw new InputException(
                $"the mesh of the Ewald sum has {points} points along an edge of the cell, expected at most {packed * RoomForLines / 16} there on a device; give a longer cutoff, a larger accuracy or \"method\": \"sum\", or use --device cpu");
        }

        private static DeviceBuffer<Float2> Turns(Device device, int points) => device.Allocate<Float2>([.. Enumerable.Range(0, points).Select(k =>
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * k / points);
            return new Float2((float)cosine, (float)sine);
        })]);
    }
}
