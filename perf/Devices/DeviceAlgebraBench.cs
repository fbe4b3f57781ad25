using System.Text.Json.Nodes;
using Engine.Kernels.Algebra;

namespace Engine.Perf.Devices;

/// <summary>The products and eigenvalues that potentials and kernels of networks are made of, by the device's libraries.</summary>
internal static class DeviceAlgebraBench
{
    /// <summary>32 768 descriptors of 960 numbers against 1000 sparse points.</summary>
    public static IEnumerable<JsonObject> Products(DeviceSession session)
    {
        var device = session.Device;
        const int n = 32_768;
        const int d = 960;
        const int m = 1000;
        using var algebra = LinearAlgebra.On(device);
        yield return Product<double>("gemm, double", 1, 0);
        yield return Product<float>("gemm, float", 1, 0);

        JsonObject Product<T>(string name, T one, T zero)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            using var a = device.Allocate<T>((long)n * d);
            using var b = device.Allocate<T>((long)m * d);
            using var c = device.Allocate<T>((long)n * m);
            // Zeros heat a card less than numbers do, and it clocks higher.
            a.Upload(Numbers<T>(n * d));
            b.Upload(Numbers<T>(m * d));
            var seconds = DeviceClock.Fastest(device, () => algebra.Gemm(one, new(a, n, d), new Matrix<T>(b, m, d).Transposed, zero, new(c, n, m)));
            return DeviceExperiments.Line(device, name, new() { ["seconds"] = seconds, ["flopRate"] = 2.0 * n * d * m / seconds });
        }
    }

    private static T[] Numbers<T>(int length)
        where T : System.Numerics.IFloatingPointIeee754<T>
    {
        var random = new Random(length);
        var numbers = new T[length];
        for (var i = 0; i < length; i++)
        {
            numbers[i] = T.CreateTruncating(random.NextDouble() - 0.5);
        }
        return numbers;
    }

    public static IEnumerable<JsonObject> Eigenvalues(DeviceSession session)
    {
        var device = session.Device;
        using var algebra = LinearAlgebra.On(device);
        foreach (var n in new[] { 2000, 5000, 10_000 })
        {
            session.Cancellation.ThrowIfCancellationRequested();
            var random = new Random(n);
            var elements = new double[(long)n * n];
            for (var i = 0; i < elements.Length; i++)
            {
                elements[i] = random.NextDouble() - 0.5;
            }
            using var a = device.Allocate<double>(elements);
            using var values = device.Allocate<double>(n);
            foreach (var vectors in new[] { false, true })
            {
                a.Upload(elements);
                var seconds = DeviceClock.Once(device, () => algebra.SymmetricEigen(new(a, n, n), new(values, 1, n), vectors));
                yield return DeviceExperiments.Line(device, "eigen", new() { ["n"] = n, ["vectors"] = vectors, ["seconds"] = seconds });
            }
        }
    }
}
