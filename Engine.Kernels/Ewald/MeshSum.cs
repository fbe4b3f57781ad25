using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;
using Engine.Kernels.Threading;

namespace Engine.Kernels.Ewald;

/// <summary>
/// The reciprocal part of the Ewald sum on a mesh, O(particles + points × log points), in double: smooth particle mesh Ewald with splines of eighth order, U. Essmann et al., J. Chem. Phys. 103, 8577
/// (1995). What <see cref="ReciprocalSum"/> gives, to the accuracy that its cutoff has there (<see cref="EwaldMesh.Spacing"/>). Forces are the gradient of the energy of the mesh, and the virial its
/// derivative by strain, to rounding; as in every such method, forces of all particles do not add up to zero, but to about the error of one.
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
        planeStart = new int[mesh.X + 1];
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
        var u = (s - Math.Floor(s)) * points;
        var whole = (int)u;
        // A fraction just below 1 may round to 1.
        var last = whole == points ? 0 : whole;
        return (last < Order - 1 ? last - (Order - 1) + points : last - (Order - 1), u - whole);
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
        Span<int> next = stackalloc int[mesh.X <= 1024 ? mesh.X : 0];
        if (next.Length == 0)
        {
            next = new int[mesh.X];
        }
        planeStart.AsSpan(0, mesh.X).CopyTo(next);
        for (var i = 0; i < count; i++)
        {
            if (places[i].X >= 0)
            {
                order[next[places[i].X]++] = i;
            }
        }
    }

    /// <summary>The charges of a plane, transformed along y and z.</summary>
    private void SpreadAndTransform(int plane)
    {
        var half = mesh.Y / 2;
        var across = PaddedZ / Lines;
        fixed (double* scratch = ThreadScratch.Of(PotentialPlane + Math.Max(half, PaddedZ) * Point * 2 + half * across * Point))
        fixed (double* wave = waves)
        {
            var rows = scratch;
            var line = rows + PotentialPlane;
            var other = line + Math.Max(half, PaddedZ) * Point;
            var columns = other + Math.Max(half, PaddedZ) * Point;
            new Span<double>(rows, PotentialPlane).Clear();
            for (var k = 0; k < Order; k++)
            {
                var lowest = plane - (Order - 1) + k;
                Spread(lowest < 0 ? lowest + mesh.X : lowest, Order - 1 - k, rows);
            }
            for (var row = 0; row < mesh.Y; row++)
            {
                for (var k = 0; k < Order - 1; k++)
                {
                    rows[row * RowLength + k] += rows[row * RowLength + mesh.Z + k];
                }
            }
            // Two real numbers are one complex one, and a line of half the length is taken apart afterwards.
            for (var block = 0; block < across; block++)
            {
                for (var k = 0; k < half; k++)
                {
                    Vector512.Load(rows + 2 * k * RowLength + block * Lines).Store(line + k * Point);
                    Vector512.Load(rows + (2 * k + 1) * RowLength + block * Lines).Store(line + k * Point + Lines);
                }
                TakeApart(alongY.Transform(line, other, inverse: false), columns + block * Point, across * Point);
            }
            for (var block = 0; block < WaveBlocks; block++)
            {
                for (var k = 0; k < across; k++)
                {
                    // Eight waves along y and eight points along z change places: what were rows become lanes.
                    Turn(columns + (block * Lines * across + k) * Point, across * Point, line + k * Lines * Point, Point);
                }
                var result = alongZ.Transform(line, other, inverse: false);
                var to = wave + (nint)plane * WavePlane + block * Point;
                for (var k = 0; k < mesh.Z; k++)
                {
                    Vector512.Load(result + k * Point).Store(to + k * WaveBlocks * Point);
                    Vector512.Load(result + k * Point + Lines).Store(to + k * WaveBlocks * Point + Lines);
                }
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

    /// <summary>Lines along x of all waves of one n_z: there, times the influence function, and back; energy and virial.</summary>
    private void Convolve(int z)
    {
        var nz = z <= mesh.Z / 2 ? z : z - mesh.Z;
        var energy = Vector512<double>.Zero;
        var (xx, yy, zz) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
        var (xy, xz, yz) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
        var quarter = 1 / (4 * splitting * splitting);
        fixed (double* scratch = ThreadScratch.Of(2 * mesh.X * Point))
        fixed (double* wave = waves)
        fixed (double* squaresX = inverseX)
        fixed (double* squaresY = inverseY)
        {
            for (var block = 0; block < WaveBlocks; block++)
            {
                var line = scratch;
                var other = scratch + mesh.X * Point;
                var at = wave + (nint)(z * WaveBlocks + block) * Point;
                for (var k = 0; k < mesh.X; k++)
                {
                    Vector512.Load(at + (nint)k * WavePlane).Store(line + k * Point);
                    Vector512.Load(at + (nint)k * WavePlane + Lines).Store(line + k * Point + Lines);
                }
                var result = alongX.Transform(line, other, inverse: false);
                var ny = Vector512.Create(0.0, 1, 2, 3, 4, 5, 6, 7) + Vector512.Create((double)(block * Lines));
                // K = a + n_x b.
                var ax = 2 * Math.PI * (ny * axes.Y.X + Vector512.Create(nz * axes.Z.X));
                var ay = 2 * Math.PI * (ny * axes.Y.Y + Vector512.Create(nz * axes.Z.Y));
                var az = 2 * Math.PI * (ny * axes.Y.Z + Vector512.Create(nz * axes.Z.Z));
                var b = 2 * Math.PI * axes.X;
                var weight = prefactor * inverseZ[z] * Vector512.Load(squaresY + block * Lines);
                // n_y and −n_y are one wave here, but for n_y = 0.
                var twice = Vector512.ConditionalSelect(Vector512.Equals(ny, Vector512<double>.Zero), Vector512.Create(0.5), Vector512<double>.One);
                for (var k = 0; k < mesh.X; k++)
                {
                    double nx = k <= mesh.X / 2 ? k : k - mesh.X;
                    Vector512<double> kx = ax + Vector512.Create(nx * b.X), ky = ay + Vector512.Create(nx * b.Y), kz = az + Vector512.Create(nx * b.Z);
                    var squared = kx * kx + ky * ky + kz * kz;
                    // K = 0 does not count.
                    var inverse = Vector512.ConditionalSelect(Vector512.Equals(squared, Vector512<double>.Zero), Vector512<double>.Zero, Vector512<double>.One / squared);
                    var influence = weight * squaresX[k] * Vector512.Exp(-quarter * squared) * inverse;
                    var re = Vector512.Load(result + k * Point);
                    var im = Vector512.Load(result + k * Point + Lines);
                    var part = twice * influence * (re * re + im * im);
                    var virial = part * (2 * (inverse + Vector512.Create(quarter)));
                    energy += part;
                    xx += virial * kx * kx;
                    yy += virial * ky * ky;
                    zz += virial * kz * kz;
                    xy += virial * kx * ky;
                    xz += virial * kx * kz;
                    yz += virial * ky * kz;
                    (influence * re).Store(result + k * Point);
                    (influence * im).Store(result + k * Point + Lines);
                }
                result = alongX.Transform(result, result == line ? other : line, inverse: true);
                for (var k = 0; k < mesh.X; k++)
                {
                    Vector512.Load(result + k * Point).Store(at + (nint)k * WavePlane);
                    Vector512.Load(result + k * Point + Lines).Store(at + (nint)k * WavePlane + Lines);
                }
            }
        }
        energies[z] = Vector512.Sum(energy);
        virials[z] = SymmetricTensor.Isotropic(energies[z])
            - new SymmetricTensor(Vector512.Sum(xx), Vector512.Sum(yy), Vector512.Sum(zz), Vector512.Sum(xy), Vector512.Sum(xz), Vector512.Sum(yz));
    }

    /// <summary>A plane of the potential.</summary>
    private void TransformBack(int plane)
    {
        var half = mesh.Y / 2;
        var across = PaddedZ / Lines;
        fixed (double* scratch = ThreadScratch.Of(Math.Max(half, PaddedZ) * Point * 2 + half * across * Point))
        fixed (double* wave = waves)
        fixed (double* all = potential)
        {
            var line = scratch;
            var other = line + Math.Max(half, PaddedZ) * Point;
            var columns = other + Math.Max(half, PaddedZ) * Point;
            var rows = all + (nint)plane * PotentialPlane;
            for (var block = 0; block < WaveBlocks; block++)
            {
                var from = wave + (nint)plane * WavePlane + block * Point;
                for (var k = 0; k < mesh.Z; k++)
                {
                    Vector512.Load(from + k * WaveBlocks * Point).Store(line + k * Point);
                    Vector512.Load(from + k * WaveBlocks * Point + Lines).Store(line + k * Point + Lines);
                }
                var result = alongZ.Transform(line, other, inverse: true);
                for (var k = 0; k < across; k++)
                {
                    Turn(result + k * Lines * Point, Point, columns + (block * Lines * across + k) * Point, across * Point);
                }
            }
            for (var block = 0; block < across; block++)
            {
                PutTogether(columns + block * Point, across * Point, line);
                var result = alongY.Transform(line, other, inverse: true);
                for (var k = 0; k < half; k++)
                {
                    Vector512.Load(result + k * Point).Store(rows + 2 * k * RowLength + block * Lines);
                    Vector512.Load(result + k * Point + Lines).Store(rows + (2 * k + 1) * RowLength + block * Lines);
                }
            }
            for (var row = 0; row < mesh.Y; row++)
            {
                for (var k = 0; k < Order - 1; k++)
                {
                    rows[row * RowLength + mesh.Z + k] = rows[row * RowLength + k];
                }
            }
        }
    }

    /// <summary>From the transform Z of x_2j + i x_2j+1 the first half of that of x: X_k = ½[Z_k + Z*_{h−k} − i exp(−2πik/2h)(Z_k − Z*_{h−k})].</summary>
    private void TakeApart(double* packed, double* target, int step)
    {
        var half = mesh.Y / 2;
        for (var k = 0; k < half; k++)
        {
            var mirror = packed + (k == 0 ? 0 : half - k) * Point;
            Vector512<double> re = Vector512.Load(packed + k * Point), im = Vector512.Load(packed + k * Point + Lines);
            Vector512<double> mirrorRe = Vector512.Load(mirror), mirrorIm = Vector512.Load(mirror + Lines);
            Vector512<double> evenRe = re + mirrorRe, evenIm = im - mirrorIm, oddRe = im + mirrorIm, oddIm = mirrorRe - re;
            double cosine = halfTurns[2 * k], sine = halfTurns[2 * k + 1];
            (0.5 * (evenRe + cosine * oddRe - sine * oddIm)).Store(target + (nint)k * step);
            (0.5 * (evenIm + cosine * oddIm + sine * oddRe)).Store(target + (nint)k * step + Lines);
        }
    }

    /// <summary>What <see cref="TakeApart"/> undoes, without the factor ½; the wave K/2 is none.</summary>
    private void PutTogether(double* source, int step, double* packed)
    {
        var half = mesh.Y / 2;
        for (var k = 0; k < half; k++)
        {
            Vector512<double> re = Vector512.Load(source + (nint)k * step), im = Vector512.Load(source + (nint)k * step + Lines);
            Vector512<double> mirrorRe = Vector512<double>.Zero, mirrorIm = Vector512<double>.Zero;
            if (k > 0)
            {
                mirrorRe = Vector512.Load(source + (nint)(half - k) * step);
                mirrorIm = Vector512.Load(source + (nint)(half - k) * step + Lines);
            }
            Vector512<double> differenceRe = re - mirrorRe, differenceIm = im + mirrorIm;
            double cosine = halfTurns[2 * k], sine = -halfTurns[2 * k + 1];
            var oddRe = cosine * differenceRe - sine * differenceIm;
            var oddIm = cosine * differenceIm + sine * differenceRe;
            (re + mirrorRe - oddIm).Store(packed + k * Point);
            (im - mirrorIm + oddRe).Store(packed + k * Point + Lines);
        }
    }

    /// <summary>Transposes eight points of eight lanes each.</summary>
    private static void Turn(double* source, nint sourceStep, double* target, nint targetStep)
    {
        for (var part = 0; part < Point; part += Lines)
        {
            if (Avx.IsSupported)
            {
                for (var i = 0; i < Lines; i += 4)
                {
                    for (var j = 0; j < Lines; j += 4)
                    {
                        TurnFour(source + i * sourceStep + part + j, sourceStep, target + j * targetStep + part + i, targetStep);
                    }
                }
                continue;
            }
            for (var i = 0; i < Lines; i++)
            {
                for (var j = 0; j < Lines; j++)
                {
                    target[j * targetStep + part + i] = source[i * sourceStep + part + j];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnFour(double* source, nint sourceStep, double* target, nint targetStep)
    {
        Vector256<double> a = Vector256.Load(source), b = Vector256.Load(source + sourceStep);
        Vector256<double> c = Vector256.Load(source + 2 * sourceStep), d = Vector256.Load(source + 3 * sourceStep);
        Vector256<double> ab0 = Avx.UnpackLow(a, b), ab1 = Avx.UnpackHigh(a, b), cd0 = Avx.UnpackLow(c, d), cd1 = Avx.UnpackHigh(c, d);
        Avx.Permute2x128(ab0, cd0, 0x20).Store(target);
        Avx.Permute2x128(ab1, cd1, 0x20).Store(target + targetStep);
        Avx.Permute2x128(ab0, cd0, 0x31).Store(target + 2 * targetStep);
        Avx.Permute2x128(ab1, cd1, 0x31).Store(target + 3 * targetStep);
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
                Vector512<double> alongX = default, alongY = default, alongZ = default;
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
                    alongX = Vector512.FusedMultiplyAdd(Vector512.Create(slopes[k]), sum, alongX);
                    alongY = Vector512.FusedMultiplyAdd(Vector512.Create(w[k]), slope, alongY);
                    alongZ = Vector512.FusedMultiplyAdd(Vector512.Create(w[k]), sum, alongZ);
                    plane = plane + 1 == mesh.X ? 0 : plane + 1;
                }
                var weightsZ = Vector512.Load(w + 2 * Order);
                var force = -charges[i] * (
                    Vector512.Sum(alongX * weightsZ) * mesh.X * axes.X + Vector512.Sum(alongY * weightsZ) * mesh.Y * axes.Y + Vector512.Sum(alongZ * slopesZ) * mesh.Z * axes.Z);
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
