using System.Numerics;
using Engine.Kernels.Algebra;
using Engine.Learn.Ntk;

namespace Engine.Tests.Learn.Ntk;

/// <summary>Layers of every rule with random factors, and their gradients written out.</summary>
internal sealed class RandomLayers<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int MostTableRows = 12;

    private readonly List<IDisposable> owned = [];
    private readonly System.Random random;
    private readonly int samples;
    private readonly int outputs;

    public RandomLayers(int samples, int outputs, int seed = 1)
    {
        (this.samples, this.outputs, random) = (samples, outputs, new(seed));
    }

    public List<LayerFactors<T>> Layers { get; } = [];

    public FactorSet<T> Set => new(Layers);

    /// <summary>A dense layer, tokens by products of positions and by formed gradients, projections that share inputs, a bias, an embedding, and a parameter of two uses.</summary>
    public static RandomLayers<T> OfEveryRule(int samples, int outputs, int seed = 1)
    {
        var layers = new RandomLayers<T>(samples, outputs, seed);
        layers.Dense("dense", 7, 5, weightScale: 0.7, biasScale: 0.4);
        layers.Positions("few positions", layers.Ragged(0, 4), 30, 40);
        layers.Positions("many positions", layers.Ragged(30, 40), 3, 4, biasScale: 0.5);
        var offsets = layers.Ragged(2, 3);
        var shared = layers.Matrix(offsets[^1], 20);
        foreach (var name in new[] { "query", "key", "value" })
        {
            layers.Positions(name, offsets, shared, 24, biasScale: name == "key" ? 0 : 1);
        }
        layers.Layers.Add(LayerFactors<T>.Vector("norm", layers.Matrix(outputs * offsets[^1], 6), outputs, offsets, 1.5));
        layers.Embedding("embedding", layers.Ragged(1, 9), MostTableRows, 4);
        layers.Layers.Add(layers.Owned(LayerFactors<T>.Tied("recurrent", layers.Use(layers.Ragged(1, 1), 25, 26), layers.Use(layers.Ragged(1, 2), 25, 26))));
        layers.Layers.Add(layers.Owned(LayerFactors<T>.Tied("tables", layers.TableUse(layers.Ragged(1, 3), 5, 3), layers.TableUse(layers.Ragged(2, 2), 5, 3))));
        layers.Dense("dense", 4, outputs);
        return layers;
    }

    public int[] Ragged(int least, int most)
    {
        var offsets = new int[samples + 1];
        for (var i = 0; i < samples; i++)
        {
            offsets[i + 1] = offsets[i] + random.Next(least, most + 1);
        }
        return offsets;
    }

    public Matrix<T> Matrix(int rows, int columns)
    {
        var matrix = Owned(new MatrixBuffer<T>(rows, columns)).Matrix;
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                matrix[i, j] = T.CreateChecked(2 * random.NextDouble() - 1);
            }
        }
        return matrix;
    }

    public void Dense(string name, int inputs, int width, double weightScale = 1, double biasScale = 1) =>
        Layers.Add(LayerFactors<T>.Product(name, Matrix(samples, inputs), Matrix(outputs * samples, width), outputs, null, weightScale, biasScale));

    public void Positions(string name, int[] offsets, int inputs, int width, double biasScale = 1) =>
        Positions(name, offsets, Matrix(offsets[^1], inputs), width, biasScale);

    public void Positions(string name, int[] offsets, Matrix<T> inputs, int width, double biasScale) =>
        Layers.Add(LayerFactors<T>.Product(name, inputs, Matrix(outputs * offsets[^1], width), outputs, offsets, 1, biasScale));

    public void Embedding(string name, int[] offsets, int rows, int width) => Layers.Add(TableUse(offsets, rows, width, name));

    /// <summary>∂f_c(x_i)/∂θ of all parameters of the layers, one row after the other: row i · C + c.</summary>
    public double[][] Jacobian(Func<LayerFactors<T>, bool>? which = null) =>
        [.. Enumerable.Range(0, samples * outputs).Select(row => Layers.Where(which ?? (_ => true)).SelectMany(l => Gradient(l, row / outputs, row % outputs)).ToArray())];

    /// <summary>The kernel that a Jacobian has.</summary>
    public static double[,] Kernel(double[][] rows, double[][] columns, OutputReduction reduction, int outputs)
    {
        var (n, m) = (rows.Length / outputs, columns.Length / outputs);
        var result = new double[reduction.RowsOf(n, outputs), reduction.ColumnsOf(m, outputs)];
        double Theta(int i, int a, int j, int b) => System.Numerics.Tensors.TensorPrimitives.Dot<double>(rows[i * outputs + a], columns[j * outputs + b]);
        for (var r = 0; r < result.GetLength(0); r++)
        {
            for (var c = 0; c < result.GetLength(1); c++)
            {
                result[r, c] = reduction.Kind switch
                {
                    OutputReductionKind.Full => Theta(r / outputs, r % outputs, c / outputs, c % outputs),
                    OutputReductionKind.Diagonal => Theta(r % n, r / n, c, r / n),
                    OutputReductionKind.SingleOutput => Theta(r, reduction.Output, c, reduction.Output),
                    _ => Enumerable.Range(0, outputs).Sum(a => Theta(r, a, c, a)) * reduction.Weight(outputs),
                };
            }
        }
        return result;
    }

    public void Dispose() => owned.ForEach(o => o.Dispose());

    private LayerFactors<T> Use(int[] offsets, int inputs, int width) =>
        LayerFactors<T>.Product("use", Matrix(offsets[^1], inputs), Matrix(outputs * offsets[^1], width), outputs, offsets);

    private LayerFactors<T> TableUse(int[] offsets, int rows, int width, string name = "use") =>
        LayerFactors<T>.Table(name, [.. Enumerable.Range(0, offsets[^1]).Select(_ => random.Next(rows))], Matrix(outputs * offsets[^1], width), outputs, offsets);

    private static IEnumerable<double> Gradient(LayerFactors<T> layer, int sample, int output)
    {
        var (a, b) = (layer.Inputs.Columns, layer.Gradients.Columns);
        var rows = layer.Rule == LayerRule.Table ? MostTableRows : layer.Rule == LayerRule.Vector ? 1 : a;
        var (weights, bias) = (new double[rows * b], new double[layer.BiasScale == 0 ? 0 : b]);
        for (var p = layer.Offsets[sample]; p < layer.Offsets[sample + 1]; p++)
        {
            for (var k = 0; k < b; k++)
            {
                var g = double.CreateChecked(layer.Gradients[output * layer.Positions + p, k]);
                if (layer.Rule == LayerRule.Product)
                {
                    for (var l = 0; l < a; l++)
                    {
                        weights[l * b + k] += layer.WeightScale * g * double.CreateChecked(layer.Inputs[p, l]);
                    }
                }
                else
                {
                    weights[(layer.Rule == LayerRule.Table ? layer.Tokens[p] : 0) * b + k] += layer.WeightScale * g;
                }
                if (bias.Length > 0)
                {
                    bias[k] += layer.BiasScale * g;
                }
            }
        }
        return weights.Concat(bias);
    }

    private TResource Owned<TResource>(TResource resource)
        where TResource : IDisposable
    {
        owned.Add(resource);
        return resource;
    }
}
