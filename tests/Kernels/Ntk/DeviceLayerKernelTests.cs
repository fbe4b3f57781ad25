using System.Numerics;
using Engine.Kernels.Devices;
using Engine.Kernels.Ntk;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Kernels.Ntk;

/// <summary>What a layer adds to a kernel on a device, beside sums that are written out: samples below, at and above the size of a tile, without positions, and more than a tile of them.</summary>
[Collection("device")]
public sealed class DeviceLayerKernelTests
{
    private const double Scale = 0.7;
    private const double Offset = 0.3;

    /// <summary>Samples of one position, and the numbers of positions of samples of several.</summary>
    private static readonly Dictionary<string, int[]> Sizes = new()
    {
        ["one"] = [1],
        ["a tile less one"] = [.. Enumerable.Repeat(1, 63)],
        ["a tile and one"] = [.. Enumerable.Repeat(1, 65)],
        ["two tiles and two"] = [.. Enumerable.Repeat(1, 130)],
        ["ragged"] = [0, 3, 0, 70, 64, 1, 129, 63, 2, 0, 65, 5, 128, 0],
        ["empty"] = [0, 0],
    };

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var kind in new[] { "opencl", "cuda" })
            {
                foreach (var size in Sizes.Keys)
                {
                    foreach (var pairs in new[] { "sum", "each", "all" })
                    {
                        cases.Add(kind, size, pairs);
                    }
                }
            }
            return cases;
        }
    }

    /// <summary>
    /// Double: sums of at most 130² products of numbers below one, relative to the largest element. Float: products of 17 or 18 and of at most 3 · 36 terms, whose rounding is 6e-8 √108 of
    /// that. Rows of an even number of elements are read by pairs, the last of them one by one.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void ProductsOfPositionsAreSummed(string kind, string size, string pairs)
    {
        var device = TestDevices.Get(kind);
        foreach (var (inputs, width) in new[] { (17, 21), (18, 36) })
        {
            Check<double>(device, Sizes[size], inputs, width, 3, pairs, 1e-12);
            Check<float>(device, Sizes[size], inputs, width, 3, pairs, 6e-8 * Math.Sqrt(3 * width));
        }
    }

    /// <summary>Launches of another size, once more, and other samples beside them change no bit.</summary>
    [SkippableTheory]
    [MemberData(nameof(TestDevices.Kinds), MemberType = typeof(TestDevices))]
    public void AnElementDependsOnItsTwoSamplesAlone(string kind)
    {
        var device = TestDevices.Get(kind);
        int[] sizes = [0, 3, 0, 70, 64, 1, 129, 63, 2, 0, 65, 5, 128, 0];
        using var all = new Layer<float>(device, sizes, 17, 21, 3, seed: 1);
        var whole = all.Times(all, lower: true, OutputPairs.Sum(3, 21), 1, new(device));
        // Launches of few groups; a launch again.
        Assert.Equal(whole, all.Times(all, lower: true, OutputPairs.Sum(3, 21), 1, new(device, mostGroups: 5)));
        Assert.Equal(whole, all.Times(all, lower: true, OutputPairs.Sum(3, 21), 1, new(device)));
        // The same samples without those before and after, so that they lie elsewhere in tiles.
        for (var first = 0; first < sizes.Length; first += 2)
        {
            using var some = all.Part(first, sizes.Length - 1);
            var part = some.Times(all, lower: false, OutputPairs.Sum(3, 21), 1, new(device, mostGroups: 3));
            for (var i = first; i < sizes.Length - 1; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    Assert.Equal(whole[i * sizes.Length + j], part[(i - first) * sizes.Length + j]);
                }
            }
        }
    }

    /// <summary>Long products in chunks, by one group or spread over planes: a rounding of each of the products of numbers below one, 1e-16, would be a thousandth of the tolerance.</summary>
    [SkippableTheory]
    [MemberData(nameof(TestDevices.Kinds), MemberType = typeof(TestDevices))]
    public void PlanesShareLongProducts(string kind)
    {
        var device = TestDevices.Get(kind);
        const int samples = 5;
        const int width = 3000;
        var random = new System.Random(1);
        double[] numbers = [.. Enumerable.Range(0, 2 * samples * width).Select(_ => random.NextDouble())];
        using var positions = new DevicePositions(device, [.. Enumerable.Range(0, samples + 1)]);
        using var gradients = device.Allocate<double>(numbers);
        var factors = new DeviceFactors<double>(positions, null, 0, gradients, Outputs: 2, width);
        var layerKernel = new DeviceLayerKernel<double>(device);
        foreach (var planes in new[] { 1, 2, 16 })
        {
            using var sum = new DeviceKernelMatrix(device, samples, samples, planes);
            layerKernel.AddProducts(factors, factors, lower: false, 0, Offset, OutputPairs.Sum(2, width), sum);
            layerKernel.AddUp(sum);
            using var all = new DeviceKernelMatrix(device, 2 * samples, 2 * samples, planes);
            layerKernel.AddProducts(factors, factors, lower: false, 0, Offset, OutputPairs.All(2, width), all);
            layerKernel.AddUp(all);
            var (foundSum, foundAll) = (sum.Elements.ToArray(), all.Elements.ToArray());
            for (var i = 0; i < 2 * samples; i++)
            {
                for (var j = 0; j < 2 * samples; j++)
                {
                    Assert.Equal(Offset * Dot(numbers, i * width, numbers, j * width, width), foundAll[i * 2 * samples + j], 1e-12 * width);
                    if (i < samples && j < samples)
                    {
                        Assert.Equal(Offset * Dot(numbers, 2 * i * width, numbers, 2 * j * width, 2 * width), foundSum[i * samples + j], 1e-12 * width);
                    }
                }
            }
        }
    }

    internal static void Check<T>(Device device, int[] sizes, int inputs, int width, int outputs, string which, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var rows = new Layer<T>(device, sizes, inputs, width, outputs, seed: 1);
        using var columns = new Layer<T>(device, [2, 0, 66, 1], inputs, width, outputs, seed: 2);
        var perSample = which == "all" ? outputs : 1;
        var blocks = which == "sum" ? 1 : outputs;
        OutputPairs Pairs() => which switch
        {
            "sum" => OutputPairs.Sum(outputs, width),
            "each" => OutputPairs.Each(outputs, width, sizes.Length),
            _ => OutputPairs.All(outputs, width),
        };
        var symmetric = rows.Times(rows, lower: true, Pairs(), blocks, new(device));
        var cross = rows.Times(columns, lower: false, Pairs(), blocks, new(device));
        var largest = Enumerable.Range(0, sizes.Length).Max(i => Expected(rows, rows, which, i, i, 0, 0));
        for (var i = 0; i < sizes.Length; i++)
        {
            for (var pair = 0; pair < (which == "all" ? outputs * outputs : blocks); pair++)
            {
                var (a, b) = which == "all" ? (pair / outputs, pair % outputs) : (pair, pair);
                for (var j = 0; j <= i; j++)
                {
                    Assert.Equal(Expected(rows, rows, which, i, j, a, b), symmetric[Place(i, j, a, b, sizes.Length)], tolerance * largest);
                }
                for (var j = 0; j < 4; j++)
                {
                    Assert.Equal(Expected(rows, columns, which, i, j, a, b), cross[Place(i, j, a, b, 4)], tolerance * largest);
                }
            }
        }

        int Place(int i, int j, int a, int b, int samples) => which switch
        {
            "all" => (i * perSample + a) * samples * perSample + j * perSample + b,
            _ => (a * sizes.Length + i) * samples + j,
        };
    }

    private static double Expected<T>(Layer<T> rows, Layer<T> columns, string which, int i, int j, int a, int b)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var sum = 0.0;
        for (var p = rows.Offsets[i]; p < rows.Offsets[i + 1]; p++)
        {
            for (var q = columns.Offsets[j]; q < columns.Offsets[j + 1]; q++)
            {
                var inputs = Scale * Dot(rows.Inputs, p * rows.InputWidth, columns.Inputs, q * rows.InputWidth, rows.InputWidth) + Offset;
                var (width, stride) = (rows.Width, rows.Outputs * rows.Width);
                sum += inputs * (which == "sum"
                    ? Dot(rows.Gradients, p * stride, columns.Gradients, q * stride, stride)
                    : Dot(rows.Gradients, p * stride + a * width, columns.Gradients, q * stride + b * width, width));
            }
        }
        return sum;
    }

    private static double Dot<T>(T[] x, int i, T[] y, int j, int length)
        where T : IFloatingPointIeee754<T>
    {
        var sum = 0.0;
        for (var k = 0; k < length; k++)
        {
            sum += double.CreateChecked(x[i + k]) * double.CreateChecked(y[j + k]);
        }
        return sum;
    }

    /// <summary>Random factors on the host and on a device.</summary>
    private sealed class Layer<T> : IDisposable
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Device device;
        private readonly DeviceFactors<T> factors;

        public Layer(Device device, int[] sizes, int inputWidth, int width, int outputs, int seed)
            : this(device, [.. sizes.Prepend(0).Select((_, i) => sizes.Take(i).Sum())], Numbers(sizes.Sum() * inputWidth, seed), Numbers(sizes.Sum() * width * outputs, seed + 1), inputWidth, width, outputs)
        {
        }

        private Layer(Device device, int[] offsets, T[] inputs, T[] gradients, int inputWidth, int width, int outputs)
        {
            (this.device, Offsets, Inputs, Gradients) = (device, offsets, inputs, gradients);
            factors = new(new(device, offsets), device.Allocate<T>(inputs), inputWidth, device.Allocate<T>(gradients), outputs, width);
        }

        public int[] Offsets { get; }

        public T[] Inputs { get; }

        public T[] Gradients { get; }

        public int InputWidth => factors.InputWidth;

        public int Width => factors.Width;

        public int Outputs => factors.Outputs;

        public Layer<T> Part(int first, int end)
        {
            var (from, to, stride) = (Offsets[first], Offsets[end], factors.Outputs * factors.Width);
            return new(
                device, [.. Offsets[first..(end + 1)].Select(o => o - from)], Inputs[(from * factors.InputWidth)..(to * factors.InputWidth)],
                Gradients[(from * stride)..(to * stride)], factors.InputWidth, factors.Width, factors.Outputs);
        }

        public double[] Times(Layer<T> columns, bool lower, OutputPairs pairs, int blocks, DeviceLayerKernel<T> layerKernel)
        {
            var stride = (columns.Offsets.Length - 1) * (pairs == OutputPairs.All(factors.Outputs, factors.Width) ? factors.Outputs : 1);
            using var kernel = new DeviceKernelMatrix(device, (Offsets.Length - 1) * blocks, stride, planes: 1);
            layerKernel.AddProducts(factors, columns.factors, lower, Scale, Offset, pairs, kernel);
            return kernel.Elements.ToArray();
        }

        public void Dispose()
        {
            factors.Positions.Dispose();
            factors.Inputs!.Dispose();
            factors.Gradients.Dispose();
        }

        private static T[] Numbers(int count, int seed)
        {
            var random = new System.Random(seed);
            return [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked(2 * random.NextDouble() - 1))];
        }
    }
}
