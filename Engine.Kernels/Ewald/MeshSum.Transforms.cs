using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;

namespace Engine.Kernels.Ewald;

/// <summary>The transforms: planes along y and z, lines along x, and back.</summary>
public sealed unsafe partial class MeshSum
{
    /// <summary>The charges of a plane, transformed along y and z.</summary>
    private void SpreadAndTransform(int plane)
    {
        var half = mesh.Y / 2;
        var across = PaddedZ / Lines;
        fixed (double* scratch = ThreadScratch.Of(PotentialPlane + 2 * LineRoom + half * across * Point))
        fixed (double* wave = waves)
        {
            var rows = scratch;
            var line = rows + PotentialPlane;
            var other = line + LineRoom;
            var columns = other + LineRoom;
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
                CopyPoints(mesh.Z, result, Point, to, WaveBlocks * Point);
            }
        }
    }

    /// <summary>Lines along x of all waves of one n_z: there, times the influence function, and back; energy and virial.</summary>
    private void Convolve(int depth)
    {
        var nz = depth <= mesh.Z / 2 ? depth : depth - mesh.Z;
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
                var at = wave + (nint)(depth * WaveBlocks + block) * Point;
                CopyPoints(mesh.X, at, WavePlane, line, Point);
                var result = alongX.Transform(line, other, inverse: false);
                var ny = Vector512.Create(0.0, 1, 2, 3, 4, 5, 6, 7) + Vector512.Create((double)(block * Lines));
                // K = a + n_x b.
                var ax = 2 * Math.PI * (ny * axes.Y.X + Vector512.Create(nz * axes.Z.X));
                var ay = 2 * Math.PI * (ny * axes.Y.Y + Vector512.Create(nz * axes.Z.Y));
                var az = 2 * Math.PI * (ny * axes.Y.Z + Vector512.Create(nz * axes.Z.Z));
                var b = 2 * Math.PI * axes.X;
                var weight = prefactor * inverseZ[depth] * Vector512.Load(squaresY + block * Lines);
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
                CopyPoints(mesh.X, result, Point, at, WavePlane);
            }
        }
        energies[depth] = Vector512.Sum(energy);
        virials[depth] = SymmetricTensor.Isotropic(energies[depth])
            - new SymmetricTensor(Vector512.Sum(xx), Vector512.Sum(yy), Vector512.Sum(zz), Vector512.Sum(xy), Vector512.Sum(xz), Vector512.Sum(yz));
    }

    /// <summary>A plane of the potential.</summary>
    private void TransformBack(int plane)
    {
        var half = mesh.Y / 2;
        var across = PaddedZ / Lines;
        fixed (double* scratch = ThreadScratch.Of(2 * LineRoom + half * across * Point))
        fixed (double* wave = waves)
        fixed (double* all = potential)
        {
            var line = scratch;
            var other = line + LineRoom;
            var columns = other + LineRoom;
            var rows = all + (nint)plane * PotentialPlane;
            for (var block = 0; block < WaveBlocks; block++)
            {
                var from = wave + (nint)plane * WavePlane + block * Point;
                CopyPoints(mesh.Z, from, WaveBlocks * Point, line, Point);
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

    private static void CopyPoints(int points, double* source, nint sourceStep, double* target, nint targetStep)
    {
        for (var k = 0; k < points; k++, source += sourceStep, target += targetStep)
        {
            Vector512.Load(source).Store(target);
            Vector512.Load(source + Lines).Store(target + Lines);
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
}
