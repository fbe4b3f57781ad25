namespace Engine.Kernels.Langevin;

/// <summary>An upper triangular 3×3 matrix: the linear maps that keep the first cell vector along x and the second in the xy plane.</summary>
public readonly record struct TriangularMap(double XX, double YY, double ZZ, double XY, double XZ, double YZ)
{
    public static TriangularMap Identity { get; } = new(1, 1, 1, 0, 0, 0);

    public double Determinant => XX * YY * ZZ;

    public TriangularMap Inverse => new(
        1 / XX, 1 / YY, 1 / ZZ, -XY / (XX * YY), (XY * YZ - XZ * YY) / (XX * YY * ZZ), -YZ / (YY * ZZ));

    public static TriangularMap operator *(TriangularMap a, TriangularMap b) => new(
        a.XX * b.XX,
        a.YY * b.YY,
        a.ZZ * b.ZZ,
        a.XX * b.XY + a.XY * b.YY,
        a.XX * b.XZ + a.XY * b.YZ + a.XZ * b.ZZ,
        a.YY * b.YZ + a.YZ * b.ZZ);

    public static TriangularMap Diagonal(double x, double y, double z) => new(x, y, z, 0, 0, 0);
}
