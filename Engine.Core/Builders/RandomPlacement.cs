using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;

namespace Engine.Core.Builders;

/// <summary>Random positions, uniform in the box under the condition that no two particles are nearer than a minimum distance.</summary>
public static class RandomPlacement
{
    private const int AttemptsPerParticle = 5000;

    /// <summary>
    /// Random sequential insertion, species by species in the order given. The same seed gives the same positions on every machine.
    /// </summary>
    /// <exception cref="InputException">A mass is missing for a density, or the particles do not fit.</exception>
    public static Configuration Build(RandomPlacementInput input, UnitSystem units, ulong seed, IReadOnlyDictionary<string, double>? masses = null)
    {
        var species = input.Counts.Keys.Select(name => new Species(name, SpeciesMasses.Find(name, units, masses))).ToArray();
        var kinds = new List<int>();
        var content = 0.0;
        for (var kind = 0; kind < species.Length; kind++)
        {
            var count = input.Counts[species[kind].Name];
            kinds.AddRange(Enumerable.Repeat(kind, count));
            content += input.Density is null ? 0 : count * SpeciesMasses.DensityWeight(species[kind], units);
        }
        var edges = input.Box is [var x, var y, var z] ? new Vector3d(x, y, z) : new Vector3d(1, 1, 1) * Math.Cbrt(content / input.Density!.Value);
        var box = new Box(edges.X, edges.Y, edges.Z);
        return new Configuration
        {
            Box = box,
            SpeciesTable = species,
            Species = [.. kinds],
            Positions = Place(kinds.Count, box, input.MinimumDistance, seed),
        };
    }

    private static double[] Place(int count, Box box, double minimumDistance, ulong seed)
    {
        // Cells not smaller than the distance, so that 27 of them hold every near neighbour; not more cells than particles.
        var limit = Math.Max(1, (int)Math.Cbrt(count));
        int CellsAlong(double length) => minimumDistance > 0 ? Math.Clamp((int)(length / minimumDistance), 1, limit) : 1;
        var (nx, ny, nz) = (CellsAlong(box.LengthX), CellsAlong(box.LengthY), CellsAlong(box.LengthZ));
        var first = new int[nx * ny * nz];
        Array.Fill(first, -1);
        var next = new int[count];
        var positions = new double[3 * count];
        var counter = 0UL;
        for (var i = 0; i < count; i++)
        {
            for (var attempt = 0; ; attempt++)
            {
                if (attempt == AttemptsPerParticle)
                {
                    throw new InputException(
                        $"only {i} of {count} particles found a place at least {minimumDistance:R} from the others; lower system.random.minimumDistance or the density");
                }
                var r = new Vector3d(Uniform(seed, counter++) * box.LengthX, Uniform(seed, counter++) * box.LengthY, Uniform(seed, counter++) * box.LengthZ);
                var (cx, cy, cz) = (Math.Min((int)(r.X / box.LengthX * nx), nx - 1), Math.Min((int)(r.Y / box.LengthY * ny), ny - 1), Math.Min((int)(r.Z / box.LengthZ * nz), nz - 1));
                if (minimumDistance > 0 && !IsFree(r, cx, cy, cz))
                {
                    continue;
                }
                (positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]) = (r.X, r.Y, r.Z);
                var cell = (cz * ny + cy) * nx + cx;
                (next[i], first[cell]) = (first[cell], i);
                break;
            }
        }
        return positions;

        bool IsFree(Vector3d r, int cx, int cy, int cz)
        {
            for (var dz = -1; dz <= 1; dz++)
            {
                for (var dy = -1; dy <= 1; dy++)
                {
                    for (var dx = -1; dx <= 1; dx++)
                    {
                        var cell = ((cz + dz + nz) % nz * ny + (cy + dy + ny) % ny) * nx + (cx + dx + nx) % nx;
                        for (var j = first[cell]; j >= 0; j = next[j])
                        {
                            var d = box.MinimumImage(r - new Vector3d(positions[3 * j], positions[3 * j + 1], positions[3 * j + 2]));
                            if (d.LengthSquared < minimumDistance * minimumDistance)
                            {
                                return false;
                            }
                        }
                    }
                }
            }
            return true;
        }
    }

    /// <summary>
    /// Uniform in [0, 1): SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) at a position of its sequence; positions need no better statistics, and
    /// the streams of the dynamics stay untouched.
    /// </summary>
    private static double Uniform(ulong seed, ulong counter)
    {
        var z = Mix(seed) + (counter + 1) * 0x9E3779B97F4A7C15;
        return (Mix(z) >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
