using System.Numerics;
using Engine.Kernels.Algebra;
using Engine.Learn.Ntk;

namespace Engine.Perf;

/// <summary>Layer factors of random numbers, as many as a network of that shape has: how long a kernel takes does not depend on the values.</summary>
internal sealed class RandomFactors<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Vocabulary = 1000;

    private readonly List<MatrixBuffer<T>> owned = [];
    private readonly Random random = new(1);

    /// <param name="shapes">Of the layers.</param>
    /// <param name="samples">How many.</param>
    /// <param name="outputs">Of the network.</param>
    public RandomFactors(IReadOnlyList<LayerShape> shapes, int samples, int outputs)
    {
        Set = new(Layers(shapes, samples, outputs));
    }

    public FactorSet<T> Set { get; }

    public void Dispose() => owned.ForEach(o => o.Dispose());

    private IEnumerable<LayerFactors<T>> Layers(IReadOnlyList<LayerShape> shapes, int samples, int outputs)
    {
        var inputs = default(Matrix<T>);
        foreach (var shape in shapes)
        {
            var positions = samples * (int)shape.Positions;
            var offsets = Enumerable.Range(0, samples + 1).Select(i => i * (int)shape.Positions).ToArray();
            var gradients = Numbers(outputs * positions, shape.GradientWidth);
            // Key and value read what the query reads.
            inputs = shape.Rule != LayerRule.Product || shape.Name is "key" or "value" ? inputs : Numbers(positions, shape.InputWidth);
            yield return shape.Rule switch
            {
                LayerRule.Product => LayerFactors<T>.Product(shape.Name, inputs, gradients, outputs, offsets),
                LayerRule.Vector => LayerFactors<T>.Vector(shape.Name, gradients, outputs, offsets),
                _ => LayerFactors<T>.Table(shape.Name, [.. Enumerable.Range(0, positions).Select(_ => random.Next(Vocabulary))], gradients, outputs, offsets),
            };
        }
    }

    private Matrix<T> Numbers(int rows, int columns)
    {
        owned.Add(new(rows, columns));
        var matrix = owned[^1].Matrix;
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var x in matrix.Row(i))
            {
                x = T.CreateTruncating(random.NextDouble() - 0.5);
            }
        }
        return matrix;
    }
}
