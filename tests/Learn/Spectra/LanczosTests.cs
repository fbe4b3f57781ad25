using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;
using Engine.Perf.Science;
using Xunit;

namespace Engine.Tests.Learn.Spectra;

public sealed class LanczosTests : IDisposable
{
    private readonly LinearAlgebra algebra = LinearAlgebra.OfProcessor(Workers.Single);

    [Fact]
    public void LargestEigenvaluesAndTheirVectors()
    {
        var lambda = KnownSpectrum.Falling(400, 1.2);
        using var kernel = KnownSpectrum.Of(lambda);
        using var top = new BlockLanczos(algebra).Largest(new KernelOperator(kernel.Matrix, algebra), 20);
        Assert.Equal(20, top.Eigenvalues.Length);
        for (var i = 0; i < 20; i++)
        {
            // The error is about the square of the residual over the gap to the next eigenvalue.
            Assert.Equal(lambda[i], top.Eigenvalues[i], 1e-9);
            Assert.True(top.Residuals[i] < 1e-6);
            for (var j = 0; j <= i; j++)
            {
                Assert.Equal(i == j ? 1 : 0, System.Numerics.Tensors.TensorPrimitives.Dot<double>(top.Vectors.Matrix.Row(i), top.Vectors.Matrix.Row(j)), 1e-12);
            }
        }
        Assert.True(top.Products < 200);
    }

    [Fact]
    public void EigenvaluesThatRepeatAndKernelsOfFewDirections()
    {
        using var repeated = KnownSpectrum.Of([5, 5, 5, 2, 2, .. KnownSpectrum.Falling(95, 2)]);
        using var top = new BlockLanczos(algebra).Largest(new KernelOperator(repeated.Matrix, algebra), 6);
        double[] expected = [5, 5, 5, 2, 2, 1];
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(expected[i], top.Eigenvalues[i], 1e-9);
        }
        using var few = KnownSpectrum.Of([3, 2, 1, .. Enumerable.Repeat(0.0, 97)]);
        using var all = new BlockLanczos(algebra).Largest(new KernelOperator(few.Matrix, algebra), 10);
        Assert.Equal(3, all.Eigenvalues[0], 1e-12);
        Assert.Equal(1, all.Eigenvalues[2], 1e-12);
        Assert.All(all.Eigenvalues[3..], l => Assert.Equal(0, l, 1e-12));
    }

    /// <summary>Errors of forty estimates in units of the standard error that each reports: Student's t of nine degrees of freedom has a spread of 1.13.</summary>
    [Theory]
    [InlineData(0.7)]
    [InlineData(1.5)]
    public void EntropyIsWithinItsErrorBar(double power)
    {
        var lambda = KnownSpectrum.Falling(600, power);
        var exact = KernelSpectrum.OfEigenvalues(lambda).Entropy;
        using var kernel = KnownSpectrum.Of(lambda, seed: 2);
        var estimates = Enumerable.Range(1, 40).Select(seed =>
            new EntropyQuadrature(algebra) { Deflated = 16, Seed = (ulong)seed }.Estimate(new KernelOperator(kernel.Matrix, algebra), lambda.Sum())).ToArray();
        Assert.All(estimates, e => Assert.Equal(exact, e.Entropy, 0.01 * exact));
        // A spread over forty has an error of a ninth, and t's fourth moment makes it a fifth.
        Assert.InRange(Math.Sqrt(estimates.Average(e => Math.Pow((e.Entropy - exact) / e.StandardError, 2))), 0.6, 1.7);
    }

    /// <summary>A kernel of a network of infinite width: within 1 % of the entropy of all eigenvalues, the largest error that the estimate is meant to have.</summary>
    [Fact]
    public void EntropyOfANetworkIsWithinOnePercent()
    {
        var random = new System.Random(4);
        using var samples = new MatrixBuffer<double>(800, 12);
        for (var i = 0; i < samples.Rows; i++)
        {
            foreach (ref var x in samples.Matrix.Row(i))
            {
                x = random.NextDouble() - 0.5 + i % 5;
            }
        }
        using var kernel = new InfiniteWidthKernel(2, InfiniteWidthActivation.Relu, Math.Sqrt(2), 0.1).Of(samples.Matrix, samples.Matrix, Workers.Single);
        var estimate = new EntropyQuadrature(algebra).Estimate(new KernelOperator(kernel.Matrix, algebra), KernelMeasures.Trace(kernel.Matrix));
        var exact = KernelSpectrum.Of(kernel.Matrix, algebra).Entropy;
        Assert.Equal(exact, estimate.Entropy, 0.01 * exact);
        Assert.True(estimate.Products < samples.Rows);
    }

    [Fact]
    public void EntropyOfFewDirectionsIsExact()
    {
        using var kernel = KnownSpectrum.Of([3, 2, 1, .. Enumerable.Repeat(0.0, 197)]);
        var estimate = new EntropyQuadrature(algebra).Estimate(new KernelOperator(kernel.Matrix, algebra), 6);
        Assert.Equal(KernelSpectrum.OfEigenvalues([1, 2, 3]).Entropy, estimate.Entropy, 1e-9);
        using var small = KnownSpectrum.Of([3, 2, 1]);
        Assert.Equal(KernelSpectrum.OfEigenvalues([1, 2, 3]).Entropy, new EntropyQuadrature(algebra).Estimate(new KernelOperator(small.Matrix, algebra), 6).Entropy, 1e-12);
        Assert.Contains("trace NaN", Assert.Throws<RunFailedException>(() => new EntropyQuadrature(algebra).Estimate(new KernelOperator(small.Matrix, algebra), double.NaN)).Message);
        small.Matrix[1, 1] = double.NaN;
        Assert.Contains("not finite", Assert.Throws<RunFailedException>(() => new EntropyQuadrature(algebra).Estimate(new KernelOperator(small.Matrix, algebra), 6)).Message);
    }

    public void Dispose() => algebra.Dispose();
}
