using Engine.Core.Particles;
using Engine.Kernels.Geometry;

namespace Engine.Tests.Core.Observables;

/// <summary>Configurations with known properties.</summary>
internal static class Samples
{
    public static readonly Species[] Argon = [new("A", 1)];

    public static readonly Species[] Hafnia = [new("Hf", 178.49), new("O", 15.999)];

    public static Configuration Frame(Box box, double[] positions, int[]? species = null, Species[]? table = null, double time = 0) => new()
    {
        Time = time,
        Step = (long)Math.Round(time * 1000),
        Box = box,
        SpeciesTable = table ?? Argon,
        Species = species ?? new int[positions.Length / 3],
        Positions = positions,
    };

    public static Configuration IdealGas(Random random, int count, Box box, double time = 0)
    {
        var positions = new double[3 * count];
        for (var i = 0; i < count; i++)
        {
            Set(positions, i, box.ToCartesian(new(random.NextDouble(), random.NextDouble(), random.NextDouble())));
        }
        return Frame(box, positions, time: time);
    }

    public static Configuration Crystal(int cells, double a, Species[] table, params (int Species, double X, double Y, double Z)[] basis)
    {
        var positions = new List<double>();
        var species = new List<int>();
        for (var x = 0; x < cells; x++)
        {
            for (var y = 0; y < cells; y++)
            {
                for (var z = 0; z < cells; z++)
                {
                    foreach (var atom in basis)
                    {
                        positions.AddRange([(x + atom.X) * a, (y + atom.Y) * a, (z + atom.Z) * a]);
                        species.Add(atom.Species);
                    }
                }
            }
        }
        return Frame(Box.Cubic(cells * a), [.. positions], [.. species], table);
    }

    public static Configuration Fcc(int cells, double a) =>
        Crystal(cells, a, Argon, (0, 0, 0, 0), (0, 0, 0.5, 0.5), (0, 0.5, 0, 0.5), (0, 0.5, 0.5, 0));

    public static Configuration Fluorite(int cells, double a) => Crystal(
        cells, a, Hafnia,
        (0, 0, 0, 0), (0, 0, 0.5, 0.5), (0, 0.5, 0, 0.5), (0, 0.5, 0.5, 0),
        (1, 0.25, 0.25, 0.25), (1, 0.25, 0.25, 0.75), (1, 0.25, 0.75, 0.25), (1, 0.75, 0.25, 0.25),
        (1, 0.25, 0.75, 0.75), (1, 0.75, 0.25, 0.75), (1, 0.75, 0.75, 0.25), (1, 0.75, 0.75, 0.75));

    /// <summary>Hard spheres of diameter 1 by Metropolis Monte Carlo from an fcc start, one frame every <paramref name="gap"/> sweeps.</summary>
    public static List<Configuration> HardSphereLiquid(int cells, double density, int frames, int gap)
    {
        var start = Fcc(cells, Math.Cbrt(4 / density));
        var (box, r) = (start.Box, start.Positions);
        var n = start.Count;
        var random = new Random(7);
        var result = new List<Configuration>();
        for (var sweep = 1; result.Count < frames; sweep++)
        {
            for (var move = 0; move < n; move++)
            {
                var i = random.Next(n);
                var trial = new Vector3d(
                    r[3 * i] + 0.4 * (random.NextDouble() - 0.5), r[3 * i + 1] + 0.4 * (random.NextDouble() - 0.5), r[3 * i + 2] + 0.4 * (random.NextDouble() - 0.5));
                if (IsFree(r, i, trial, box.LengthX))
                {
                    Set(r, i, trial);
                }
            }
            if (sweep > 150 && sweep % gap == 0)
            {
                result.Add(Frame(box, (double[])r.Clone()));
            }
        }
        return result;
    }

    public static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static void Set(double[] positions, int i, Vector3d r) =>
        (positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]) = (r.X, r.Y, r.Z);

    private static bool IsFree(double[] r, int i, Vector3d trial, double length)
    {
        var inverse = 1 / length;
        for (var j = 0; j < r.Length / 3; j++)
        {
            double dx = trial.X - r[3 * j], dy = trial.Y - r[3 * j + 1], dz = trial.Z - r[3 * j + 2];
            dx -= length * Math.Round(dx * inverse);
            dy -= length * Math.Round(dy * inverse);
            dz -= length * Math.Round(dz * inverse);
            if (dx * dx + dy * dy + dz * dz < 1 && j != i)
            {
                return false;
            }
        }
        return true;
    }
}
