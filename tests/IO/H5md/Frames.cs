using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.IO.H5md;
using Engine.Kernels.Geometry;

namespace Engine.Tests.IO.H5md;

/// <summary>Frames whose every number follows from seed and step, so that any reader can check any frame alone.</summary>
internal static class Frames
{
    public const int Stride = 10;

    public static readonly Observable[] Thermo =
    [
        Observable.Scalar("potential_energy", "eV", extensive: true),
        Observable.Scalar("temperature", "K"),
        new("pressure", [3, 3], "bar"),
    ];

    public static Configuration Make(long step, int count = 100, bool full = false)
    {
        var random = new Random((int)(step * 7919 + count));
        var length = 20 + 1e-3 * step;
        var positions = Array.ConvertAll(new double[3 * count], _ => length * random.NextDouble());
        return new Configuration
        {
            Step = step,
            Time = step * 0.002,
            Box = new Box(length, length, length, 0.5, 0.25, -0.125),
            SpeciesTable = [new("Hf", 178.49), new("O", 15.999)],
            Species = [.. Enumerable.Range(0, count).Select(i => i % 3 == 0 ? 0 : 1)],
            Positions = positions,
            Images = full ? Array.ConvertAll(new int[3 * count], _ => random.Next(-2, 3)) : null,
            Velocities = full ? Array.ConvertAll(new double[3 * count], _ => random.NextDouble() - 0.5) : null,
            Forces = full ? Array.ConvertAll(new double[3 * count], _ => random.NextDouble() - 0.5) : null,
        };
    }

    public static double[] Sample(long step) => [.. Enumerable.Range(0, 11).Select(i => Math.Sin(step + i))];

    public static H5mdOptions Options(bool full = false, int chunkBytes = 1 << 14, TrajectoryPrecision precision = TrajectoryPrecision.Double) => new()
    {
        Units = UnitSystem.Metal,
        Precision = precision,
        Velocities = full,
        Forces = full,
        Observables = [new ObservableStream(Thermo)],
        ChunkBytes = chunkBytes,
        Metadata = new Dictionary<string, string> { ["title"] = "test", ["seed"] = "1" },
    };

    /// <summary>Frames at steps 0, 10, 20, …, observables at every fifth step; within a step the observables come first.</summary>
    public static void Append(H5mdWriter writer, int first, int count, bool full = false, int particles = 100, Action<int>? after = null)
    {
        for (var i = first; i < first + count; i++)
        {
            for (var step = (long)i * Stride; step < (i + 1L) * Stride; step += 5)
            {
                writer.AppendObservables(0, step, step * 0.002, Sample(step));
                if (step % Stride == 0)
                {
                    writer.Append(Make(step, particles, full));
                }
            }
            after?.Invoke(i);
        }
    }

    public static string Write(string path, int count, bool full = false, H5mdOptions? options = null, int particles = 100)
    {
        using var writer = H5mdWriter.Create(path, Make(0, particles, full), options ?? Options(full));
        Append(writer, 0, count, full, particles);
        return path;
    }
}
