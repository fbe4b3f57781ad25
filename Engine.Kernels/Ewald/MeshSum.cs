using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;
using Engine.Kernels.Threading;

namespace Engine.Kernels.Ewald;

/// <summary>
/// The reciprocal part of the Ewald sum on a mesh, O(particles + points × log points), in double: smooth particle mesh Ewald with splines of eighth order, U. Essmann et al., J. Chem. Phys. 103, 8577
/// (1995). What <see cref="ReciprocalSum"/> gives, to about the accuracy that its cutoff has there (<see cref="EwaldMesh.Spacing"/>). Forces are the gradient of the energy of the mesh, and the virial its
/// derivative by strain, to rounding; as in every such method, the forces of N particles do not add up to zero, but to some √N times the error of one.
/// <para>
/// Planes of constant x are what threads share out: each plane collects the charges of its own, in the order of slots, and is transformed along y (real) and z while it is in the cache; then come lines
/// along x, which are multiplied by the influence function and go back; then planes again, and the particles read their forces. Eight lines of a transform are eight lanes.
/// </para>
/// No sum depends on the number of threads: same bits for any team.
/// </summary>
public sealed unsafe partial class MeshSum : IReciprocalSum
{
    private const int Order = BSpline.Order;
    private const int Lines = FourierLines.Lines;
    private const int Point = FourierLines.Point;
    private const int BlockSize = 256;

    private readonly double splitting;
    private readonly double spacing;
    private readonly Action<int> placeTask;
    private readonly Action<int> planeTask;
    private readonly Action<int> lineTask;
    private readonly Action<int> backTask;
    private readonly Action<int> forceTask;

    private Box box;
    private EwaldMesh mesh = null!;
    private FourierLines alongX = null!;
    private FourierLines alongY = null!;
    private FourierLines alongZ = null!;

    /// <summary>exp(−2πik/2h) of the first half of the waves along y: cosine, sine.</summary>
    private double[] halfTurns = [];

    /// <summary>|b|² of each axis.</summary>
    private double[] inverseX = [], inverseY = [], inverseZ = [];

    private ReciprocalAxes axes;
    private double prefactor;

    /// <summary>[slot][3][8]: weights along x, y, z.</summary>
    private double[] weights = [];

    /// <summary>[slot]: lowest point along each axis, −1 along x where there is no charge.</summary>
    private (int X, int Y, int Z)[] places = [];

    /// <summary>Slots by lowest plane, and where each plane's begin.</summary>
    private int[] order = [];
    private int[] planeStart = [];
    private int[] planeNext = [];

    /// <summary>The transform: [x][z][y/8][point]. The last points of a plane are never used: they keep planes from lying in the same places of the caches.</summary>
    private double[] waves = [];

    /// <summary>Potential: [x][y][z], rows of <see cref="RowLength"/> whose ends repeat their beginnings.</summary>
    private double[] potential = [];
    private double[] energies = [];
    private SymmetricTensor[] virials = [];

    private double[] x = [], y = [], z = [], charges = [], fx = [], fy = [], fz = [];
    private int count;

    /// <param name="splitting">g > 0 [1/length].</param>
    /// <param name="cutoff">Largest |K| > 0 of the plain sum that is matched [1/length].</param>
    public MeshSum(double splitting, double cutoff)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(splitting);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cutoff);
        this.splitting = splitting;
        spacing = EwaldMesh.Spacing(splitting, cutoff);
        (placeTask, planeTask, lineTask, backTask, forceTask) = (Place, SpreadAndTransform, Convolve, TransformBack, AddForces);
    }

    /// <summary>Points of the mesh of a cell along its edges.</summary>
    /// <param name="box">Periodic in all directions.</param>
    /// <param name="splitting">g > 0 [1/length].</param>
    /// <param name="cutoff">Largest |K| > 0 of the plain sum that is matched [1/length].</param>
    /// <exception cref="InputException">They would be too many.</exception>
    public static (int X, int Y, int Z) PointsOf(Box box, double splitting, double cutoff)
    {
        var found = EwaldMesh.For(box, EwaldMesh.Spacing(splitting, cutoff));
        return (found.X, found.Y, found.Z);
    }

    private int Blocks => (count + BlockSize - 1) / BlockSize;

    /// <summary>Points of a row along z that are transformed, whole vectors.</summary>
    private int PaddedZ => (mesh.Z + Lines - 1) / Lines * Lines;

    /// <summary>Doubles of a row of charges or of the potential.</summary>
    private int RowLength => PaddedZ + Lines;

    /// <summary>Vectors of waves along y.</summary>
    private int WaveBlocks => mesh.Y / 2 / Lines;

    private int WavePlane => (mesh.Z * WaveBlocks + 1) * Point;

    /// <summary>Doubles of a line along y or z.</summary>
    private int LineRoom => Math.Max(mesh.Y / 2, PaddedZ) * Point;

    private int PotentialPlane => mesh.Y * RowLength;

    /// <inheritdoc/>
    public (double Energy, SymmetricTensor Virial) Add(
        Box box, int slots, double[] positionX, double[] positionY, double[] positionZ, double[] slotCharges, double coulomb,
        double[] forceX, double[] forceY, double[] forceZ, Workers workers)
    {
        if (box != this.box)
        {
            SetBox(box);
        }
        (x, y, z, charges, fx, fy, fz, count) = (positionX, positionY, positionZ, slotCharges, forceX, forceY, forceZ, slots);
        prefactor = 4 * Math.PI * coulomb / box.Volume;
        ScratchArray.Grow(ref weights, 3 * Order * slots);
        ScratchArray.Grow(ref places, slots);
        ScratchArray.Grow(ref order, slots);

        workers.Run(Blocks, placeTask);
        SortByPlane();
        workers.Run(mesh.X, planeTask);
        workers.Run(mesh.Z, lineTask);
        workers.Run(mesh.X, backTask);
        workers.Run(Blocks, forceTask);

        var energy = 0.0;
        var virial = SymmetricTensor.Zero;
        for (var nz = 0; nz < mesh.Z; nz++)
        {
            energy += energies[nz];
            virial += virials[nz];
        }
        return (energy, virial);
    }

    /// <exception cref="InputException">The mesh would be too large.</exception>
    private void SetBox(Box next)
    {
        var found = EwaldMesh.For(next, spacing);
        (box, axes) = (next, ReciprocalAxes.Of(next));
        if (found == mesh)
        {
            return;
        }
        mesh = found;
        (alongX, alongY, alongZ) = (new(mesh.X), new(mesh.Y / 2), new(mesh.Z));
        (inverseX, inverseY, inverseZ) = (BSpline.InverseSquares(mesh.X), BSpline.InverseSquares(mesh.Y), BSpline.InverseSquares(mesh.Z));
        halfTurns = [.. Enumerable.Range(0, mesh.Y / 2).SelectMany(k => new[] { Math.Cos(2 * Math.PI * k / mesh.Y), -Math.Sin(2 * Math.PI * k / mesh.Y) })];
        (planeStart, planeNext) = (new int[mesh.X + 1], new int[mesh.X]);
        ScratchArray.Grow(ref waves, mesh.X * WavePlane);
        ScratchArray.Grow(ref potential, mesh.X * PotentialPlane);
        ScratchArray.Grow(ref energies, mesh.Z);
        ScratchArray.Grow(ref virials, mesh.Z);
    }

    private void Place(int block)
    {
        fixed (double* w = weights)
        {
            for (var i = block * BlockSize; i < Math.Min(count, (block + 1) * BlockSize); i++)
            {
                if (charges[i] == 0)
                {
                    places[i] = (-1, 0, 0);
                    continue;
                }
                var s = box.ToFractional(new(x[i], y[i], z[i]));
                var (px, fractionX) = LowestPoint(s.X, mesh.X);
                var (py, fractionY) = LowestPoint(s.Y, mesh.Y);
                var (pz, fractionZ) = LowestPoint(s.Z, mesh.Z);
                places[i] = (px, py, pz);
                BSpline.Weights(fractionX).Store(w + 3 * Order * i);
                BSpline.Weights(fractionY).Store(w + 3 * Order * i + Order);
                BSpline.Weights(fractionZ).Store(w + 3 * Order * i + 2 * Order);
            }
        }
    }

    /// <summary>The first of the points along an axis that a charge is shared out among, and how far beyond the last of them it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (int Point, double Fraction) LowestPoint(double s, int points)
    {
        // A fraction just below 0 rounds to 1, which is a place like any other: seven points lower than the last.
        var u = (s - Math.Floor(s)) * points;
        var last = (int)u;
        return (last < Order - 1 ? last - (Order - 1) + points : last - (Order - 1), u - last);
    }

    /// <summary>Counting sort of the slots by lowest plane.</summary>
    private void SortByPlane()
    {
        Array.Clear(planeStart);
        for (var i = 0; i < count; i++)
        {
            if (places[i].X >= 0)
            {
                planeStart[places[i].X + 1]++;
            }
        }
        for (var k = 0; k < mesh.X; k++)
        {
            planeStart[k + 1] += planeStart[k];
        }
        planeStart.AsSpan(0, mesh.X).CopyTo(planeNext);
        for (var i = 0; i < count; i++)
        {
            if (places[i].X >= 0)
            {
                order[planeNext[places[i].X]++] = i;
            }
        }
    }

    /// <summary>Adds what the charges of one lowest plane have on their k-th plane.</summary>
    private void Spread(int lowest, int k, double* rows)
    {
        int rowLength = RowLength, rowCount = mesh.Y;
        fixed (double* allWeights = weights)
        {
            for (var i = planeStart[lowest]; i < planeStart[lowest + 1]; i++)
            {
                var slot = order[i];
                var w = allWeights + 3 * Order * slot;
                var (_, row, column) = places[slot];
                var q = charges[slot] * w[k];
                var along = Vector512.Load(w + 2 * Order);
                var at = rows + row * rowLength + column;
                for (var j = 0; j < Order; j++)
                {
                    Vector512.FusedMultiplyAdd(Vector512.Create(q * w[Order + j]), along, Vector512.Load(at)).Store(at);
                    at += ++row == rowCount ? rowLength - rowCount * rowLength : rowLength;
                }
            }
        }
    }

    private void AddForces(int block)
    {
        int planeLength = PotentialPlane, rowLength = RowLength, rowCount = mesh.Y;
        var slopes = stackalloc double[Order];
        var offsets = stackalloc int[Order];
        fixed (double* allWeights = weights)
        fixed (double* all = potential)
        {
            for (var i = block * BlockSize; i < Math.Min(count, (block + 1) * BlockSize); i++)
            {
                var (plane, lowestRow, column) = places[i];
                if (plane < 0)
                {
                    continue;
                }
                var w = allWeights + 3 * Order * i;
                var s = box.ToFractional(new(x[i], y[i], z[i]));
                BSpline.Slopes(LowestPoint(s.X, mesh.X).Fraction).Store(slopes);
                var slopesY = BSpline.Slopes(LowestPoint(s.Y, mesh.Y).Fraction);
                var slopesZ = BSpline.Slopes(LowestPoint(s.Z, mesh.Z).Fraction);
                for (var j = 0; j < Order; j++)
                {
                    offsets[j] = lowestRow * rowLength + column;
                    lowestRow = lowestRow + 1 == rowCount ? 0 : lowestRow + 1;
                }
                // Weights and slopes along y stay in registers for all planes.
                Vector512<double> w0 = Vector512.Create(w[Order]), w1 = Vector512.Create(w[Order + 1]), w2 = Vector512.Create(w[Order + 2]), w3 = Vector512.Create(w[Order + 3]);
                Vector512<double> w4 = Vector512.Create(w[Order + 4]), w5 = Vector512.Create(w[Order + 5]), w6 = Vector512.Create(w[Order + 6]), w7 = Vector512.Create(w[Order + 7]);
                Vector512<double> s0 = Vector512.Create(slopesY[0]), s1 = Vector512.Create(slopesY[1]), s2 = Vector512.Create(slopesY[2]), s3 = Vector512.Create(slopesY[3]);
                Vector512<double> s4 = Vector512.Create(slopesY[4]), s5 = Vector512.Create(slopesY[5]), s6 = Vector512.Create(slopesY[6]), s7 = Vector512.Create(slopesY[7]);
                Vector512<double> slopeX = default, slopeY = default, slopeZ = default;
                for (var k = 0; k < Order; k++)
                {
                    var at = all + (nint)plane * planeLength;
                    Vector512<double> v0 = Vector512.Load(at + offsets[0]), v1 = Vector512.Load(at + offsets[1]);
                    Vector512<double> sum = w0 * v0, sumToo = w1 * v1, slope = s0 * v0, slopeToo = s1 * v1;
                    Row(at + offsets[2], w2, s2, ref sum, ref slope);
                    Row(at + offsets[3], w3, s3, ref sumToo, ref slopeToo);
                    Row(at + offsets[4], w4, s4, ref sum, ref slope);
                    Row(at + offsets[5], w5, s5, ref sumToo, ref slopeToo);
                    Row(at + offsets[6], w6, s6, ref sum, ref slope);
                    Row(at + offsets[7], w7, s7, ref sumToo, ref slopeToo);
                    sum += sumToo;
                    slope += slopeToo;
                    slopeX = Vector512.FusedMultiplyAdd(Vector512.Create(slopes[k]), sum, slopeX);
                    slopeY = Vector512.FusedMultiplyAdd(Vector512.Create(w[k]), slope, slopeY);
                    slopeZ = Vector512.FusedMultiplyAdd(Vector512.Create(w[k]), sum, slopeZ);
                    plane = plane + 1 == mesh.X ? 0 : plane + 1;
                }
                var weightsZ = Vector512.Load(w + 2 * Order);
                var force = -charges[i] * (
                    Vector512.Sum(slopeX * weightsZ) * mesh.X * axes.X + Vector512.Sum(slopeY * weightsZ) * mesh.Y * axes.Y + Vector512.Sum(slopeZ * slopesZ) * mesh.Z * axes.Z);
                fx[i] += force.X;
                fy[i] += force.Y;
                fz[i] += force.Z;
            }
        }
    }

    /// <summary>Adds a row of the potential times its weight and times its slope.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(double* at, Vector512<double> weight, Vector512<double> steepness, ref Vector512<double> sum, ref Vector512<double> slope)
    {
        var v = Vector512.Load(at);
        sum = Vector512.FusedMultiplyAdd(weight, v, sum);
        slope = Vector512.FusedMultiplyAdd(steepness, v, slope);
    }
}
