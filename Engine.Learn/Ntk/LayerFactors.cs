using System.Numerics;
using Engine.Kernels.Algebra;

namespace Engine.Learn.Ntk;

/// <summary>
/// What one use of a parameter left behind in a forward pass and C backward passes: the layer's inputs A and the derivatives G = ∂f_c/∂Z by its output before activation. Together they
/// are the gradients of all samples, which are never formed. Memory, of the host or of a CUDA device, belongs to whoever captured it and has to outlive this.
/// </summary>
/// <remarks>
/// Samples have one position each (dense layers) or several, of numbers that may differ: pixels, tokens, steps in time, nodes of a graph. A parameter that is used several times has
/// the positions of all uses in one, see <see cref="Tied"/>: its gradient is the sum over uses, and its kernel has the products of each use with each other.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class LayerFactors<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly IDisposable[] owned;

    private LayerFactors(
        string name, LayerRule rule, Matrix<T> inputs, int[] tokens, Matrix<T> gradients, int outputs, int[]? offsets, double weightScale, double biasScale, IDisposable[] owned)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        if (gradients.Rows % outputs != 0)
        {
            throw new ArgumentException($"layer {name}: {gradients.Rows} rows of derivatives are no multiple of {outputs} outputs");
        }
        Positions = gradients.Rows / outputs;
        Offsets = offsets ?? [.. Enumerable.Range(0, Positions + 1)];
        var found = rule switch
        {
            LayerRule.Product => inputs.Rows,
            LayerRule.Table => tokens.Length,
            _ => Positions,
        };
        if (found != Positions || Offsets is not [0, ..] || Offsets[^1] != Positions || Enumerable.Range(1, Offsets.Length - 1).Any(i => Offsets[i] < Offsets[i - 1]))
        {
            throw new ArgumentException(
                $"layer {name}: {Positions} positions of derivatives, {found} of inputs, and offsets of samples that go to {Offsets[^1]}; expected the same, and offsets from 0 upwards");
        }
        (Name, Rule, Inputs, Tokens, Gradients, Outputs) = (name, rule, inputs, tokens, gradients, outputs);
        (WeightScale, BiasScale, this.owned) = (weightScale, biasScale, owned);
    }

    public string Name { get; }

    public LayerRule Rule { get; }

    /// <summary>A, [positions, a]; empty for rules without. Layers that are given the same matrix share its products.</summary>
    public Matrix<T> Inputs { get; }

    /// <summary>Rows of the table, [positions]; empty for other rules.</summary>
    public IReadOnlyList<int> Tokens { get; }

    /// <summary>G, [C · positions, b], output by output.</summary>
    public Matrix<T> Gradients { get; }

    public int Outputs { get; }

    /// <summary>
    /// u, [C, b], where nothing but a function of each number and a dense layer of weights w comes after the layer, and empty elsewhere. The derivatives of output c at position p are then
    /// d_p ∘ w_c, the sums over outputs Σ_c g_p·g_q = Σ_k s_k d_pk d_qk with s_k = Σ_c w_ck², and one row Σ_c u_ck g_pk with u_ck = w_ck/√s_k has the products of all C.
    /// </summary>
    public Matrix<T> Directions { get; private init; }

    /// <summary>Where the positions of each sample start, and the end: [N + 1].</summary>
    public int[] Offsets { get; }

    public int Samples => Offsets.Length - 1;

    public int Positions { get; }

    /// <summary>What the weights are multiplied with in the forward pass, after which A was captured: 1, or as the NTK parameterisation has it.</summary>
    public double WeightScale { get; }

    /// <summary>The same of the bias; 0 without one.</summary>
    public double BiasScale { get; }

    /// <summary>Weights [b, a] that multiply inputs, with or without a bias [b].</summary>
    /// <param name="name">Name of the layer.</param>
    /// <param name="inputs">A, [positions, a].</param>
    /// <param name="gradients">G, [C · positions, b], output by output.</param>
    /// <param name="outputs">C.</param>
    /// <param name="offsets">Where the positions of each sample start, and the end; null: one position a sample.</param>
    /// <param name="weightScale">What weights are multiplied with.</param>
    /// <param name="biasScale">The same of the bias; 0 without one.</param>
    /// <param name="directions"><see cref="Directions"/>.</param>
    public static LayerFactors<T> Product(
        string name, Matrix<T> inputs, Matrix<T> gradients, int outputs, int[]? offsets = null, double weightScale = 1, double biasScale = 1, Matrix<T> directions = default) =>
        new(name, LayerRule.Product, inputs, [], gradients, outputs, offsets, weightScale, biasScale, []) { Directions = directions };

    /// <summary>Parameters whose gradients are the rows of G, those of a sample's positions added up.</summary>
    public static LayerFactors<T> Vector(string name, Matrix<T> gradients, int outputs, int[]? offsets = null, double scale = 1) =>
        new(name, LayerRule.Vector, default, [], gradients, outputs, offsets, scale, 0, []);

    /// <summary>A table of which position p reads row <paramref name="tokens"/>[p].</summary>
    public static LayerFactors<T> Table(string name, int[] tokens, Matrix<T> gradients, int outputs, int[]? offsets = null, double scale = 1) =>
        new(name, LayerRule.Table, default, tokens, gradients, outputs, offsets, scale, 0, []);

    /// <summary>A parameter of several uses, or of several steps in time: their positions, sample by sample, in memory of its own.</summary>
    /// <param name="name">Name of the parameter.</param>
    /// <param name="uses">Of one rule, width, number of outputs and samples, and scale.</param>
    public static LayerFactors<T> Tied(string name, params IReadOnlyList<LayerFactors<T>> uses)
    {
        var first = uses[0];
        foreach (var use in uses)
        {
            if ((use.Rule, use.Inputs.Columns, use.Gradients.Columns, use.Outputs, use.Samples, use.WeightScale, use.BiasScale)
                != (first.Rule, first.Inputs.Columns, first.Gradients.Columns, first.Outputs, first.Samples, first.WeightScale, first.BiasScale))
            {
                throw new ArgumentException($"the uses {first.Name} and {use.Name} of parameter {name} differ in rule, width, outputs, samples or scale");
            }
        }
        var positions = uses.Sum(u => u.Positions);
        var (offsets, tokens, next) = (new int[first.Samples + 1], new int[first.Rule == LayerRule.Table ? positions : 0], 0);
        var inputs = new MatrixBuffer<T>(first.Rule == LayerRule.Product ? positions : 0, first.Inputs.Columns);
        var gradients = new MatrixBuffer<T>(positions * first.Outputs, first.Gradients.Columns);
        var (a, g) = (inputs.Matrix, gradients.Matrix);
        for (var sample = 0; sample < first.Samples; sample++)
        {
            foreach (var use in uses)
            {
                for (var p = use.Offsets[sample]; p < use.Offsets[sample + 1]; p++, next++)
                {
                    if (first.Rule == LayerRule.Product)
                    {
                        use.Inputs.Row(p).CopyTo(a.Row(next));
                    }
                    else if (first.Rule == LayerRule.Table)
                    {
                        tokens[next] = use.Tokens[p];
                    }
                    for (var c = 0; c < first.Outputs; c++)
                    {
                        use.Gradients.Row(c * use.Positions + p).CopyTo(g.Row(c * positions + next));
                    }
                }
            }
            offsets[sample + 1] = next;
        }
        return new(
            name, first.Rule, first.Rule == LayerRule.Product ? a : default, tokens, g, first.Outputs, offsets, first.WeightScale, first.BiasScale, [inputs, gradients]);
    }

    /// <summary>The sizes of it.</summary>
    public LayerShape Shape => new(Name, Rule, Inputs.Columns, Gradients.Columns, Samples == 0 ? 1 : (double)Positions / Samples) { IsSeparable = Directions.Columns > 0 };

    /// <summary>Whether both multiply the same inputs of the same positions.</summary>
    internal bool HasInputsOf(LayerFactors<T> other) =>
        Rule == LayerRule.Product && other.Rule == LayerRule.Product && Inputs.IsSameAs(other.Inputs) && Offsets.AsSpan().SequenceEqual(other.Offsets);

    /// <summary>Frees what belongs to it: nothing, unless it was put together by <see cref="Tied"/>.</summary>
    public void Dispose() => Array.ForEach(owned, o => o.Dispose());
}
