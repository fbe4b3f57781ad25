using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;
using Engine.Learn.Ntk;

namespace Engine.Tests.Learn.Ntk;

/// <summary>A dense network in double, z = (s/√width) W φ(x) + t b, with the factors that its backward passes leave: enough to test kernels without another library.</summary>
internal sealed class SmallNetwork : IDisposable
{
    private readonly List<IDisposable> owned = [];
    private readonly int[] widths;
    private readonly double weightScale;
    private readonly double biasScale;
    private readonly Func<double, (double Value, double Slope)> activation;

    /// <param name="widths">Of inputs, hidden layers and outputs.</param>
    /// <param name="activation">φ and φ'.</param>
    /// <param name="weightScale">s.</param>
    /// <param name="biasScale">t.</param>
    /// <param name="seed">Of the parameters, standard normal.</param>
    public SmallNetwork(int[] widths, Func<double, (double Value, double Slope)> activation, double weightScale, double biasScale, int seed)
    {
        (this.widths, this.activation, this.weightScale, this.biasScale) = (widths, activation, weightScale, biasScale);
        var random = new System.Random(seed);
        for (var l = 0; l < widths.Length - 1; l++)
        {
            // The last column is the bias.
            Parameters.Add(Owned(new MatrixBuffer<double>(widths[l + 1], widths[l] + 1)).Matrix);
            for (var i = 0; i < widths[l + 1]; i++)
            {
                foreach (ref var p in Parameters[l].Row(i))
                {
                    p = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                }
            }
        }
    }

    public static Func<double, (double Value, double Slope)> Relu => z => (Math.Max(0, z), z > 0 ? 1 : 0);

    public static Func<double, (double Value, double Slope)> Tanh => z => (Math.Tanh(z), 1 - Math.Tanh(z) * Math.Tanh(z));

    public List<Matrix<double>> Parameters { get; } = [];

    public int Outputs => widths[^1];

    public double[,] Evaluate(Matrix<double> inputs)
    {
        var result = new double[inputs.Rows, Outputs];
        var (_, z) = Forward(inputs);
        for (var i = 0; i < inputs.Rows; i++)
        {
            for (var c = 0; c < Outputs; c++)
            {
                result[i, c] = z[^1][i, c];
            }
        }
        return result;
    }

    public FactorSet<double> Factors(Matrix<double> inputs)
    {
        var (a, z) = Forward(inputs);
        var (layers, n) = (Parameters.Count, inputs.Rows);
        var g = Enumerable.Range(0, layers).Select(l => Owned(new MatrixBuffer<double>(Outputs * n, widths[l + 1])).Matrix).ToArray();
        using var algebra = LinearAlgebra.OfProcessor(Workers.Single);
        for (var row = 0; row < Outputs * n; row++)
        {
            g[^1][row, row / n] = 1;
        }
        for (var l = layers - 1; l > 0; l--)
        {
            algebra.Gemm(weightScale / Math.Sqrt(widths[l]), g[l], Parameters[l].Block(0, 0, widths[l + 1], widths[l]), 0, g[l - 1]);
            for (var row = 0; row < Outputs * n; row++)
            {
                for (var k = 0; k < widths[l]; k++)
                {
                    g[l - 1][row, k] *= activation(z[l - 1][row % n, k]).Slope;
                }
            }
        }
        return new(Enumerable.Range(0, layers).Select(l =>
            LayerFactors<double>.Product($"layer {l + 1}", a[l], g[l], Outputs, null, weightScale / Math.Sqrt(widths[l]), biasScale)));
    }

    public void Dispose() => owned.ForEach(o => o.Dispose());

    private (Matrix<double>[] A, Matrix<double>[] Z) Forward(Matrix<double> inputs)
    {
        using var algebra = LinearAlgebra.OfProcessor(Workers.Single);
        var (a, z) = (new Matrix<double>[Parameters.Count], new Matrix<double>[Parameters.Count]);
        a[0] = inputs;
        for (var l = 0; l < Parameters.Count; l++)
        {
            z[l] = Owned(new MatrixBuffer<double>(inputs.Rows, widths[l + 1])).Matrix;
            algebra.Gemm(weightScale / Math.Sqrt(widths[l]), a[l], Parameters[l].Block(0, 0, widths[l + 1], widths[l]).Transposed, 0, z[l]);
            var next = Owned(new MatrixBuffer<double>(inputs.Rows, widths[l + 1])).Matrix;
            for (var i = 0; i < inputs.Rows; i++)
            {
                for (var k = 0; k < widths[l + 1]; k++)
                {
                    z[l][i, k] += biasScale * Parameters[l][k, widths[l]];
                    next[i, k] = activation(z[l][i, k]).Value;
                }
            }
            if (l + 1 < a.Length)
            {
                a[l + 1] = next;
            }
        }
        return (a, z);
    }

    private T Owned<T>(T resource)
        where T : IDisposable
    {
        owned.Add(resource);
        return resource;
    }
}
