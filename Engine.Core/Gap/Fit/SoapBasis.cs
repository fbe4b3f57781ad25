using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Engine.Core.Particles;
using Engine.Core.Soap;
using Engine.Core.Units;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Memory;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Soap;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap.Fit;

/// <summary>
/// A soap set in a fit. What a sparse point x contributes to forces is ζ δ² (d·x)^(ζ−1) J x with J = ∂d/∂r: J of a few centres at a time, multiplied with all sparse points
/// at once and forgotten.
/// </summary>
internal sealed unsafe class SoapBasis : GapBasis
{
    /// <summary>Rows of J gathered for one product: enough that packing the sparse points costs little.</summary>
    private const int RowsPerProduct = 512;

    private readonly SoapInput input;
    private readonly int centre;
    private readonly DescriptorText text;
    private readonly SoapKernels kernels;
    private readonly LinearAlgebra algebra = LinearAlgebra.OfProcessor(Workers.Single);
    private readonly AlignedBuffer<double> points = new();
    private readonly ConcurrentBag<Room> rooms = [];
    private int count;

    public SoapBasis(SoapInput input, int centre, IReadOnlyList<int> neighbours)
    {
        (this.input, this.centre) = (input, centre);
        text = input.Describe(centre, neighbours);
        kernels = SoapKernels.Create(text.ToSoap());
    }

    public override string Name => $"soap of {Elements.SymbolOf(centre)}";

    public override int Asked => input.SparsePoints;

    public override int Count => count;

    private SoapSettings Settings => kernels.Settings;

    private double Variance => input.Delta * input.Delta;

    private Matrix<double> Points => new(points, Count, Settings.Length);

    public override void ChooseSparsePoints(IReadOnlyList<TrainingFrame> frames, ulong seed, double memory, Workers workers)
    {
        Candidates = frames.Sum(frame => frame.AtomicNumbers.Count(z => z == centre));
        if (Candidates == 0)
        {
            throw new InputException($"{Name}: the training data has no such atom");
        }
        var beside = SparseSelection.NumbersBeside(input.SparseMethod, Settings.Length, input.SparsePoints);
        // What a matrix can hold of them.
        var kept = SparseSelection.Thin(Candidates, int.MaxValue / Math.Max(Settings.Length, beside), seed, 2L * centre);
        var needed = sizeof(double) * (double)kept.Length * (Settings.Length + beside);
        if (needed > memory)
        {
            throw new InputException(FormattableString.Invariant(
                $"fit: to choose among the {kept.Length} candidates of {Name} takes {needed / GiB:G3} GiB, expected no more than the memoryLimit of {memory / GiB:G3} GiB; use fewer frames, or a larger memoryLimit"));
        }
        using var buffer = new AlignedBuffer<double>(kept.Length * Settings.Length);
        var rows = new Matrix<double>(buffer, kept.Length, Settings.Length);
        using var soap = new SoapDescriptors(Settings);
        var (seen, filled) = (0, 0);
        foreach (var frame in frames)
        {
            var here = frame.AtomicNumbers.Count(z => z == centre);
            if (filled < kept.Length && kept[filled] < seen + here)
            {
                var values = soap.Compute(frame.Frame, workers).Values;
                for (; filled < kept.Length && kept[filled] < seen + here; filled++)
                {
                    for (var k = 0; k < Settings.Length; k++)
                    {
                        rows[filled, k] = values[kept[filled] - seen, k];
                    }
                }
            }
            seen += here;
        }
        var chosen = new SparseSelection(rows, seed, 2L * centre + 1, workers).Choose(input.SparseMethod, input.SparsePoints, input.Zeta);
        points.Require(chosen.Length * Settings.Length);
        count = chosen.Length;
        for (var s = 0; s < chosen.Length; s++)
        {
            rows.Row(chosen[s]).CopyTo(Points.Row(s));
        }
    }

    /// <summary>Lists compare by their elements; the version is that of the fit.</summary>
    public override bool Fits(GapSparseSet set) => set.Soap is { } other
        && other.Centres.SequenceEqual(Settings.Centres)
        && other.Neighbours.SequenceEqual(Settings.Neighbours)
        && other with { Centres = Settings.Centres, Neighbours = Settings.Neighbours, Version = Settings.Version } == Settings;

    public override void SetSparsePoints(GapSparseSet set)
    {
        count = set.Count;
        points.Require(set.Points.Length);
        set.Points.CopyTo(points.Span);
    }

    public override void Covariance(Matrix<double> k)
    {
        algebra.Gemm(1, Points, Points.Transposed, 0, k);
        for (var i = 0; i < Count; i++)
        {
            DotProductKernel.Apply(k.Row(i), input.Zeta, input.Delta);
        }
    }

    public override void AddRows(TrainingFrame frame, Matrix<double> rows)
    {
        var room = rooms.TryTake(out var free) ? free : new Room(this);
        room.Build(frame);
        for (var i = 0; i < frame.AtomicNumbers.Length; i++)
        {
            if (frame.AtomicNumbers[i] == centre)
            {
                room.Take(frame, i);
                if (room.PendingRows >= RowsPerProduct)
                {
                    Multiply(frame, room, rows);
                }
            }
        }
        Multiply(frame, room, rows);
        rooms.Add(room);
    }

    public override GapSparseSet ToSet(double[] weights) => new()
    {
        Descriptor = text,
        Covariance = GapCovariance.DotProduct,
        Delta = input.Delta,
        Zeta = input.Zeta,
        Dimensions = Settings.Length,
        Points = points.Span[..(Count * Settings.Length)].ToArray(),
        Weights = weights,
        Cutoffs = [.. Enumerable.Repeat(1.0, Count)],
        Soap = Settings,
    };

    public override void Dispose()
    {
        while (rooms.TryTake(out var room))
        {
            room.Dispose();
        }
        kernels.Dispose();
        points.Dispose();
        algebra.Dispose();
    }

    /// <summary>The energies and slopes of the centres that wait.</summary>
    private void Multiply(TrainingFrame frame, Room room, Matrix<double> rows)
    {
        var waiting = room.Pending.Count;
        if (waiting == 0)
        {
            return;
        }
        room.Products.Require(waiting * Count);
        var dots = new Matrix<double>(room.Products, waiting, Count);
        algebra.Gemm(1, new(room.Descriptors, waiting, Settings.Length), Points.Transposed, 0, dots);
        var slopes = default(Matrix<double>);
        if (room.PendingRows > 0)
        {
            room.Slopes.Require(room.PendingRows * Count);
            slopes = new(room.Slopes, room.PendingRows, Count);
            algebra.Gemm(1, new(room.Jacobians, room.PendingRows, Settings.Length), Points.Transposed, 0, slopes);
        }
        for (var c = 0; c < waiting; c++)
        {
            var t = dots.Row(c);
            DotProductKernel.Power(t, input.Zeta - 1, room.Powers);
            if (frame.Energy is not null)
            {
                TensorPrimitives.Multiply(t, room.Powers, room.Weighted);
                TensorPrimitives.MultiplyAdd(room.Weighted, Variance, rows.Row(0), rows.Row(0));
            }
            TensorPrimitives.Multiply(room.Powers, input.Zeta * Variance, room.Powers);
            AddSlopes(frame, room, room.Pending[c], slopes, rows);
        }
        room.Flush();
    }

    private void AddSlopes(TrainingFrame frame, Room room, (int FirstRow, int FirstNeighbour, int Neighbours) pending, Matrix<double> slopes, Matrix<double> rows)
    {
        for (var j = 0; j < pending.Neighbours; j++)
        {
            var neighbour = room.Neighbours[pending.FirstNeighbour + j];
            for (var axis = 0; axis < 3; axis++)
            {
                var slope = slopes.Row(pending.FirstRow + 3 * j + axis);
                TensorPrimitives.Multiply(slope, room.Powers, slope);
                if (frame.Forces is not null)
                {
                    var target = rows.Row(frame.FirstForce + 3 * neighbour.Particle + axis);
                    TensorPrimitives.Add(slope, target, target);
                }
            }
            if (frame.Virial is null)
            {
                continue;
            }
            for (var component = 0; component < TrainingFrame.VirialAxes.Length; component++)
            {
                var (a, b) = TrainingFrame.VirialAxes[component];
                var target = rows.Row(frame.FirstVirial + component);
                var half = a == b ? 1 : 0.5;
                TensorPrimitives.MultiplyAdd(slopes.Row(pending.FirstRow + 3 * j + b), half * neighbour.Place[a], target, target);
                if (a != b)
                {
                    TensorPrimitives.MultiplyAdd(slopes.Row(pending.FirstRow + 3 * j + a), half * neighbour.Place[b], target, target);
                }
            }
        }
    }

    /// <summary>What one thread works in: centres that wait for their product.</summary>
    private sealed class Room(SoapBasis owner) : IDisposable
    {
        private readonly ImageCells cells = new();
        private readonly Neighbourhood neighbourhood = new();
        private readonly SoapScratch scratch = new(owner.kernels);
        private readonly AlignedBuffer<double> coefficients = new(owner.kernels.CoefficientLength);

        /// <summary>Descriptors of the centres that wait.</summary>
        public AlignedBuffer<double> Descriptors { get; } = new();

        public AlignedBuffer<double> Jacobians { get; } = new();

        public AlignedBuffer<double> Products { get; } = new();

        public AlignedBuffer<double> Slopes { get; } = new();

        public double[] Powers { get; private set; } = [];

        public double[] Weighted { get; private set; } = [];

        public List<(int FirstRow, int FirstNeighbour, int Neighbours)> Pending { get; } = [];

        /// <summary>Neighbours of the centres that wait, each centre's own place last among them.</summary>
        public List<(int Particle, double[] Place)> Neighbours { get; } = [];

        public int PendingRows { get; private set; }

        public void Build(TrainingFrame frame)
        {
            if (Powers.Length != owner.Count)
            {
                (Powers, Weighted) = (new double[owner.Count], new double[owner.Count]);
            }
            cells.Build(frame.Frame, owner.Settings.Cutoff);
        }

        public void Take(TrainingFrame frame, int particle)
        {
            var (settings, length) = (owner.Settings, owner.Settings.Length);
            neighbourhood.Clear();
            cells.ForEach(particle, (j, dx, dy, dz, square) =>
            {
                var r = Math.Sqrt(square);
                GapForce.RequireDistance(r, 0);
                neighbourhood.Add(dx, dy, dz, r, settings.ChannelOf(frame.AtomicNumbers[j]), j);
            });
            neighbourhood.Complete();
            Descriptors.Grow((Pending.Count + 1) * length);
            var p = Descriptors.Span.Slice(Pending.Count * length, length);
            owner.kernels.Expand(neighbourhood, settings.ChannelOf(owner.centre), scratch, coefficients.Pointer);
            var norm = owner.kernels.PowerSpectrum(coefficients.Pointer, scratch, p);
            if (frame.Forces is null && frame.Virial is null)
            {
                Pending.Add((0, 0, 0));
                return;
            }
            var count = neighbourhood.Count + 1;
            Jacobians.Grow((PendingRows + 3 * count) * length);
            owner.kernels.Jacobian(neighbourhood, coefficients.Pointer, p, norm, scratch, Jacobians.Pointer + (long)PendingRows * length);
            Pending.Add((PendingRows, Neighbours.Count, count));
            for (var j = 0; j < neighbourhood.Count; j++)
            {
                var r = neighbourhood.R[j];
                Neighbours.Add((neighbourhood.Index[j], [r * neighbourhood.X[j], r * neighbourhood.Y[j], r * neighbourhood.Z[j]]));
            }
            Neighbours.Add((particle, [0, 0, 0]));
            PendingRows += 3 * count;
        }

        public void Dispose()
        {
            neighbourhood.Dispose();
            scratch.Dispose();
            coefficients.Dispose();
            Descriptors.Dispose();
            Jacobians.Dispose();
            Products.Dispose();
            Slopes.Dispose();
        }

        public void Flush()
        {
            Pending.Clear();
            Neighbours.Clear();
            PendingRows = 0;
        }
    }
}
