using System.Runtime.Intrinsics;

namespace Engine.Kernels.Geometry;

/// <summary>The affine map that carries one box onto another: r′ = M·(r − o) + o′, M upper triangular because boxes are lower-triangular row vectors.</summary>
public readonly record struct AffineMap(
    double XX, double YY, double ZZ, double XY, double XZ, double YZ, Vector3d From, Vector3d To, bool IsIdentity)
{
    public static AffineMap Between(Box from, Box to)
    {
        // Columns of h are a, b, c; M = h′ h⁻¹.
        var xx = to.LengthX / from.LengthX;
        var yy = to.LengthY / from.LengthY;
        var zz = to.LengthZ / from.LengthZ;
        var xy = (to.TiltXY - xx * from.TiltXY) / from.LengthY;
        var yz = (to.TiltYZ - yy * from.TiltYZ) / from.LengthZ;
        var xz = (to.TiltXZ - xx * from.TiltXZ - xy * from.TiltYZ) / from.LengthZ;
        return new(xx, yy, zz, xy, xz, yz, from.Origin, to.Origin, from == to);
    }

    public Vector3d Apply(Vector3d r)
    {
        var d = r - From;
        return To + new Vector3d(XX * d.X + XY * d.Y + XZ * d.Z, YY * d.Y + YZ * d.Z, ZZ * d.Z);
    }

    /// <summary>Lower bound of the factor by which M changes any length: 1 − ‖M − 1‖ (Frobenius).</summary>
    public double SmallestStretch => 1 - Math.Sqrt(
        (XX - 1) * (XX - 1) + (YY - 1) * (YY - 1) + (ZZ - 1) * (ZZ - 1) + XY * XY + XZ * XZ + YZ * YZ);

    internal Vector256<double> Apply(Vector256<double> r)
    {
        var v = Apply(new Vector3d(r[0], r[1], r[2]));
        return Vector256.Create(v.X, v.Y, v.Z, 0);
    }
}
