using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;
using Engine.Perf.Science;
using Engine.Tests.Learn.Ntk;
using Xunit;

namespace Engine.Tests.Learn.Spectra;

public sealed class SpectrumTests : IDisposable
{
    private readonly LinearAlgebra algebra = LinearAlgebra.OfProcessor(Workers.Single);

    [Fact]
    public void EigenvaluesAndWhatFollowsFromThem()
    {
        var lambda = KnownSpectrum.Falling(150, 1.5);
        using var kernel = KnownSpectrum.Of(lambda);
        var spectrum = KernelSpectrum.Of(kernel.Matrix, algebra);
        var p = lambda.Select(l => l / lambda.Sum()).ToArray();
        for (var i = 0; i < 150; i++)
        {
            Assert.Equal(lambda[i], spectrum.Eigenvalues[i], 1e-14);
        }
        Assert.Equal(-p.Sum(x => x * Math.Log(x)), spectrum.Entropy, 1e-12);
        Assert.Equal(spectrum.Entropy / Math.Log(150), spectrum.EffectiveEntropy, 1e-15);
        Assert.Equal(1 / p.Sum(x => x * x), spectrum.ParticipationRatio, 1e-12);
        Assert.Equal(spectrum.ParticipationRatio, KernelMeasures.ParticipationRatio(kernel.Matrix, Workers.Single), 1e-11);
        Assert.Equal(spectrum.Renyi2Entropy, KernelMeasures.Renyi2Entropy(kernel.Matrix, Workers.Single), 1e-12);
        Assert.True(spectrum.Renyi2Entropy < spectrum.Entropy);
        using var equal = KnownSpectrum.Of([.. Enumerable.Repeat(3.0, 40)]);
        Assert.Equal(Math.Log(40), KernelSpectrum.Of(equal.Matrix, algebra).Entropy, 1e-12);
        Assert.Equal(0, KernelSpectrum.OfEigenvalues([0, 0, 5]).Entropy);
    }

    /// <summary>k different points, repeated, and a linear model: k directions at most, whatever the number of rows.</summary>
    [Fact]
    public void RepeatedPointsAddNothing()
    {
        var random = new System.Random(3);
        const int k = 6;
        using var inputs = new MatrixBuffer<double>(8 * k, 9);
        using var ones = new MatrixBuffer<double>(8 * k, 1);
        for (var i = 0; i < 8 * k; i++)
        {
            for (var j = 0; j < 9; j++)
            {
                inputs.Matrix[i, j] = i < k ? random.NextDouble() - 0.5 : inputs.Matrix[i % k, j];
            }
            ones.Matrix[i, 0] = 1;
        }
        using var kernel = new TangentKernel<double>(new(), Workers.Single);
        using var result = kernel.Compute(new FactorSet<double>(LayerFactors<double>.Product("linear", inputs.Matrix, ones.Matrix, 1, biasScale: 0)));
        var spectrum = KernelSpectrum.Of(result.Sum.Values, algebra);
        Assert.Equal(k, spectrum.Rank(1e-10));
        Assert.True(spectrum.Entropy <= Math.Log(k));
    }

    [Fact]
    public void TheSmallerOfTwoProductsHasTheSameSpectrum()
    {
        var random = new System.Random(4);
        using var jacobian = new MatrixBuffer<double>(40, 11);
        using var gram = new MatrixBuffer<double>(40, 40);
        for (var i = 0; i < 40; i++)
        {
            foreach (ref var x in jacobian.Matrix.Row(i))
            {
                x = random.NextDouble() - 0.5;
            }
        }
        algebra.Syrk(1, jacobian.Matrix, 0, gram.Matrix);
        var (dual, primal) = (KernelSpectrum.OfJacobian(jacobian.Matrix, algebra), KernelSpectrum.Of(gram.Matrix, algebra));
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(primal.Eigenvalues[i], dual.Eigenvalues[i], 1e-14 * 40);
        }
        Assert.Equal(0, dual.Eigenvalues[11]);
        Assert.Equal(primal.Entropy, dual.Entropy, 1e-12);
    }

    [Fact]
    public void WhatIsNoKernelIsSaid()
    {
        using var negative = KnownSpectrum.Of([1, 0.5, -0.01, -0.02, 0.1]);
        var message = Assert.Throws<RunFailedException>(() => KernelSpectrum.Of(negative.Matrix, algebra)).Message;
        Assert.Contains("2 of 5 eigenvalues are negative", message);
        Assert.Contains("batch normalisation", message);
        // What single precision leaves below zero is rounding.
        Assert.Equal(5, KernelSpectrum.OfEigenvalues([1, 0.5, -1e-8, 0.1, 0.1]).Size);
        negative.Matrix[3, 1] = double.NaN;
        Assert.Contains("row 3", Assert.Throws<RunFailedException>(() => KernelSpectrum.Of(negative.Matrix, algebra)).Message);
    }

    /// <summary>Memory and places of matrices are counted in 64 bits: 2.5·10⁹ elements, of which only the pages that are touched exist.</summary>
    [Fact]
    public void ElementsAreCountedIn64Bits()
    {
        using var buffer = new MatrixBuffer<byte>(50_000, 50_000);
        var corner = buffer.Matrix.Block(49_990, 49_990, 10, 10);
        (buffer.Matrix[49_999, 49_999], buffer.Matrix[0, 49_999]) = (7, 5);
        Assert.Equal(7, corner[9, 9]);
        Assert.Equal(5, buffer.Matrix.Transposed[49_999, 0]);
        Assert.Equal(0, corner.Row(8)[9]);
        Assert.Equal(2_500_000_000, buffer.Bytes);
    }

    [Fact]
    public void CollectiveVariablesOfOneKernel()
    {
        using var layers = RandomLayers<double>.OfEveryRule(40, 2);
        using var kernel = new TangentKernel<double>(new(), Workers.Single);
        using var result = kernel.Compute(layers.Set);
        var k = result.Sum.Values;
        var cv = CollectiveVariables.Of(k, Workers.Single);
        Assert.Equal(kernel.Trace(layers.Set), cv.Trace, 1e-12 * cv.Trace);
        Assert.Equal(cv.Trace / 40, cv.MeanTrace);
        Assert.Equal(1, cv.MagnitudeDistribution.Sum(), 1e-14);
        // K = tr · D C D with D_i = √(K_ii/tr).
        using var cosine = KernelMeasures.Cosine(k, Workers.Single);
        for (var i = 0; i < 40; i++)
        {
            for (var j = 0; j < 40; j++)
            {
                var rebuilt = cv.Trace * Math.Sqrt(k[i, i] / cv.Trace) * cosine.Matrix[i, j] * Math.Sqrt(k[j, j] / cv.Trace);
                Assert.Equal(k[i, j], rebuilt, 1e-13 * cv.Trace);
            }
        }
        Assert.Equal(40, KernelMeasures.Trace(cosine.Matrix), 1e-12);
        Assert.Equal(KernelSpectrum.Of(cosine.Matrix, algebra).Entropy, cv.CovarianceEntropy, 1e-12);
        var m = KernelMeasures.Diagonal(k).Select(Math.Sqrt).ToArray();
        Assert.Equal(-m.Sum(x => x / m.Sum() * Math.Log(x / m.Sum())), cv.SelfEntropy, 1e-13);
        Assert.Equal(m.Average(x => Math.Pow(x / m.Average() - 1, 2)), cv.MagnitudeVariance, 1e-13);
        Assert.Contains("all zero", Assert.Throws<RunFailedException>(() => KernelMeasures.SelfEntropy([0, 0])).Message);
    }

    [Fact]
    public void ComparisonsOfKernels()
    {
        using var kernel = KnownSpectrum.Of([4, 1, 0.25]);
        using var twice = KnownSpectrum.Of([8, 2, 0.5]);
        Assert.Equal(1, KernelMeasures.Drift(twice.Matrix, kernel.Matrix, Workers.Single), 1e-14);
        Assert.Equal(0, KernelMeasures.Distance(twice.Matrix, kernel.Matrix, Workers.Single), 1e-14);
        // Targets that are the leading eigenvector: yᵀ K y/(|y|² ‖K‖) = λ₁/‖λ‖.
        using var top = new BlockLanczos(algebra).Largest(new KernelOperator(kernel.Matrix, algebra), 2);
        var alignment = KernelMeasures.Alignment(kernel.Matrix, top.Vectors.Matrix.Block(0, 0, 1, 3).Reshaped(3, 1), Workers.Single);
        Assert.Equal(4 / Math.Sqrt(16 + 1 + 0.0625), alignment, 1e-12);
        Assert.Equal(1, KernelMeasures.Overlap(top.Vectors.Matrix, top.Vectors.Matrix, algebra), 1e-13);
        using var derivative = new MatrixBuffer<double>(2, 2);
        (derivative.Matrix[0, 0], derivative.Matrix[1, 0], derivative.Matrix[0, 1], derivative.Matrix[1, 1]) = (-3, 4, 1, -1);
        // (Σ_j (Σ_i |a|^p)^(q/p))^(1/q): columns of lengths 5 and √2 for p = 2; sums 7 and 2 for p = 1.
        Assert.Equal(5 + Math.Sqrt(2), LossDynamics.Norm(derivative.Matrix, 2, 1), 1e-14);
        Assert.Equal(Math.Sqrt(53), LossDynamics.Norm(derivative.Matrix, 1, 2), 1e-14);
        Assert.Equal(Math.Sqrt(27), LossDynamics.Norm(derivative.Matrix, 2, 2), 1e-14);
    }

    [Theory]
    [InlineData("meanTrace")]
    [InlineData("full")]
    public void ClassesAreBlocksOfTheKernel(string name)
    {
        using var layers = RandomLayers<double>.OfEveryRule(30, 2);
        using var kernel = new TangentKernel<double>(new() { Reduction = OutputReduction.Parse(name) }, Workers.Single);
        using var result = kernel.Compute(layers.Set);
        int[] labels = [.. Enumerable.Range(0, 30).Select(i => i % 3 == 0 ? 7 : 2)];
        var classes = new ClassKernels(result.Sum, labels, Workers.Single);
        Assert.Equal([2, 7], classes.Classes);
        var per = name == "full" ? 2 : 1;
        var rows = Enumerable.Range(0, 30).Where(i => labels[i] == 7).SelectMany(i => Enumerable.Range(i * per, per)).ToArray();
        using var block = classes.Of(7);
        using var between = classes.Between(7, 2);
        Assert.Equal((rows.Length, rows.Length), (block.Rows, block.Columns));
        Assert.Equal((10 * per, 20 * per), (between.Rows, between.Columns));
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < rows.Length; j++)
            {
                Assert.Equal(result.Sum.Values[rows[i], rows[j]], block.Matrix[i, j]);
            }
        }
        Assert.Equal((classes.Entropy(2, 7) - classes.Entropy(2) - classes.Entropy(7)) / 2, classes.CrossEntropy(2, 7), 1e-12);
        Assert.Equal(KernelSpectrum.Of(result.Sum.Values, algebra).Entropy, classes.Entropy(2, 7), 1e-12);
        Assert.Equal(1, classes.Alignment(2, 2), 1e-12);
        Assert.InRange(classes.Alignment(2, 7), 0, 1);
        Assert.Equal(new[,] { { 0, classes.CrossEntropy(7, 2) }, { classes.CrossEntropy(7, 2), 0 } }, classes.CrossEntropies());
        Assert.Equal(new[,] { { 1, classes.Alignment(7, 2) }, { classes.Alignment(7, 2), 1 } }, classes.Alignments());
        Assert.Equal([[2], [7], [2, 7]], ClassKernels.Combinations(classes.Classes));
        Assert.Contains("no sample has the class 5", Assert.Throws<ArgumentException>(() => classes.Entropy(5)).Message);
    }

    [Fact]
    public void SubsetsAreBiasedAndTheLineIsLess()
    {
        // A kernel of smooth functions of points on a line: its entropy does not depend on n once n is large.
        const int n = 400;
        var random = new System.Random(8);
        var x = Enumerable.Range(0, n).Select(_ => 6 * random.NextDouble()).ToArray();
        using var kernel = new MatrixBuffer<double>(n, n);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                kernel.Matrix[i, j] = Math.Exp(-0.5 * (x[i] - x[j]) * (x[i] - x[j]));
            }
        }
        var exact = KernelSpectrum.Of(kernel.Matrix, algebra).Entropy;
        var estimate = SubsampledSpectrum.Of(kernel.Matrix, 40, 100, 1, Workers.Single);
        Assert.Equal([10, 20, 40], estimate.Points.Select(p => p.Size));
        Assert.All(estimate.Points, p => Assert.Equal(1, p.MeanTrace, 1e-12));
        var bias = exact - estimate.Points[2].Entropy;
        Assert.True(bias > 3 * estimate.Points[2].EntropyError);
        Assert.True(Math.Abs(exact - estimate.Entropy) < 0.5 * bias);
    }

    /// <summary>A curve of the law is met exactly, a logarithm as well; one that bends more than 1/n goes on as 1/n does; and none is above ln N.</summary>
    [Theory]
    [InlineData(1.0, 1e-9)]
    [InlineData(0.4, 1e-9)]
    [InlineData(0.0, 1e-2)]
    [InlineData(3.0, double.NaN)]
    public void EntropiesOfSubsetsAreCarriedAlongAPower(double power, double tolerance)
    {
        double S(double n) => power > 0 ? 3 - 2 * Math.Pow(n, -power) : 0.5 + 0.6 * Math.Log(n);
        double[] sizes = [25, 50, 100];
        double[] entropies = [.. sizes.Select(S)];
        var found = SubsampledSpectrum.Carried(sizes, entropies, 1000);
        Assert.Equal(double.IsNaN(tolerance) ? entropies[2] + (entropies[2] - entropies[1]) * (0.01 - 0.001) / 0.01 : S(1000), found, double.IsNaN(tolerance) ? 1e-9 : tolerance);
        Assert.Equal(entropies[2], SubsampledSpectrum.Carried(sizes, entropies, 100), 1e-12);
        Assert.Equal(Math.Log(110), SubsampledSpectrum.Carried(sizes, [1, 3, 4.6], 110), 1e-12);
    }

    /// <summary>A spectrum with a long tail, a tenth of whose rows are looked at: within three errors, where a line in 1/n is a fifth of a nat off and more.</summary>
    [Fact]
    public void ALongTailIsNotCutOff()
    {
        const int n = 600;
        var random = new System.Random(3);
        using var kernel = new MatrixBuffer<double>(n, n);
        double[][] x = [.. Enumerable.Range(0, n).Select(_ => Enumerable.Range(0, 4).Select(_ => 2 * random.NextDouble()).ToArray())];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                kernel.Matrix[i, j] = Math.Exp(-2 * x[i].Zip(x[j], (a, b) => (a - b) * (a - b)).Sum());
            }
        }
        var exact = KernelSpectrum.Of(kernel.Matrix, algebra).Entropy;
        var estimate = SubsampledSpectrum.Of(kernel.Matrix, 60, 40, 1, Workers.Single);
        var (s, error) = (estimate.Points, estimate.StandardError);
        Assert.True(Math.Abs(exact - estimate.Entropy) < 3 * error, $"{exact} beside {estimate.Entropy} ± {error}");
        Assert.InRange(error, 0.02, 0.5);
        var line = s[2].Entropy + (s[2].Entropy - s[1].Entropy) * (1 / 60.0 - 1.0 / n) / (1 / 30.0 - 1 / 60.0);
        Assert.True(exact - line > 0.2);
    }

    public void Dispose() => algebra.Dispose();
}
