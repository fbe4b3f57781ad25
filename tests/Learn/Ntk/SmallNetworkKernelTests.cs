using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;
using Xunit;

namespace Engine.Tests.Learn.Ntk;

/// <summary>Kernels of a network: against finite differences of its outputs and its loss, and against the limit of infinite width.</summary>
public sealed class SmallNetworkKernelTests
{
    /// <summary>Along v = Jᵀ z outputs change by J v = K z.</summary>
    [Fact]
    public void OutputsChangeAsTheKernelSays()
    {
        using var network = new SmallNetwork([4, 9, 7, 3], SmallNetwork.Tanh, 1.2, 0.3, seed: 3);
        using var inputs = Inputs(8, 4, seed: 4);
        using var kernel = new TangentKernel<double>(new() { Reduction = OutputReduction.Full }, Workers.Single);
        var factors = network.Factors(inputs.Matrix);
        using var result = kernel.Compute(factors);
        var random = new System.Random(5);
        var z = Enumerable.Range(0, 24).Select(_ => random.NextDouble() - 0.5).ToArray();
        var predicted = Enumerable.Range(0, 24).Select(r => Enumerable.Range(0, 24).Sum(c => result.Sum.Values[r, c] * z[c])).ToArray();
        var change = Directional(network, inputs.Matrix, factors, (i, c) => z[3 * i + c]);
        // Central differences of step 1e-5: error of the order of 1e-10 from the third derivative, 1e-11 from rounding.
        for (var row = 0; row < 24; row++)
        {
            Assert.Equal(predicted[row], change[row / 3, row % 3], 1e-7 * predicted.Max(Math.Abs));
        }
        // Of the loss ½ Σ f² the derivative by f is f: gradient flow changes the loss by −fᵀ K f.
        var f = network.Evaluate(inputs.Matrix);
        using var g = new MatrixBuffer<double>(8, 3);
        for (var row = 0; row < 24; row++)
        {
            g.Matrix[row / 3, row % 3] = f[row / 3, row % 3];
        }
        var along = Directional(network, inputs.Matrix, factors, (i, c) => f[i, c]);
        var expected = -Enumerable.Range(0, 24).Sum(row => f[row / 3, row % 3] * along[row / 3, row % 3]);
        Assert.Equal(expected, LossDynamics.PredictedLossChange(result.Sum, g.Matrix), 1e-7 * Math.Abs(expected));
    }

    /// <summary>Kernels of finite width differ from the limit by as much as a mean over the width does: the root of it.</summary>
    [Theory]
    [InlineData(InfiniteWidthActivation.Relu)]
    [InlineData(InfiniteWidthActivation.Erf)]
    public void WideNetworksApproachTheLimit(InfiniteWidthActivation kind)
    {
        using var inputs = Inputs(10, 8, seed: 6);
        Func<double, (double, double)> activation = kind == InfiniteWidthActivation.Relu ? SmallNetwork.Relu : Erf;
        using var limit = new InfiniteWidthKernel(2, kind, 1.4, 0.3).Of(inputs.Matrix, inputs.Matrix, Workers.Single);
        using var kernel = new TangentKernel<double>(new(), Workers.Single);
        int[] widths = [32, 128, 512];
        var errors = widths.Select(width => Enumerable.Range(0, 10).Average(seed =>
        {
            using var network = new SmallNetwork([8, width, width, 1], activation, 1.4, 0.3, 100 * width + seed);
            using var result = kernel.Compute(network.Factors(inputs.Matrix));
            return Math.Log(KernelMeasures.Drift(result.Sum.Values, limit.Matrix, Workers.Single));
        })).ToArray();
        // Ten networks each: the logarithm of an error has a spread of about a third, its mean a tenth, a slope over a factor of 16 in width 0.05.
        Assert.InRange((errors[2] - errors[0]) / Math.Log(16), -0.6, -0.4);
        Assert.True(errors[2] < Math.Log(0.15));
    }

    private static (double, double) Erf(double z) => (Integral(z), 2 / Math.Sqrt(Math.PI) * Math.Exp(-z * z));

    /// <summary>erf by its power series, which has settled to rounding at 60 terms for |z| below 3, and beyond that is 1 to 2e-5.</summary>
    private static double Integral(double z)
    {
        if (Math.Abs(z) > 3)
        {
            return Math.Sign(z);
        }
        var (term, sum) = (z, z);
        for (var n = 1; n < 60; n++)
        {
            term *= -z * z / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double[,] Directional(SmallNetwork network, Matrix<double> inputs, FactorSet<double> factors, Func<int, int, double> z)
    {
        const double step = 1e-5;
        double[,] At(double shift)
        {
            Shift(network, inputs.Rows, factors, z, shift);
            var f = network.Evaluate(inputs);
            Shift(network, inputs.Rows, factors, z, -shift);
            return f;
        }
        var (up, down) = (At(step), At(-step));
        for (var i = 0; i < up.GetLength(0); i++)
        {
            for (var c = 0; c < up.GetLength(1); c++)
            {
                up[i, c] = (up[i, c] - down[i, c]) / (2 * step);
            }
        }
        return up;
    }

    private static void Shift(SmallNetwork network, int samples, FactorSet<double> factors, Func<int, int, double> z, double shift)
    {
        using var batch = factors.Factors(0, samples);
        for (var l = 0; l < network.Parameters.Count; l++)
        {
            var layer = batch.Layers[l];
            for (var k = 0; k < layer.Gradients.Columns; k++)
            {
                for (var sample = 0; sample < samples; sample++)
                {
                    var g = Enumerable.Range(0, network.Outputs).Sum(c => z(sample, c) * layer.Gradients[c * samples + sample, k]);
                    for (var j = 0; j < layer.Inputs.Columns; j++)
                    {
                        network.Parameters[l][k, j] += shift * layer.WeightScale * g * layer.Inputs[sample, j];
                    }
                    network.Parameters[l][k, layer.Inputs.Columns] += shift * layer.BiasScale * g;
                }
            }
        }
    }

    private static MatrixBuffer<double> Inputs(int rows, int columns, int seed)
    {
        var (random, inputs) = (new System.Random(seed), new MatrixBuffer<double>(rows, columns));
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var x in inputs.Matrix.Row(i))
            {
                x = 2 * random.NextDouble() - 1;
            }
        }
        return inputs;
    }
}
