using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Threading;

namespace Engine.Core.Dynamics;

/// <summary>Affine changes of the cell: what a barostat and a box relaxation share.</summary>
internal static class CellDeformation
{
    /// <summary>The cell whose vectors are the mapped ones; the origin is mapped too.</summary>
    public static Box Apply(in TriangularMap map, in Box box)
    {
        var h = map * new TriangularMap(box.LengthX, box.LengthY, box.LengthZ, box.TiltXY, box.TiltXZ, box.TiltYZ);
        var o = box.Origin;
        return box with
        {
            LengthX = h.XX,
            LengthY = h.YY,
            LengthZ = h.ZZ,
            TiltXY = h.XY,
            TiltXZ = h.XZ,
            TiltYZ = h.YZ,
            Origin = new(map.XX * o.X + map.XY * o.Y + map.XZ * o.Z, map.YY * o.Y + map.YZ * o.Z, map.ZZ * o.Z),
        };
    }

    /// <summary>
    /// The upper triangular R of F = QR: a general deformation without its rotation. R is the Cholesky factor of FᵀF.
    /// </summary>
    public static TriangularMap WithoutRotation(Vector3d column1, Vector3d column2, Vector3d column3)
    {
        var xx = column1.Length;
        var xy = Vector3d.Dot(column1, column2) / xx;
        var xz = Vector3d.Dot(column1, column3) / xx;
        var yy = Math.Sqrt(column2.LengthSquared - xy * xy);
        var yz = (Vector3d.Dot(column2, column3) - xy * xz) / yy;
        var zz = Math.Sqrt(column3.LengthSquared - xz * xz - yz * yz);
        return new(xx, yy, zz, xy, xz, yz);
    }

    /// <summary>
    /// Chooses shorter cell vectors when a tilt exceeds half the length it leans over, so that the minimum image stays right: the same
    /// lattice, positions wrapped into the new cell, image counters rewritten.
    /// </summary>
    /// <returns>Whether anything changed.</returns>
    public static bool Reduce(ParticleSystem system)
    {
        var box = system.Box;
        var n = Math.Abs(box.TiltYZ) > 0.5 * box.LengthY ? (int)Math.Round(box.TiltYZ / box.LengthY) : 0;
        box = box with { TiltYZ = box.TiltYZ - n * box.LengthY, TiltXZ = box.TiltXZ - n * box.TiltXY };
        var m = Math.Abs(box.TiltXZ) > 0.5 * box.LengthX ? (int)Math.Round(box.TiltXZ / box.LengthX) : 0;
        var p = Math.Abs(box.TiltXY) > 0.5 * box.LengthX ? (int)Math.Round(box.TiltXY / box.LengthX) : 0;
        if (n == 0 && m == 0 && p == 0)
        {
            return false;
        }
        // Old vectors in terms of the new: c = c′ + n·b + m·a, b = b′ + p·a; the tilt xz was taken relative to the old b.
        box = box with { TiltXZ = box.TiltXZ - m * box.LengthX, TiltXY = box.TiltXY - p * box.LengthX };
        system.Box = box;
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            var k = system.ImageZ[slot];
            var j = system.ImageY[slot] + n * k;
            var (r, di, dj, dk) = ParticleSystem.Wrap(box, new(system.X[slot], system.Y[slot], system.Z[slot]));
            (system.X[slot], system.Y[slot], system.Z[slot]) = (r.X, r.Y, r.Z);
            system.ImageX[slot] += m * k + p * j + di;
            system.ImageY[slot] = j + dj;
            system.ImageZ[slot] = k + dk;
        }
        return true;
    }

    /// <summary>Refuses a cell that is not finite or narrower than the force field can treat.</summary>
    /// <exception cref="RunFailedException">It is.</exception>
    public static void Check(in Box box, double minimumWidth, string cause)
    {
        var w = box.PerpendicularWidths;
        if (!(w.SmallestComponent >= minimumWidth && w.SmallestComponent > 0) || !double.IsFinite(box.Volume))
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"{cause} made the cell {w.X:G6} x {w.Y:G6} x {w.Z:G6} wide; the run allows no less than {minimumWidth:G6}; use more particles or a shorter cutoff, or check pressure, compressibility and potential"));
        }
    }

    /// <summary>Refuses a barostat on a cell that is open along an axis.</summary>
    /// <exception cref="InputException">It is.</exception>
    public static void RequirePeriodic(in Box box, string cause)
    {
        if (!(box.PeriodicX && box.PeriodicY && box.PeriodicZ))
        {
            throw new InputException($"{cause} needs a cell that is periodic along all three axes; make the open axes periodic or drop the pressure");
        }
    }
}

/// <summary>Maps positions and velocities with the cell, in one pass.</summary>
internal sealed class CellDeformationLoop
{
    private readonly SpeciesCoefficients kick = new();
    private readonly SlotLoop loop;
    private TriangularMap map;
    private TriangularMap inverse;

    public CellDeformationLoop()
    {
        loop = new((ParticleSystem _, in ParticleSpans spans, int block, int start, int end) =>
            VelocityKernels.Deform(spans, start, end, map, inverse, kick.Values));
    }

    /// <summary>v += kickTime·a, then x = map·x, v = map⁻ᵀ·v, and the same map for the cell.</summary>
    public void Run(ParticleSystem system, Workers workers, in TriangularMap map, double kickTime)
    {
        this.map = map;
        inverse = map.Inverse;
        kick.Set(system, kickTime);
        loop.Run(system, workers);
        system.Box = CellDeformation.Apply(map, system.Box);
    }
}
