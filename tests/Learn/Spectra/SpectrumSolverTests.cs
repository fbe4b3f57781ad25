using Engine.Kernels.Algebra;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;
using Engine.Learn.Torch;
using Engine.Tests.Kernels.Devices;
using Engine.Tests.Learn.Networks;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Spectra;

/// <summary>Every route to the spectrum of one network.</summary>
[Collection(LibtorchCollection.Name)]
public class SpectrumSolverTests
{
    private const int Samples = 40;

    /// <summary>85 parameters, 120 rows of the full kernel.</summary>
    private static readonly NetworkDefinition Definition = TestNetworks.Definition("dense");

    [SkippableTheory]
    [InlineData("full")]
    [InlineData("singleOutput:1")]
    public void RoutesAgree(string reduction)
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(Definition, 3);
        var data = Data();
        var settings = new SpectrumSettings { Reduction = OutputReduction.Parse(reduction), Largest = 12 };
        NetworkSpectrum By(SpectrumRoute route) => new SpectrumSolver(settings with { Route = route }, Workers.Single).Solve(network, data);
        var (dense, dual, lanczos, free) = (By(SpectrumRoute.Dense), By(SpectrumRoute.Dual), By(SpectrumRoute.Lanczos), By(SpectrumRoute.MatrixFree));
        Assert.Equal(dense.Rows, dual.Eigenvalues.Length);
        var largest = dense.Eigenvalues[0];
        for (var k = 0; k < dense.Rows; k++)
        {
            // Rounding of sums of a few hundred products.
            Assert.Equal(dense.Eigenvalues[k], dual.Eigenvalues[k], 1e-12 * largest);
        }
        Assert.Equal(dense.Entropy, dual.Entropy, 1e-10);
        Assert.Equal(dense.Trace, dense.Eigenvalues.Sum(), 1e-12 * dense.Trace);
        foreach (var estimate in new[] { lanczos, free })
        {
            Assert.Equal(12, estimate.Eigenvalues.Length);
            for (var k = 0; k < 12; k++)
            {
                // An eigenvalue is never farther from a Ritz value than its residual.
                Assert.Equal(dense.Eigenvalues[k], estimate.Eigenvalues[k], (estimate.Residuals![k] + 1e-12) * largest);
            }
            Assert.Equal(dense.Trace, estimate.Trace, 1e-12 * dense.Trace);
            // Four standard errors of the estimate, and its rounding.
            Assert.Equal(dense.Entropy, estimate.Entropy, 4 * estimate.EntropyError!.Value + 1e-6);
            Assert.True(estimate.Products > 0);
        }
        Assert.Equal(lanczos.Eigenvalues[0], free.Eigenvalues[0], 1e-10 * largest);
    }

    /// <summary>Where a device computes the kernel, what follows from it is the same but for the order of sums.</summary>
    [SkippableTheory]
    [InlineData(SpectrumRoute.Dense)]
    [InlineData(SpectrumRoute.Lanczos)]
    public void ADeviceHasTheSpectrumOfTheProcessor(SpectrumRoute route)
    {
        Libtorch.Require();
        TestDevices.Require("opencl");
        using var device = Device.Open("opencl");
        using var scope = new TensorScope();
        using var network = new Network(Definition, 3);
        var data = Data();
        var settings = new SpectrumSettings { Route = route, Reduction = OutputReduction.Full, Largest = 12 };
        var expected = new SpectrumSolver(settings, Workers.Single).Solve(network, data);
        NetworkSpectrum found = null!;
        Assert.NotEmpty(device.Time(() => found = new SpectrumSolver(settings, Workers.Single, device).Solve(network, data)));
        Assert.Equal(expected.Entropy, found.Entropy, 1e-10);
        Assert.Equal(expected.Trace, found.Trace, 1e-12 * expected.Trace);
        for (var k = 0; k < expected.Eigenvalues.Length; k++)
        {
            Assert.Equal(expected.Eigenvalues[k], found.Eigenvalues[k], 1e-12 * expected.Eigenvalues[0]);
        }
    }

    /// <summary>A sum over outputs needs one product for each; the result is that of the kernel in memory.</summary>
    [SkippableTheory]
    [InlineData("meanTrace")]
    [InlineData("sumTrace")]
    [InlineData("full")]
    [InlineData("singleOutput:2")]
    public void ProductsWithoutAKernelAreThoseWithOne(string reduction)
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(Definition, 3);
        var data = Data();
        var kind = OutputReduction.Parse(reduction);
        using var tangent = new TangentKernel<double>(new() { Reduction = kind }, Workers.Single);
        using var kernel = tangent.Compute(new NetworkFactors<double>(network, data));
        using var algebra = LinearAlgebra.OfProcessor(Workers.Single);
        var free = new MatrixFreeKernel(network, data, Network.MainOutput, kind);
        Assert.Equal(kernel.Sum.Values.Rows, free.Size);
        using var vectors = new MatrixBuffer<double>(2, free.Size);
        using var expected = new MatrixBuffer<double>(2, free.Size);
        using var found = new MatrixBuffer<double>(2, free.Size);
        for (var k = 0; k < free.Size; k++)
        {
            (vectors.Matrix[0, k], vectors.Matrix[1, k]) = (Math.Sin(k), Math.Cos(3 * k));
        }
        new KernelOperator(kernel.Sum.Values, algebra).Multiply(vectors.Matrix, expected.Matrix);
        free.Multiply(vectors.Matrix, found.Matrix);
        var size = expected.Matrix.Row(0).ToArray().Max(Math.Abs);
        for (var k = 0; k < free.Size; k++)
        {
            Assert.Equal(expected.Matrix[0, k], found.Matrix[0, k], 1e-12 * size);
            Assert.Equal(expected.Matrix[1, k], found.Matrix[1, k], 1e-12 * size);
        }
    }

    [SkippableFact]
    public void TheRouteFollowsTheLimits()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(Definition, 3);
        var data = Data();
        NetworkSpectrum With(SpectrumSettings settings) => new SpectrumSolver(settings, Workers.Single).Solve(network, data, classes: [.. Enumerable.Range(0, Samples).Select(i => i % 2)]);
        var all = With(new());
        Assert.Equal(SpectrumRoute.Dense, all.Route);
        Assert.Equal((2, 3), (all.Classes.Count, all.Layers.Count));
        Assert.Equal(all.Trace, all.Layers.Sum(l => l.Trace), 1e-12 * all.Trace);
        Assert.Equal(all.Trace, all.Classes.Sum(c => c.MeanTrace * c.Samples), 1e-12 * all.Trace);
        Assert.InRange(all.Alignments[0, 1], 0, 1);
        var full = new SpectrumSettings { Reduction = OutputReduction.Full, Largest = 4 };
        // Between the memory of 2 · 85² and of 2 · 120² doubles.
        var dual = With(full with { MemoryLimit = 2 * 8 * 100 * 100.0 / (1L << 30) });
        Assert.Equal(SpectrumRoute.Dual, dual.Route);
        Assert.Contains("85 parameters", dual.Reason, StringComparison.Ordinal);
        Assert.Empty(dual.Classes);
        Assert.Equal(SpectrumRoute.Lanczos, With(full with { TimeLimit = 1e-12 }).Route);
        Assert.Equal(SpectrumRoute.MatrixFree, With(full with { MemoryLimit = 1e-5 }).Route);
        Assert.Contains("has no Jᵀ J", Assert.Throws<InputException>(() => With(new() { Route = SpectrumRoute.Dual })).Message, StringComparison.Ordinal);
        Assert.Contains("reduction diagonal", Assert.Throws<InputException>(() => With(new() { Reduction = OutputReduction.Diagonal })).Message, StringComparison.Ordinal);
        Assert.Contains("expected positive numbers", Assert.Throws<InputException>(() => With(new() { MemoryLimit = 0 })).Message, StringComparison.Ordinal);
    }

    /// <summary>The kernel and the cosine kernel are decomposed, then each of the three layers; nothing is measured for a route that was asked for.</summary>
    [SkippableFact]
    public void TheTimeLimitCountsEveryDecomposition()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var network = new Network(Definition, 3);
        var data = Data();
        NetworkSpectrum In(double decompositions) =>
            new SpectrumSolver(new() { TimeLimit = decompositions * Samples * Samples * Samples, Largest = 4 }, Workers.Single) { EigenSeconds = () => 1 }.Solve(network, data);
        Assert.Equal(SpectrumRoute.Lanczos, In(1.9).Route);
        Assert.Equal((SpectrumRoute.Dense, 0), (In(2.1).Route, In(4.9).Layers.Count));
        Assert.Equal((SpectrumRoute.Dense, 3), (In(5.1).Route, In(5.1).Layers.Count));
        var asked = new SpectrumSolver(new() { Route = SpectrumRoute.Dense }, Workers.Single) { EigenSeconds = () => throw new InvalidOperationException("measured") };
        Assert.Equal(SpectrumRoute.Dense, asked.Solve(network, data).Route);
    }

    private static TensorSamples Data()
    {
        var random = new Random(8);
        return new(torch.tensor([.. Enumerable.Range(0, 5 * Samples).Select(_ => 2 * random.NextDouble() - 1)], [Samples, 5]));
    }
}
