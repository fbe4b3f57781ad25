using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;
using Engine.Kernels.Threading;

namespace Engine.Kernels.Ewald;

/// <summary>
/// The reciprocal part of the Ewald sum in any periodic cell, O(particles × wave vectors), in double:
/// E = (2πk/V) Σ_{K≠0} exp(−K²/4g²)/K² |S(K)|², S(K) = Σ q exp(iK·r), forces and virial. P. P. Ewald, Ann. Phys. 369, 253 (1921).
/// <para>
/// Both passes are small matrix products. e^{iK·r} = e^{in_x x} · e^{i(n_y y + n_z z)}, so that for a row (n_y, n_z) the structure factors of
/// +n_x and −n_x follow from four sums Σ q {cos, sin}(n_x x) {cos, sin}(n_y y + n_z z): two multiply-adds per particle and wave vector. The forces
/// need four more. Lanes are particles; the tables of a block of <see cref="BlockSize"/> particles stay in the first-level cache.
/// </para>
/// Partial sums belong to (chunk of particles, group of rows), neither of which depends on the number of threads: same bits for any team.
/// </summary>
public sealed partial class ReciprocalSum : IReciprocalSum
{
    /// <summary>More wave vectors than this are refused: their tables would take gigabytes.</summary>
    public const int MostVectors = 10_000_000;

    private const int BlockSize = 64;
    private const int MaximumChunks = 16;
    private const int Lanes = 4;

    private readonly double splitting;
    private readonly double cutoff;
    private readonly Action<int> phaseTask;
    private readonly Action<int> structureFactorTask;
    private readonly Action<int> coefficientTask;
    private readonly Action<int> forceTask;

    private WaveVectors waves = WaveVectors.For(Box.Cubic(1), 1, 1);
    private Box box;
    private int blocks;
    private int chunks;
    private double prefactor;

    /// <summary>cos and sin of 2π s_x, 2π s_y, 2π s_z: six arrays of padded particle count, one after another.</summary>
    private double[] phases = [];
    private double[] charges = [];

    /// <summary>[chunk][pair][4]: Σ q c_x c_p, Σ q s_x s_p, Σ q s_x c_p, Σ q c_x s_p.</summary>
    private double[] partial = [];

    /// <summary>[pair][8], what the force loop multiplies with c_x and s_x.</summary>
    private double[] coefficients = [];
    private readonly double[] groupEnergy = new double[WaveVectors.Groups];
    private readonly SymmetricTensor[] groupVirial = new SymmetricTensor[WaveVectors.Groups];

    private double[] x = [], y = [], z = [], fx = [], fy = [], fz = [];
    private int count;

    /// <param name="splitting">g > 0 [1/length].</param>
    /// <param name="cutoff">Largest |K| > 0 [1/length].</param>
    public ReciprocalSum(double splitting, double cutoff)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(splitting);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cutoff);
        this.splitting = splitting;
        this.cutoff = cutoff;
        phaseTask = FindPhases;
        structureFactorTask = AddStructureFactors;
        coefficientTask = FindCoefficients;
        forceTask = AddForces;
    }

    /// <summary>About how many wave vectors a cell has, without their negatives: half of those in a sphere.</summary>
    /// <param name="box">Periodic in all directions.</param>
    /// <param name="cutoff">Largest |K| [1/length].</param>
    /// <exception cref="InputException">They are more than <see cref="MostVectors"/>.</exception>
    public static double CountOf(Box box, double cutoff)
    {
        var count = box.Volume * Math.Pow(cutoff, 3) / (12 * Math.PI * Math.PI);
        return count <= MostVectors ? count : throw new InputException(FormattableString.Invariant(
            $"the Ewald sum would have {count:n0} wave vectors in a cell of {box.LengthX:g4} × {box.LengthY:g4} × {box.LengthZ:g4}, expected at most {MostVectors:n0}; give a longer cutoff, a larger accuracy or a smaller cell"));
    }

    /// <summary>Wave vectors summed over at the last call, without their negatives.</summary>
    public int WaveVectorCount => waves.WeightPlus.Count(w => w != 0) + waves.WeightMinus.Count(w => w != 0);

    /// <inheritdoc/>
    public (double Energy, SymmetricTensor Virial) Add(
        Box box, int slots, double[] positionX, double[] positionY, double[] positionZ, double[] slotCharges, double coulomb,
        double[] forceX, double[] forceY, double[] forceZ, Workers workers)
    {
        if (box != this.box)
        {
            waves = WaveVectors.For(box, splitting, cutoff);
            this.box = box;
        }
        (x, y, z, fx, fy, fz, count) = (positionX, positionY, positionZ, forceX, forceY, forceZ, slots);
        prefactor = 2 * Math.PI * coulomb / waves.Volume;
        blocks = (slots + BlockSize - 1) / BlockSize;
        chunks = Math.Clamp(blocks, 1, MaximumChunks);
        ScratchArray.Grow(ref charges, blocks * BlockSize);
        ScratchArray.Grow(ref phases, 6 * blocks * BlockSize);
        ScratchArray.Grow(ref partial, 4 * waves.PairCount * chunks);
        ScratchArray.Grow(ref coefficients, 8 * waves.PairCount);
        Array.Copy(slotCharges, charges, slots);
        Array.Clear(charges, slots, blocks * BlockSize - slots);

        workers.Run(blocks, phaseTask);
        workers.Run(chunks * WaveVectors.Groups, structureFactorTask);
        workers.Run(WaveVectors.Groups, coefficientTask);
        workers.Run(blocks, forceTask);

        var energy = 0.0;
        var virial = SymmetricTensor.Zero;
        for (var group = 0; group < WaveVectors.Groups; group++)
        {
            energy += groupEnergy[group];
            virial += groupVirial[group];
        }
        return (energy, virial);
    }

    private void FindPhases(int block)
    {
        var stride = blocks * BlockSize;
        for (var i = block * BlockSize; i < (block + 1) * BlockSize; i++)
        {
            var s = charges[i] == 0 ? Vector3d.Zero : box.ToFractional(new(x[i], y[i], z[i]));
            (phases[stride + i], phases[i]) = Math.SinCos(2 * Math.PI * (s.X - Math.Round(s.X)));
            (phases[3 * stride + i], phases[2 * stride + i]) = Math.SinCos(2 * Math.PI * (s.Y - Math.Round(s.Y)));
            (phases[5 * stride + i], phases[4 * stride + i]) = Math.SinCos(2 * Math.PI * (s.Z - Math.Round(s.Z)));
        }
    }

    /// <summary>Fills cos(nθ) and sin(nθ), n = 0 … maximum, of one block: [n][cos block, sin block].</summary>
    private unsafe void FillTable(double* table, int maximum, int axis, int block)
    {
        fixed (double* p = phases)
        {
            var stride = blocks * BlockSize;
            var cosine = p + 2 * axis * stride + block * BlockSize;
            var sine = cosine + stride;
            for (var i = 0; i < BlockSize; i += Lanes)
            {
                Vector256<double> c1 = Vector256.Load(cosine + i), s1 = Vector256.Load(sine + i);
                Vector256<double> c = Vector256<double>.One, s = Vector256<double>.Zero;
                for (var n = 0; n <= maximum; n++)
                {
                    c.Store(table + 2 * BlockSize * n + i);
                    s.Store(table + 2 * BlockSize * n + BlockSize + i);
                    (c, s) = (c * c1 - s * s1, s * c1 + c * s1);
                }
            }
        }
    }

    private Span<double> Tables() => ThreadScratch.Of(2 * BlockSize * (waves.MaximumX + waves.MaximumY + waves.MaximumZ + 3 + 1));

    private unsafe void AddStructureFactors(int task)
    {
        int chunk = task / WaveVectors.Groups, group = task % WaveVectors.Groups;
        int firstRow = waves.GroupStart[group], endRow = waves.GroupStart[group + 1];
        var first = (long)waves.RowStart[firstRow];
        var sums = partial.AsSpan(4 * (chunk * waves.PairCount + (int)first), 4 * (waves.RowStart[endRow] - (int)first));
        sums.Clear();
        int firstBlock = (int)((long)blocks * chunk / chunks), endBlock = (int)((long)blocks * (chunk + 1) / chunks);
        fixed (double* tableX = Tables())
        fixed (double* sum = sums)
        fixed (double* charge = charges)
        {
            var tableY = tableX + 2 * BlockSize * (waves.MaximumX + 1);
            var tableZ = tableY + 2 * BlockSize * (waves.MaximumY + 1);
            var row = tableZ + 2 * BlockSize * (waves.MaximumZ + 1);
            for (var block = firstBlock; block < endBlock; block++)
            {
                FillTable(tableX, waves.MaximumX, 0, block);
                FillTable(tableY, waves.MaximumY, 1, block);
                FillTable(tableZ, waves.MaximumZ, 2, block);
                for (var k = firstRow; k < endRow; k++)
                {
                    RowPhase(tableY, tableZ, k, row);
                    for (var i = 0; i < BlockSize; i += Lanes)
                    {
                        var q = Vector256.Load(charge + block * BlockSize + i);
                        (q * Vector256.Load(row + i)).Store(row + i);
                        (q * Vector256.Load(row + BlockSize + i)).Store(row + BlockSize + i);
                    }
                    var pairs = waves.RowStart[k + 1] - waves.RowStart[k];
                    var target = sum + 4 * (waves.RowStart[k] - first);
                    var n = 0;
                    for (; n + 1 < pairs; n += 2)
                    {
                        SumTwo(tableX + 2 * BlockSize * n, row, target + 4 * n);
                    }
                    if (n < pairs)
                    {
                        SumOne(tableX + 2 * BlockSize * n, row, target + 4 * n);
                    }
                }
            }
        }
    }

    /// <summary>cos and sin of n_y y + n_z z for the particles of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void RowPhase(double* tableY, double* tableZ, int k, double* row)
    {
        var sign = Vector256.Create(waves.RowY[k] < 0 ? -1.0 : 1.0);
        var cosineY = tableY + 2 * BlockSize * Math.Abs(waves.RowY[k]);
        var cosineZ = tableZ + 2 * BlockSize * waves.RowZ[k];
        for (var i = 0; i < BlockSize; i += Lanes)
        {
            Vector256<double> cy = Vector256.Load(cosineY + i), sy = sign * Vector256.Load(cosineY + BlockSize + i);
            Vector256<double> cz = Vector256.Load(cosineZ + i), sz = Vector256.Load(cosineZ + BlockSize + i);
            (cy * cz - sy * sz).Store(row + i);
            (sy * cz + cy * sz).Store(row + BlockSize + i);
        }
    }

    /// <summary>Two neighbouring n_x at once: eight accumulators for six loads.</summary>
    private static unsafe void SumTwo(double* table, double* row, double* target)
    {
        Vector256<double> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var i = 0; i < BlockSize; i += Lanes)
        {
            Vector256<double> c = Vector256.Load(row + i), s = Vector256.Load(row + BlockSize + i);
            Vector256<double> ca = Vector256.Load(table + i), sa = Vector256.Load(table + BlockSize + i);
            Vector256<double> cb = Vector256.Load(table + 2 * BlockSize + i), sb = Vector256.Load(table + 3 * BlockSize + i);
            a0 = Vector256.FusedMultiplyAdd(ca, c, a0);
            a1 = Vector256.FusedMultiplyAdd(sa, s, a1);
            a2 = Vector256.FusedMultiplyAdd(sa, c, a2);
            a3 = Vector256.FusedMultiplyAdd(ca, s, a3);
            b0 = Vector256.FusedMultiplyAdd(cb, c, b0);
            b1 = Vector256.FusedMultiplyAdd(sb, s, b1);
            b2 = Vector256.FusedMultiplyAdd(sb, c, b2);
            b3 = Vector256.FusedMultiplyAdd(cb, s, b3);
        }
        (Vector256.Load(target) + LaneSums(a0, a1, a2, a3)).Store(target);
        (Vector256.Load(target + 4) + LaneSums(b0, b1, b2, b3)).Store(target + 4);
    }

    private static unsafe void SumOne(double* table, double* row, double* target)
    {
        Vector256<double> a0 = default, a1 = default, a2 = default, a3 = default;
        for (var i = 0; i < BlockSize; i += Lanes)
        {
            Vector256<double> c = Vector256.Load(row + i), s = Vector256.Load(row + BlockSize + i);
            Vector256<double> ca = Vector256.Load(table + i), sa = Vector256.Load(table + BlockSize + i);
            a0 = Vector256.FusedMultiplyAdd(ca, c, a0);
            a1 = Vector256.FusedMultiplyAdd(sa, s, a1);
            a2 = Vector256.FusedMultiplyAdd(sa, c, a2);
            a3 = Vector256.FusedMultiplyAdd(ca, s, a3);
        }
        (Vector256.Load(target) + LaneSums(a0, a1, a2, a3)).Store(target);
    }

    /// <summary>The sum of the lanes of each vector: (Σa, Σb, Σc, Σd). Every path adds (0 + 1) + (2 + 3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> LaneSums(Vector256<double> a, Vector256<double> b, Vector256<double> c, Vector256<double> d)
    {
        if (Avx.IsSupported)
        {
            Vector256<double> ab = Avx.HorizontalAdd(a, b), cd = Avx.HorizontalAdd(c, d);
            return Avx.Permute2x128(ab, cd, 0x20) + Avx.Permute2x128(ab, cd, 0x31);
        }
        static double Total(Vector256<double> v) => v[0] + v[1] + (v[2] + v[3]);
        return Vector256.Create(Total(a), Total(b), Total(c), Total(d));
    }

    /// <summary>Sums the chunks in order, then energy, virial and force coefficients of one group of rows.</summary>
    private void FindCoefficients(int group)
    {
        var energy = 0.0;
        var virial = SymmetricTensor.Zero;
        var quarter = 1 / (4 * splitting * splitting);
        for (var row = waves.GroupStart[group]; row < waves.GroupStart[group + 1]; row++)
        {
            for (var pair = waves.RowStart[row]; pair < waves.RowStart[row + 1]; pair++)
            {
                double cc = 0, ss = 0, sc = 0, cs = 0;
                for (var chunk = 0; chunk < chunks; chunk++)
                {
                    var p = partial.AsSpan(4 * (chunk * waves.PairCount + pair), 4);
                    cc += p[0];
                    ss += p[1];
                    sc += p[2];
                    cs += p[3];
                }
                double plusReal = cc - ss, plusImaginary = sc + cs, minusReal = cc + ss, minusImaginary = cs - sc;
                double weightPlus = waves.WeightPlus[pair], weightMinus = waves.WeightMinus[pair];
                var n = pair - waves.RowStart[row];
                Accumulate(n, weightPlus * (plusReal * plusReal + plusImaginary * plusImaginary));
                Accumulate(-n, weightMinus * (minusReal * minusReal + minusImaginary * minusImaginary));

                // w S* of both signs; the factor 4 is 2 of the half space times 2 of the derivative of |S|².
                double pr = 4 * prefactor * weightPlus * plusReal, pi = -4 * prefactor * weightPlus * plusImaginary;
                double mr = 4 * prefactor * weightMinus * minusReal, mi = -4 * prefactor * weightMinus * minusImaginary;
                var to = coefficients.AsSpan(8 * pair, 8);
                to[0] = pr + mr;
                to[1] = mi - pi;
                to[2] = pi + mi;
                to[3] = pr - mr;
                to[4] = n * (pr - mr);
                to[5] = -n * (pi + mi);
                to[6] = n * (pi - mi);
                to[7] = n * (pr + mr);

                void Accumulate(int nx, double weighted)
                {
                    if (weighted == 0)
                    {
                        return;
                    }
                    var k = waves.Vector(nx, waves.RowY[row], waves.RowZ[row]);
                    var term = 2 * prefactor * weighted;
                    energy += term;
                    virial += term * (SymmetricTensor.Isotropic(1) - 2 * (1 / k.LengthSquared + quarter) * SymmetricTensor.Outer(k, k));
                }
            }
        }
        groupEnergy[group] = energy;
        groupVirial[group] = virial;
    }
}
