namespace Engine.Kernels.Geometry;

/// <summary>A symmetric 3×3 tensor (virial, kinetic or pressure tensor), order xx yy zz xy xz yz.</summary>
public readonly record struct SymmetricTensor(double XX, double YY, double ZZ, double XY, double XZ, double YZ)
{
    public static SymmetricTensor Zero => default;

    public double Trace => XX + YY + ZZ;

    public static SymmetricTensor operator +(SymmetricTensor a, SymmetricTensor b) =>
        new(a.XX + b.XX, a.YY + b.YY, a.ZZ + b.ZZ, a.XY + b.XY, a.XZ + b.XZ, a.YZ + b.YZ);

    public static SymmetricTensor operator -(SymmetricTensor a, SymmetricTensor b) => a + (-1.0 * b);

    public static SymmetricTensor operator *(double s, SymmetricTensor a) =>
        new(s * a.XX, s * a.YY, s * a.ZZ, s * a.XY, s * a.XZ, s * a.YZ);

    /// <summary>xx yy zz xy xz yz.</summary>
    public double[] ToArray() => [XX, YY, ZZ, XY, XZ, YZ];

    /// <summary>s·I.</summary>
    public static SymmetricTensor Isotropic(double s) => new(s, s, s, 0, 0, 0);

    /// <summary>The symmetric part of a ⊗ b.</summary>
    public static SymmetricTensor Outer(Vector3d a, Vector3d b) => new(
        a.X * b.X, a.Y * b.Y, a.Z * b.Z,
        0.5 * (a.X * b.Y + a.Y * b.X), 0.5 * (a.X * b.Z + a.Z * b.X), 0.5 * (a.Y * b.Z + a.Z * b.Y));
}
