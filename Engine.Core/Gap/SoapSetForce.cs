using System.Collections.Concurrent;
using Engine.Kernels.Algebra;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Soap;

namespace Engine.Core.Gap;

/// <summary>
/// Energies and forces of one soap set, a batch of centres at a time: descriptors D, their products with the sparse points K = D Xᵀ, energies Σ_s w_s K^ζ, and back through
/// the same matrices, ∂E/∂D = (ζ w K^(ζ−1)) X, to the coefficients and to the neighbours. Derivatives of descriptors are never formed.
/// </summary>
internal sealed unsafe class SoapSetForce
{
    private const int LargestBatch = 256;
    private const int SmallestBatch = 64;

    private readonly SoapKernels kernels;
    private readonly LinearAlgebra algebra;
    private readonly AlignedBuffer<double> points;
    private readonly AlignedBuffer<double> weights;
    private readonly double zeta;
    private readonly ConcurrentBag<Room> rooms = [];
    private int[] centres = [];

    /// <param name="set">A set of dot products of soap.</param>
    /// <param name="scale">Factor on its energy.</param>
    /// <param name="algebra">Of the processor, on the calling thread alone.</param>
    public SoapSetForce(GapSparseSet set, double scale, LinearAlgebra algebra)
    {
        kernels = SoapKernels.Create(set.Soap!);
        this.algebra = algebra;
        zeta = set.Zeta;
        SparsePoints = set.Count;
        points = new(set.Points.Length);
        set.Points.CopyTo(points.Span);
        weights = new(set.Count);
        for (var s = 0; s < set.Count; s++)
        {
            weights[s] = scale * set.Delta * set.Delta * set.Weights[s] * set.Cutoffs[s];
        }
    }

    public SoapSettings Settings => kernels.Settings;

    /// <summary>A copy of what it is made of.</summary>
    public SparseSoap ToSparse() => new(kernels, points.Span.ToArray(), weights.Span.ToArray(), zeta);

    public int SparsePoints { get; }

    public ReadOnlySpan<int> Centres => centres.AsSpan(0, Count);

    /// <summary>Number of centres.</summary>
    public int Count { get; private set; }

    public int Batches => (Count + BatchSize - 1) / BatchSize;

    /// <summary>Bytes of tables, sparse points and the rooms of all threads.</summary>
    public long Bytes => kernels.Bytes + sizeof(double) * ((long)points.Capacity + weights.Capacity) + rooms.Sum(room => room.Bytes);

    /// <summary>Depends on the number of centres alone, so that the same products are taken whatever the number of threads.</summary>
    private int BatchSize => Math.Clamp(Count / 8, SmallestBatch, LargestBatch);

    /// <summary>Finds the centres.</summary>
    /// <param name="atomicNumbers">By slot; 0 where it is empty.</param>
    public void FindCentres(ReadOnlySpan<int> atomicNumbers)
    {
        ScratchArray.Grow(ref centres, atomicNumbers.Length);
        Count = 0;
        for (var slot = 0; slot < atomicNumbers.Length; slot++)
        {
            if (atomicNumbers[slot] > 0 && Settings.IsCentre(atomicNumbers[slot]))
            {
                centres[Count++] = slot;
            }
        }
    }

    /// <summary>Adds the forces of a batch of centres.</summary>
    /// <param name="batch">Which.</param>
    /// <param name="cells">All particles, up to the cutoff at least.</param>
    /// <param name="atomicNumbers">By slot.</param>
    /// <param name="nearest">Particles closer than this fail the run [Å].</param>
    /// <param name="forces">Added to.</param>
    /// <param name="energies">Energy of each centre, in the order of <see cref="Centres"/>.</param>
    /// <returns>Their virial.</returns>
    public SymmetricTensor AddBatch(int batch, ImageCells cells, int[] atomicNumbers, double nearest, FixedPointForces forces, Span<double> energies)
    {
        var (first, last) = (batch * BatchSize, Math.Min(Count, (batch + 1) * BatchSize));
        var room = rooms.TryTake(out var free) ? free : new Room(this);
        room.Resize(last - first);
        Describe(first, last, cells, atomicNumbers, nearest, room);
        var (d, k) = (new Matrix<double>(room.Descriptors, last - first, Settings.Length), new Matrix<double>(room.Products, last - first, SparsePoints));
        var x = new Matrix<double>(points, SparsePoints, Settings.Length);
        algebra.Gemm(1, d, x.Transposed, 0, k);
        for (var i = first; i < last; i++)
        {
            energies[i] = kernels.SparseSum(room.Products.Pointer + (long)(i - first) * SparsePoints, weights.Pointer, SparsePoints, zeta);
        }
        var slopes = new Matrix<double>(room.Slopes, last - first, Settings.Length);
        algebra.Gemm(1, k, x, 0, slopes);
        var virial = SymmetricTensor.Zero;
        for (var i = first; i < last; i++)
        {
            virial += AddForces(i, i - first, room, forces);
        }
        rooms.Add(room);
        return virial;
    }

    private void Describe(int first, int last, ImageCells cells, int[] atomicNumbers, double nearest, Room room)
    {
        for (var i = first; i < last; i++)
        {
            var neighbours = room.Gather(i - first, centres[i], cells, atomicNumbers, nearest);
            var c = room.CoefficientsOf(i - first);
            var p = room.Descriptors.Span.Slice((i - first) * Settings.Length, Settings.Length);
            kernels.Expand(neighbours, Settings.ChannelOf(atomicNumbers[centres[i]]), room.Scratch, c);
            room.Norms[i - first] = kernels.PowerSpectrum(c, room.Scratch, p);
        }
    }

    private SymmetricTensor AddForces(int i, int place, Room room, FixedPointForces forces)
    {
        var p = room.Descriptors.Span.Slice(place * Settings.Length, Settings.Length);
        var g = room.Slopes.Span.Slice(place * Settings.Length, Settings.Length);
        var neighbours = room.Neighbours[place];
        kernels.Adjoint(room.CoefficientsOf(place), p, room.Norms[place], g, room.Scratch, room.Derivative.Pointer);
        room.Gradient.Require(3 * neighbours.Count);
        kernels.Backward(neighbours, room.Derivative.Pointer, room.Scratch, room.Gradient.Span);
        var virial = SymmetricTensor.Zero;
        for (var j = 0; j < neighbours.Count; j++)
        {
            var slope = new Vector3d(room.Gradient[3 * j], room.Gradient[3 * j + 1], room.Gradient[3 * j + 2]);
            forces.Add(centres[i], neighbours.Index[j], slope);
            virial -= SymmetricTensor.Outer(neighbours.R[j] * new Vector3d(neighbours.X[j], neighbours.Y[j], neighbours.Z[j]), slope);
        }
        return virial;
    }

    /// <summary>What one thread computes a batch in.</summary>
    private sealed class Room
    {
        private readonly SoapSetForce owner;
        private readonly ImageCells.Visit visit;
        private Neighbourhood filling = null!;
        private int[] atomicNumbers = [];
        private double nearest;

        public Room(SoapSetForce owner)
        {
            this.owner = owner;
            visit = Take;
            Scratch = new(owner.kernels);
            Derivative = new(owner.kernels.CoefficientLength);
        }

        public SoapScratch Scratch { get; }

        public Neighbourhood[] Neighbours { get; private set; } = [];

        public AlignedBuffer<double> Descriptors { get; } = new();

        public AlignedBuffer<double> Products { get; } = new();

        public AlignedBuffer<double> Slopes { get; } = new();

        public AlignedBuffer<double> Coefficients { get; } = new();

        public AlignedBuffer<double> Derivative { get; }

        public AlignedBuffer<double> Gradient { get; } = new();

        public double[] Norms { get; private set; } = [];

        public long Bytes => sizeof(double) * (
            (long)Descriptors.Capacity + Products.Capacity + Slopes.Capacity + Coefficients.Capacity + Derivative.Capacity + Gradient.Capacity + Norms.Length)
            + Neighbours.Sum(n => n.Bytes);

        public void Resize(int count)
        {
            if (Neighbours.Length < count)
            {
                Neighbours = [.. Neighbours, .. Enumerable.Range(0, count - Neighbours.Length).Select(_ => new Neighbourhood())];
                Norms = new double[count];
            }
            Descriptors.Require(count * owner.Settings.Length);
            Slopes.Require(count * owner.Settings.Length);
            Products.Require(count * owner.SparsePoints);
            Coefficients.Require(count * owner.kernels.CoefficientLength);
        }

        public double* CoefficientsOf(int place) => Coefficients.Pointer + (long)place * owner.kernels.CoefficientLength;

        public Neighbourhood Gather(int place, int slot, ImageCells cells, int[] numbers, double minimumDistance)
        {
            (filling, atomicNumbers, nearest) = (Neighbours[place], numbers, minimumDistance);
            filling.Clear();
            cells.ForEach(slot, visit);
            filling.Complete();
            return filling;
        }

        private void Take(int j, double dx, double dy, double dz, double square)
        {
            var channel = owner.Settings.ChannelOf(atomicNumbers[j]);
            var r = Math.Sqrt(square);
            if (channel < 0 || r >= owner.Settings.Cutoff)
            {
                return;
            }
            GapForce.RequireDistance(r, nearest);
            filling.Add(dx, dy, dz, r, channel, j);
        }
    }
}
