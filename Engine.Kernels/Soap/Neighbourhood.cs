using Engine.Kernels.Memory;

namespace Engine.Kernels.Soap;

/// <summary>The neighbours of one centre, in arrays with room for a whole number of vectors: what is behind the last is at distance 1 and of weight 0.</summary>
public sealed unsafe class Neighbourhood : IDisposable
{
    private const int Width = SphericalHarmonics.Width;

    private readonly AlignedBuffer<double> numbers = new(4 * 64);
    private readonly AlignedBuffer<int> labels = new(2 * 64);
    private int capacity = 64;

    public int Count { get; private set; }

    /// <summary>Components of the unit vector from the centre, and the distance.</summary>
    public double* X => numbers.Pointer;

    public double* Y => numbers.Pointer + capacity;

    public double* Z => numbers.Pointer + 2 * capacity;

    public double* R => numbers.Pointer + 3 * capacity;

    /// <summary>Channel of each neighbour's species.</summary>
    public int* Channel => labels.Pointer;

    /// <summary>Which particle it is, or an image of which.</summary>
    public int* Index => labels.Pointer + capacity;

    public long Bytes => sizeof(double) * (long)numbers.Capacity + sizeof(int) * (long)labels.Capacity;

    public void Clear() => Count = 0;

    public void Add(double dx, double dy, double dz, double r, int channel, int index)
    {
        if (Count + Width > capacity)
        {
            Grow();
        }
        var k = Count++;
        (X[k], Y[k], Z[k], R[k], Channel[k], Index[k]) = (dx / r, dy / r, dz / r, r, channel, index);
    }

    /// <summary>Fills up the last vector.</summary>
    public void Complete()
    {
        for (var k = Count; k % Width != 0; k++)
        {
            (X[k], Y[k], Z[k], R[k], Channel[k], Index[k]) = (0, 0, 1, 1, 0, -1);
        }
    }

    public void Dispose()
    {
        numbers.Dispose();
        labels.Dispose();
    }

    private void Grow()
    {
        var (oldNumbers, oldLabels, old) = (numbers.Span.ToArray(), labels.Span.ToArray(), capacity);
        capacity *= 2;
        numbers.Require(4 * capacity);
        labels.Require(2 * capacity);
        for (var part = 0; part < 4; part++)
        {
            oldNumbers.AsSpan(part * old, old).CopyTo(numbers.Span[(part * capacity)..]);
        }
        for (var part = 0; part < 2; part++)
        {
            oldLabels.AsSpan(part * old, old).CopyTo(labels.Span[(part * capacity)..]);
        }
    }
}
