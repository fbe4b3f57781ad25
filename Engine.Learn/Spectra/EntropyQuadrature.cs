using System.Numerics.Tensors;
using Engine.Core.Analysis;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;

namespace Engine.Learn.Spectra;

/// <summary>
/// The von Neumann entropy of a kernel without its spectrum: the largest eigenvalues by block Lanczos, and for the rest stochastic Lanczos quadrature (S. Ubaru, J. Chen and Y. Saad,
/// SIAM J. Matrix Anal. Appl. 38, 1075 (2017)) of f(x) = −x ln x, x = λ/tr, in their complement. The trace, which is known exactly (it costs O(N)), serves twice: it scales, and with
/// the number of directions it makes a control variate: what a random vector says about Σ (c x + d), of which the sum is known, corrects what it says about Σ f(x).
/// </summary>
/// <param name="algebra">Of the processor.</param>
public sealed class EntropyQuadrature(LinearAlgebra algebra)
{
    /// <summary>Largest eigenvalues to compute.</summary>
    public int Deflated { get; init; } = 32;

    /// <summary>Lanczos steps of each random vector.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Random vectors.</summary>
    public int Probes { get; init; } = 10;

    public ulong Seed { get; init; } = 1;

    /// <summary>S and its standard error.</summary>
    /// <param name="kernel">The kernel, n far above the number of vectors: below a few thousand all eigenvalues take less time.</param>
    /// <param name="trace">tr K, exactly.</param>
    /// <exception cref="RunFailedException">The kernel is not finite or has no trace.</exception>
    public EntropyEstimate Estimate(IKernelOperator kernel, double trace)
    {
        // What is deflated need not be eigenvectors to the last digit: the complement is of whatever they span.
        var lanczos = new BlockLanczos(algebra)
        {
            Seed = Seed,
            Tolerance = 1e-4,
            MostVectors = 4,
        };
        using var largest = lanczos.Largest(kernel, Math.Min(Deflated, kernel.Size));
        return Estimate(kernel, trace, largest);
    }

    /// <summary>The same with largest eigenvalues that are known.</summary>
    /// <inheritdoc cref="Estimate(IKernelOperator, double)"/>
    public EntropyEstimate Estimate(IKernelOperator kernel, double trace, PartialSpectrum largest)
    {
        if (!(double.IsFinite(trace) && trace > 0))
        {
            throw new RunFailedException(FormattableString.Invariant($"a kernel has the trace {trace}, expected a positive number: look for NaN, or weights and data that are all zero"));
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(Probes, 2);
        var n = kernel.Size;
        using var deflated = new LanczosBasis(largest.Eigenvalues.Length, n, algebra);
        deflated.Extend(largest.Vectors.Matrix);
        var shares = largest.Eigenvalues.Select(l => l / trace).ToArray();
        var entropy = shares.Sum(F);
        var (rest, count) = (Math.Max(0, 1 - shares.Sum()), n - deflated.Count);
        if (count == 0)
        {
            return new(entropy, 0, deflated.Count, largest.Products);
        }
        var nodes = Quadrature(kernel, deflated, trace);
        // f ≈ c x + d over the density of the rest, by least squares.
        var (w, x, xx, f, xf) = (0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var (weight, node) in nodes.SelectMany(p => p))
        {
            (w, x, xx) = (w + weight, x + weight * node, xx + weight * node * node);
            (f, xf) = (f + weight * F(node), xf + weight * node * F(node));
        }
        var determinant = w * xx - x * x;
        var slope = determinant > 1e-12 * w * xx ? (w * xf - x * f) / determinant : 0;
        var constant = (f - slope * x) / w;
        var samples = nodes.Select(p => p.Sum(e => e.Weight * (F(e.Node) - slope * e.Node - constant))).ToArray();
        return new(entropy + slope * rest + constant * count + samples.Average(), BlockAverage.StandardError(samples)!.Value, deflated.Count, largest.Products + Probes * Steps);
    }

    private static double F(double x) => x > KernelSpectrum.Rounding ? -x * Math.Log(x) : 0;

    /// <summary>For each random vector the nodes and weights of zᵀ f(K/tr) z.</summary>
    private (double Weight, double Node)[][] Quadrature(IKernelOperator kernel, LanczosBasis deflated, double trace)
    {
        var n = kernel.Size;
        var steps = Math.Min(Steps, n - deflated.Count);
        using var current = new MatrixBuffer<double>(Probes, n);
        using var images = new MatrixBuffer<double>(Probes, n);
        LanczosBasis.FillWithSigns(current.Matrix, Seed, 0);
        deflated.Project(current.Matrix);
        var lengths = new double[Probes];
        var bases = new LanczosBasis[Probes];
        var (alpha, beta) = (new double[Probes, steps], new double[Probes, steps]);
        var (counts, done) = (new int[Probes], new bool[Probes]);
        for (var p = 0; p < Probes; p++)
        {
            bases[p] = new(steps, n, algebra);
            lengths[p] = TensorPrimitives.Norm<double>(current.Matrix.Row(p));
            done[p] = bases[p].Extend(current.Matrix.Block(p, 0, 1, n)) == 0;
        }
        for (var step = 0; step < steps && !Array.TrueForAll(done, d => d); step++)
        {
            for (var p = 0; p < Probes; p++)
            {
                // Of a vector whose space is exhausted the quadrature is complete: what is multiplied there is not used.
                if (!done[p])
                {
                    bases[p].Vectors.Row(step).CopyTo(current.Matrix.Row(p));
                }
            }
            kernel.Multiply(current.Matrix, images.Matrix);
            deflated.Project(images.Matrix);
            for (var p = 0; p < Probes; p++)
            {
                if (done[p])
                {
                    continue;
                }
                var image = images.Matrix.Block(p, 0, 1, n);
                alpha[p, counts[p]++] = TensorPrimitives.Dot<double>(image.Row(0), current.Matrix.Row(p));
                bases[p].Project(image);
                beta[p, step] = TensorPrimitives.Norm<double>(image.Row(0));
                done[p] = step + 1 == steps || beta[p, step] < KernelSpectrum.Rounding * trace || bases[p].Extend(image) == 0;
            }
        }
        var result = Enumerable.Range(0, Probes).Select(p => Nodes(p, counts[p])).ToArray();
        Array.ForEach(bases, b => b.Dispose());
        return result;

        (double Weight, double Node)[] Nodes(int p, int count)
        {
            using var tridiagonal = new MatrixBuffer<double>(count, count);
            using var values = new MatrixBuffer<double>(1, count);
            for (var i = 0; i < count; i++)
            {
                tridiagonal.Matrix[i, i] = alpha[p, i];
                if (i > 0)
                {
                    tridiagonal.Matrix[i, i - 1] = beta[p, i - 1];
                }
            }
            algebra.SymmetricEigen(tridiagonal.Matrix, values.Matrix, vectors: true);
            var square = lengths[p] * lengths[p];
            return [.. Enumerable.Range(0, count).Select(i => (square * tridiagonal.Matrix[i, 0] * tridiagonal.Matrix[i, 0], Math.Max(0, values.Matrix[0, i] / trace)))];
        }
    }
}
