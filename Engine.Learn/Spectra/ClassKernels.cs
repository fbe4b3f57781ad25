using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;
using Engine.Learn.Ntk;

namespace Engine.Learn.Spectra;

/// <summary>The blocks that classes have in one kernel: nothing is computed twice, and blocks between classes are there too.</summary>
public sealed class ClassKernels
{
    private readonly KernelMatrix kernel;
    private readonly Dictionary<int, int[]> rows;
    private readonly Workers workers;
    private readonly Dictionary<int, double> entropies = [];
    private readonly Dictionary<int, double> squares = [];

    /// <param name="kernel">Of samples with themselves; not of the diagonal reduction, whose blocks by output are kernels of their own.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="workers">The thread team.</param>
    public ClassKernels(KernelMatrix kernel, IReadOnlyList<int> labels, Workers workers)
    {
        if (!kernel.IsSymmetric || kernel.RowSamples != labels.Count || kernel.Reduction.Kind == OutputReductionKind.Diagonal)
        {
            throw new ArgumentException(
                $"{labels.Count} labels do not fit a kernel of {kernel.RowSamples} × {kernel.ColumnSamples} samples with the reduction {kernel.Reduction}; expected as many, and samples with themselves");
        }
        (this.kernel, this.workers) = (kernel, workers);
        var perSample = kernel.Reduction.Kind == OutputReductionKind.Full ? kernel.Outputs : 1;
        rows = labels.Select((label, i) => (label, i)).GroupBy(e => e.label).OrderBy(g => g.Key)
            .ToDictionary(g => g.Key, g => g.SelectMany(e => Enumerable.Range(e.i * perSample, perSample)).ToArray());
    }

    /// <summary>The labels that occur, ascending.</summary>
    public IReadOnlyList<int> Classes => [.. rows.Keys];

    /// <summary>The kernel of some classes together, samples in their order within the classes in the order given.</summary>
    public MatrixBuffer<double> Of(params IReadOnlyList<int> classes) => Block(RowsOf(classes), RowsOf(classes));

    /// <summary>The block between two classes.</summary>
    public MatrixBuffer<double> Between(int first, int second) => Block(RowsOf([first]), RowsOf([second]));

    /// <summary>Von Neumann entropy of the kernel of some classes [nats].</summary>
    public double Entropy(params IReadOnlyList<int> classes)
    {
        double Computed()
        {
            using var algebra = LinearAlgebra.OfProcessor(workers);
            using var block = Of(classes);
            return KernelSpectrum.Overwriting(block.Matrix, algebra).Entropy;
        }
        return classes.Count == 1 ? Once(entropies, classes[0], Computed) : Computed();
    }

    /// <summary>(S_ab − S_a − S_b)/2 [nats]: what two classes have beyond what each has alone; negative where they share directions.</summary>
    public double CrossEntropy(int first, int second) => (Entropy(first, second) - Entropy(first) - Entropy(second)) / 2;

    /// <summary><see cref="CrossEntropy"/> of each pair of <see cref="Classes"/> [nats], 0 of a class with itself.</summary>
    /// <param name="cancellation">Looked at before each class.</param>
    public double[,] CrossEntropies(CancellationToken cancellation = default) => Pairs(0, CrossEntropy, cancellation);

    /// <summary>‖K_ab‖/√(‖K_aa‖ ‖K_bb‖), from 0 (gradients of the classes are orthogonal) to 1.</summary>
    public double Alignment(int first, int second)
    {
        double Square(int a, int b)
        {
            using var block = Between(a, b);
            return KernelMeasures.Inner(block.Matrix, block.Matrix, workers);
        }
        double Own(int a) => Once(squares, a, () => Square(a, a));
        return Math.Sqrt(Square(first, second) / Math.Sqrt(Own(first) * Own(second)));
    }

    /// <summary><see cref="Alignment"/> of each pair of <see cref="Classes"/>, 1 of a class with itself.</summary>
    /// <param name="cancellation">Looked at before each class.</param>
    public double[,] Alignments(CancellationToken cancellation = default) => Pairs(1, Alignment, cancellation);

    /// <summary>Every set of at least so many classes, of which there are 2^k.</summary>
    public static IEnumerable<int[]> Combinations(IReadOnlyList<int> classes, int least = 1)
    {
        if (classes.Count > 20)
        {
            throw new ArgumentException($"{classes.Count} classes have more than a million combinations; expected at most 20", nameof(classes));
        }
        return Enumerable.Range(1, (1 << classes.Count) - 1).Select(set => classes.Where((_, k) => (set >> k & 1) != 0).ToArray()).Where(c => c.Length >= least);
    }

    private static double Once(Dictionary<int, double> known, int number, Func<double> compute)
    {
        if (!known.TryGetValue(number, out var found))
        {
            known[number] = found = compute();
        }
        return found;
    }

    private double[,] Pairs(double own, Func<int, int, double> of, CancellationToken cancellation)
    {
        var numbers = Classes;
        var values = new double[numbers.Count, numbers.Count];
        for (var a = 0; a < numbers.Count; a++)
        {
            cancellation.ThrowIfCancellationRequested();
            values[a, a] = own;
            for (var b = 0; b < a; b++)
            {
                values[a, b] = values[b, a] = of(numbers[a], numbers[b]);
            }
        }
        return values;
    }

    private int[] RowsOf(IReadOnlyList<int> classes) => [.. classes.SelectMany(c => rows.TryGetValue(c, out var found)
        ? found
        : throw new ArgumentException($"no sample has the class {c}; expected one of {string.Join(", ", rows.Keys)}"))];

    private MatrixBuffer<double> Block(int[] of, int[] with)
    {
        var (block, values) = (new MatrixBuffer<double>(of.Length, with.Length), kernel.Values);
        workers.Run(of.Length, i =>
        {
            var target = block.Matrix.Row(i);
            var source = values.Row(of[i]);
            for (var j = 0; j < with.Length; j++)
            {
                target[j] = source[with[j]];
            }
        });
        return block;
    }
}
