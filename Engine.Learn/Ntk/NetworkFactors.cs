using System.Numerics;
using Engine.Kernels.Algebra;
using Engine.Kernels.Devices;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Ntk;

/// <summary>
/// Layer factors of a network for some data: one forward pass and C backward passes for each range of samples that is asked for. They are computed where the network is, or where they are
/// read: by a copy of the network on a CUDA device, if libtorch is built for it, which reads what is left there.
/// </summary>
/// <typeparam name="T">float or double; factors of a network of another precision are converted.</typeparam>
/// <param name="network">The network, as it is when factors are asked for; a copy elsewhere is of when they were first asked for there.</param>
/// <param name="data">N samples.</param>
/// <param name="output">Which output of the network; all its numbers but the axis of samples are the C.</param>
/// <param name="cancellation">Looked at before each backward pass.</param>
public sealed unsafe class NetworkFactors<T>(Network network, SampleSet data, string output = Network.MainOutput, CancellationToken cancellation = default) : IFactorSource<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Of factors of which no more are there, freed memory is kept for the next ones: asking for it anew would take longer than some kernels.</summary>
    private const long FewBytes = 1L << 28;

    /// <summary>Graphs from which the sizes of layers are taken; of other samples all are alike.</summary>
    private const int Probed = 16;

    private readonly Lazy<(int Outputs, LayerShape[] Layers)> probe = new(() => Probe(network, data, output));

    /// <summary>Of the network where factors are read, made once: its parameters are not carried there for every range of samples.</summary>
    private Network? copy;

    private static ScalarType Type => typeof(T) == typeof(double) ? ScalarType.Float64 : ScalarType.Float32;

    /// <inheritdoc/>
    public int Samples => data.Count;

    /// <inheritdoc/>
    public int Outputs => probe.Value.Outputs;

    /// <inheritdoc/>
    public IReadOnlyList<LayerShape> Layers => probe.Value.Layers;

    /// <inheritdoc/>
    public FactorBatch<T> Factors(int start, int end, Device? reader = null)
    {
        using var scope = new TensorScope();
        var there = reader?.Description.Kind == DeviceKind.Cuda && torch.cuda_is_available() ? reader : null;
        if (there is not null && copy?.Device != there.Address)
        {
            copy = network.At(there.Address);
        }
        var gradients = LayerGradients.Capture(there is null ? network : copy!, data.Range(start, end), output, cancellation);
        var made = new List<Tensor>();
        var bytes = sizeof(T) * gradients.Blocks.Sum(block => block.Gradient.numel() + (block.Input?.numel() ?? 0));
        try
        {
            var layers = Convert(gradients, made, there);
            // The library has a queue of its own.
            there?.AwaitOthers();
            return new([.. layers.Select(l => l.Factors)], 0, kept => FreeAllBut(kept.Select(l => layers[l].Derivatives).ToHashSet()));
        }
        catch
        {
            FreeAllBut([]);
            throw;
        }

        void FreeAllBut(HashSet<Tensor> kept)
        {
            gradients.FreeAllBut(kept);
            made.Where(tensor => !kept.Contains(tensor)).ToList().ForEach(tensor => tensor.Dispose());
            if (kept.Count == 0 && bytes > FewBytes)
            {
                torch.trim_memory();
            }
        }
    }

    private static (int, LayerShape[]) Probe(Network network, SampleSet data, string output)
    {
        using var scope = new TensorScope();
        var one = data.Range(0, Math.Min(1, data.Count));
        using var gradients = LayerGradients.Capture(network, one.Graph is null ? one : data.Range(0, Math.Min(Probed, data.Count)), output);
        var made = new List<Tensor>();
        try
        {
            return (gradients.Outputs, [.. Convert(gradients, made, null).Select(l => l.Factors.Shape)]);
        }
        finally
        {
            made.ForEach(tensor => tensor.Dispose());
        }
    }

    /// <param name="gradients">What was captured.</param>
    /// <param name="made">Gets the tensors that the factors need besides.</param>
    /// <param name="reader">The device that has the network and reads them there; null: they come to the host.</param>
    /// <returns>Of each layer its factors, and the tensor that has its derivatives.</returns>
    private static List<(LayerFactors<T> Factors, Tensor Derivatives)> Convert(LayerGradients gradients, List<Tensor> made, Device? reader)
    {
        var inputs = new Dictionary<Tensor, Tensor>();
        var layers = new List<(LayerFactors<T>, Tensor)>();
        foreach (var block in gradients.Blocks)
        {
            var outputs = gradients.Outputs;
            var g = Placed(block.Gradient);
            switch (block.Rule)
            {
                case UseRule.Product:
                    if (!inputs.TryGetValue(block.Input!, out var a))
                    {
                        inputs[block.Input!] = a = Placed(block.Input!);
                    }
                    var (left, right) = (View(a, reader), View(g, reader));
                    var (width, units) = (left.Columns / block.Groups, right.Columns / block.Groups);
                    for (var k = 0; k < block.Groups; k++)
                    {
                        layers.Add((LayerFactors<T>.Product(
                            block.Layer, left.Block(0, k * width, left.Rows, width), right.Block(0, k * units, right.Rows, units), outputs, block.Offsets, block.Scale,
                            block.Bias is null ? 0 : block.BiasScale, block.Directions is null ? default : View(Placed(block.Directions), reader)), g));
                    }
                    break;
                case UseRule.Vector:
                    layers.Add((LayerFactors<T>.Vector(block.Layer, View(g, reader), outputs, block.Offsets), g));
                    break;
                default:
                    layers.Add((LayerFactors<T>.Table(block.Layer, [.. block.Input!.to_long().Select(id => (int)id)], View(g, reader), outputs, block.Offsets, block.Scale), g));
                    break;
            }
        }
        return layers;

        Tensor Keep(Tensor tensor)
        {
            made.Add(TensorScope.Release(tensor));
            return tensor;
        }

        Tensor Placed(Tensor tensor)
        {
            var there = reader is not null || tensor.device == "cpu" ? tensor : tensor.to("cpu");
            there = there.dtype == Type ? there : there.to(Type);
            return ReferenceEquals(there, tensor) ? tensor : Keep(there);
        }
    }

    /// <summary>A contiguous tensor of two axes or more as a matrix, the last axis as columns.</summary>
    private static Matrix<T> View(Tensor tensor, Device? reader)
    {
        var elements = (T*)tensor.data_ptr;
        var columns = checked((int)tensor.shape[^1]);
        var rows = checked((int)(tensor.numel() / columns));
        return reader is null ? new(elements, rows, columns, columns) : new(reader, elements, rows, columns, columns);
    }
}
