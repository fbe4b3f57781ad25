using System.Diagnostics;
using System.Text.Json.Nodes;
using Engine.Kernels.Algebra;
using Engine.Kernels.Memory;
using Engine.Kernels.Threading;

namespace Engine.Perf;

/// <summary>Linear algebra on the processor, beside the multiply-adds that its threads could do.</summary>
public static class AlgebraBench
{
    private const int Rows = 6000;
    private const int Size = 2000;

    private static readonly (string Name, double Flop, bool InDouble, Action<LinearAlgebra, Operands> Run)[] Operations =
    [
        ("gemm-double", 2.0 * Size * Size * Size, true, (l, o) => l.Gemm(1, o.A, o.A.Transposed, 0, o.C)),
        ("gemm-float", 2.0 * Size * Size * Size, false, (l, o) => l.Gemm(1f, o.FloatA, o.FloatA.Transposed, 0f, o.FloatC)),
        ("syrk-double", 1.0 * Size * Size * Size, true, (l, o) => l.Syrk(1, o.A, 0, o.C)),
        ("cholesky", Size * (double)Size * Size / 3, true, (l, o) => l.Cholesky(o.C)),
        ("qr", 2.0 * Size / 2 * Size / 2 * (Rows - Size / 6.0), true, (l, o) => l.QR(o.Tall, o.Right)),
        ("eigenvalues", 4.0 / 3 * Size * Size * Size, true, (l, o) => l.SymmetricEigen(o.C, o.Values, vectors: false)),
        ("eigenvectors", 0, true, (l, o) => l.SymmetricEigen(o.C, o.Values, vectors: true)),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Operations.Select(o => o.Name)];

    /// <summary>Measures what is named; each line is the best of a few rounds.</summary>
    public static IEnumerable<JsonObject> Run(IReadOnlyList<string> names, int threads, MachineBounds bounds, int rounds, CancellationToken cancellation)
    {
        using var workers = new Workers(threads);
        using var algebra = LinearAlgebra.OfProcessor(workers);
        using var operands = new Operands();
        foreach (var (name, flop, inDouble, run) in Operations.Where(o => names.Contains(o.Name)))
        {
            cancellation.ThrowIfCancellationRequested();
            var seconds = Enumerable.Range(0, rounds).Min(_ =>
            {
                operands.Fill();
                var start = Stopwatch.GetTimestamp();
                run(algebra, operands);
                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            });
            var bound = threads * (inDouble ? bounds.FlopRateDouble : bounds.FlopRateSingle);
            yield return new()
            {
                ["case"] = name,
                ["library"] = algebra.Name,
                ["threads"] = threads,
                ["seconds"] = seconds,
                // How much divide and conquer takes depends on the matrix.
                ["flopRate"] = flop > 0 ? flop / seconds : null,
                ["fraction"] = flop > 0 ? flop / seconds / bound : null,
            };
        }
    }

    /// <summary>Matrices that an operation may overwrite.</summary>
    private sealed class Operands : IDisposable
    {
        private readonly AlignedBuffer<double> a = new(Rows * Size);
        private readonly AlignedBuffer<double> c = new(Size * Size);
        private readonly AlignedBuffer<double> vectors = new(Rows);
        private readonly AlignedBuffer<float> floatA = new(Size * Size);
        private readonly AlignedBuffer<float> floatC = new(Size * Size);

        public Matrix<double> A => new(a, Size, Size);

        public Matrix<double> C => new(c, Size, Size);

        public Matrix<float> FloatA => new(floatA, Size, Size);

        public Matrix<float> FloatC => new(floatC, Size, Size);

        public Matrix<double> Right => new(vectors, Rows, 1);

        public Matrix<double> Values => new(vectors, 1, Size);

        public Matrix<double> Tall => new(a, Rows, Size / 2);

        public void Fill()
        {
            var random = new Random(1);
            foreach (ref var x in a.Span)
            {
                x = random.NextDouble() - 0.5;
            }
            foreach (ref var x in floatA.Span)
            {
                x = random.NextSingle() - 0.5f;
            }
            for (var i = 0; i < Size; i++)
            {
                for (var j = 0; j < Size; j++)
                {
                    // Symmetric, and its diagonal outweighs the rest.
                    c[i * Size + j] = i == j ? Size : a[Math.Max(i, j) * Size + Math.Min(i, j)];
                }
            }
        }

        public void Dispose()
        {
            a.Dispose();
            c.Dispose();
            vectors.Dispose();
            floatA.Dispose();
            floatC.Dispose();
        }
    }
}
