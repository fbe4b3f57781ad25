using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;

namespace Engine.Kernels.Neighbours;

/// <summary>Half a cluster's bounding box, seen through a periodic image, to be compared with many.</summary>
internal readonly struct HalfBox(Vector256<float> x, Vector256<float> y, Vector256<float> z, Vector256<float> extentX, Vector256<float> extentY, Vector256<float> extentZ)
{
    public readonly Vector256<float> X = x, Y = y, Z = z, ExtentX = extentX, ExtentY = extentY, ExtentZ = extentZ;
}

/// <summary>
/// Bounding boxes of clusters, centres and half edges, each coordinate in an array of its own so that eight are tested at once. Vacant ones have half
/// edges of minus infinity: they are near to nothing.
/// </summary>
internal sealed unsafe class BoundingBoxes
{
    /// <summary>Boxes of one test.</summary>
    public const int Lanes = 8;

    private readonly AlignedBuffer<float> whole = new();
    private readonly AlignedBuffer<Vector256<double>> halfCentre = new();
    private readonly AlignedBuffer<Vector256<double>> halfExtent = new();
    private int stride;

    public void Require(int clusters)
    {
        stride = clusters + Lanes;
        whole.Require(6 * stride);
        whole.Span[..(6 * stride)].Clear();
        halfCentre.Require(2 * clusters);
        halfExtent.Require(2 * clusters);
    }

    /// <summary>No coordinate of a particle is larger than this in magnitude, but for rounding [length].</summary>
    public double LargestCoordinate()
    {
        var largest = 0f;
        for (var k = 0; k < 3 * stride; k++)
        {
            largest = MathF.Max(largest, MathF.Abs(whole[k]) + whole[3 * stride + k]);
        }
        return largest;
    }

    /// <summary>What rounding to float can change in the gap between two boxes that are closer than <paramref name="radius"/> [length].</summary>
    public double Rounding(double radius)
    {
        // Centres are at most this far out, shifted ones by the radius more; in each direction five roundings of 2⁻²⁵ on the way to the gap.
        return 16.0 / (1 << 25) * (LargestCoordinate() + radius);
    }

    public Vector256<double> Centre(int cluster) => Vector256.Create(whole[cluster], whole[stride + cluster], whole[2 * stride + cluster], 0.0);

    public void SetHalf(int index, Vector256<double> low, Vector256<double> high)
    {
        halfCentre[index] = 0.5 * (low + high);
        halfExtent[index] = 0.5 * (high - low);
    }

    public void SetWhole(int cluster, Vector256<double> low, Vector256<double> high)
    {
        var centre = 0.5 * (low + high);
        var extent = 0.5 * (high - low);
        for (var k = 0; k < 3; k++)
        {
            whole[k * stride + cluster] = (float)centre[k];
            whole[(3 + k) * stride + cluster] = (float)extent[k];
        }
    }

    public HalfBox Half(int index, Vector3d shift)
    {
        var centre = halfCentre[index];
        var extent = halfExtent[index];
        return new(
            Vector256.Create((float)(centre[0] + shift.X)), Vector256.Create((float)(centre[1] + shift.Y)), Vector256.Create((float)(centre[2] + shift.Z)),
            Vector256.Create((float)extent[0]), Vector256.Create((float)extent[1]), Vector256.Create((float)extent[2]));
    }

    /// <summary>Bit k is set where the squared gap between a half and cluster <paramref name="first"/> + k is smaller than <paramref name="radiusSquared"/>;
    /// of those beyond the last cluster it says nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint NearMask(in HalfBox half, int first, float radiusSquared)
    {
        var p = whole.Pointer + first;
        var x = Gap(half.X, half.ExtentX, p, p + 3 * stride);
        var y = Gap(half.Y, half.ExtentY, p + stride, p + 4 * stride);
        var z = Gap(half.Z, half.ExtentZ, p + 2 * stride, p + 5 * stride);
        return Vector256.LessThan(x * x + y * y + z * z, Vector256.Create(radiusSquared)).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Gap(Vector256<float> centre, Vector256<float> extent, float* centres, float* extents) =>
        Vector256.MaxNative(Vector256.Abs(centre - Vector256.Load(centres)) - extent - Vector256.Load(extents), Vector256<float>.Zero);
}
