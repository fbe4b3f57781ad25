using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Memory;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Numerics;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap.Fit;

/// <summary>A distance_2b set in a fit.</summary>
internal sealed class PairBasis(PairInput input, int first, int second) : GapBasis
{
    private const int MostCandidates = 1_000_000;

    private double[] points = [];
    private TwoBodyKernel kernel = null!;
    private PolynomialRows? table;

    public override string Name => $"distance2b of {Elements.SymbolOf(first)}-{Elements.SymbolOf(second)}";

    public override int Asked => input.SparsePoints;

    public override int Count => points.Length;

    public override void RequireCandidates(IReadOnlyList<TrainingFrame> frames)
    {
        foreach (var frame in frames)
        {
            ForEachPair(frame, (_, _, _, _, _, _) => Candidates++);
        }
        if (Candidates == 0)
        {
            throw new InputException(FormattableString.Invariant(
                $"{Name}: the training data has no such pair within {input.Cutoff} Å; expected at least one; use a longer cutoff or leave the term out"));
        }
    }

    public override void ChooseSparsePoints(IReadOnlyList<TrainingFrame> frames, ulong seed, double memory, Workers workers)
    {
        var (seen, next) = (0, 0);
        var kept = SparseSelection.Thin(Candidates, MostCandidates, seed, -1000L * first - second);
        var distances = new List<double>();
        foreach (var frame in frames)
        {
            ForEachPair(frame, (i, j, dx, dy, dz, r) =>
            {
                if (next < kept.Length && kept[next] == seen++)
                {
                    distances.Add(r);
                    next++;
                }
            });
        }
        using var buffer = new AlignedBuffer<double>(distances.Count);
        distances.CopyTo(buffer.Span);
        var rows = new Matrix<double>(buffer, distances.Count, 1);
        var chosen = new SparseSelection(rows, seed, 1000L * first + second, workers).Choose(input.SparseMethod, input.SparsePoints, 1);
        SetSparsePoints([.. chosen.Select(i => distances[i])]);
    }

    public override bool Fits(GapSparseSet set) => set.Soap is null && set.Dimensions == 1 && set.Covariance == GapCovariance.Gaussian
        && set.Descriptor.Number("cutoff") == input.Cutoff && set.Descriptor.Number("cutoff_transition_width", 0.5) == input.TransitionWidth
        && set.Descriptor.Integer("Z1", 0) == first && set.Descriptor.Integer("Z2", 0) == second;

    public override void SetSparsePoints(GapSparseSet set) => SetSparsePoints(set.Points);

    public override void Covariance(Matrix<double> k)
    {
        for (var i = 0; i < points.Length; i++)
        {
            for (var j = 0; j < points.Length; j++)
            {
                k[i, j] = kernel.Kernel(points.AsSpan(i, 1), j) * kernel.Factor(points[i]);
            }
        }
    }

    public override void AddRows(TrainingFrame frame, Matrix<double> rows)
    {
        var (values, slopes) = (new double[points.Length], new double[points.Length]);
        ForEachPair(frame, (i, j, dx, dy, dz, r) =>
        {
            for (var s = 0; s < points.Length; s++)
            {
                (values[s], slopes[s]) = table!.At(r, s);
            }
            double[] separation = [dx, dy, dz];
            for (var s = 0; s < points.Length; s++)
            {
                if (frame.Energy is not null)
                {
                    rows[0, s] += values[s];
                }
                for (var axis = 0; axis < 3 && frame.Forces is not null; axis++)
                {
                    var slope = slopes[s] * separation[axis] / r;
                    rows[frame.FirstForce + 3 * j + axis, s] += slope;
                    rows[frame.FirstForce + 3 * i + axis, s] -= slope;
                }
                for (var component = 0; component < TrainingFrame.VirialAxes.Length && frame.Virial is not null; component++)
                {
                    var (a, b) = TrainingFrame.VirialAxes[component];
                    rows[frame.FirstVirial + component, s] += slopes[s] * separation[a] * separation[b] / r;
                }
            }
        });
    }

    public override GapSparseSet ToSet(double[] weights) => Set(weights);

    public override void Dispose() => table?.Dispose();

    private GapSparseSet Set(double[] weights) => new()
    {
        Descriptor = input.Describe(first, second),
        Covariance = GapCovariance.Gaussian,
        Delta = input.Delta,
        Theta = [input.Theta],
        Dimensions = 1,
        Points = points,
        Weights = weights,
        Cutoffs = [.. points.Select(r => new Engine.Kernels.Soap.RadialCutoff(input.Cutoff, input.TransitionWidth).At(r))],
    };

    private void SetSparsePoints(double[] distances)
    {
        points = distances;
        kernel = new(Set(new double[points.Length]));
        table?.Dispose();
        table = new(input.Cutoff - input.TransitionWidth, input.Cutoff, 0.1 * Math.Min(1, input.Theta), points.Length, (r, row) =>
        {
            for (var s = 0; s < points.Length; s++)
            {
                row[s] = kernel.Factor(r) * kernel.Kernel([r], s);
            }
        });
    }

    /// <summary>Every pair of the two species within the cutoff, from either end: (i, j, r_j − r_i, distance).</summary>
    private void ForEachPair(TrainingFrame frame, Action<int, int, double, double, double, double> visit)
    {
        var cells = new ImageCells();
        cells.Build(frame.Frame, input.Cutoff);
        for (var i = 0; i < frame.Frame.Count; i++)
        {
            var (centre, z1) = (i, frame.AtomicNumbers[i]);
            if (z1 != first && z1 != second)
            {
                continue;
            }
            cells.ForEach(i, (j, dx, dy, dz, square) =>
            {
                var z2 = frame.AtomicNumbers[j];
                if ((z1 == first && z2 == second) || (z1 == second && z2 == first))
                {
                    var r = Math.Sqrt(square);
                    GapForce.RequireDistance(r, 0);
                    visit(centre, j, dx, dy, dz, r);
                }
            });
        }
    }
}
