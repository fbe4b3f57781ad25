using Engine.Kernels.Geometry;

namespace Engine.Core.Observables;

/// <summary>
/// Wave vectors k = 2π (n_x a* + n_y b* + n_z c*) of a cell, one of each pair ±k, in shells of |k|: all of them below a limit, a fixed
/// pseudo-random choice above. Sorted by (n_x, n_y, n_z).
/// </summary>
internal sealed class WaveVectorSet
{
    public WaveVectorSet(Box box, StructureFactorSettings settings)
    {
        var shells = (int)Math.Round(settings.Maximum / settings.Spacing);
        var maximum = shells * settings.Spacing;
        Shells = shells;
        Limits =
        [
            (int)(maximum * box.A.Length / (2 * Math.PI)),
            (int)(maximum * box.B.Length / (2 * Math.PI)),
            (int)(maximum * box.C.Length / (2 * Math.PI)),
        ];
        var indices = new List<(int X, int Y, int Z)>();
        var shellOf = new List<int>();
        for (var x = 0; x <= Limits[0]; x++)
        {
            for (var y = x == 0 ? 0 : -Limits[1]; y <= Limits[1]; y++)
            {
                for (var z = x == 0 && y == 0 ? 1 : -Limits[2]; z <= Limits[2]; z++)
                {
                    var q = WaveVector(box, x, y, z).Length;
                    var shell = (int)(q / settings.Spacing);
                    if (shell >= shells || (q >= settings.AllVectorsBelow && !Chosen(x, y, z, q, box, settings)))
                    {
                        continue;
                    }
                    indices.Add((x, y, z));
                    shellOf.Add(shell);
                }
            }
        }
        Indices = [.. indices];
        ShellOf = [.. shellOf];
    }

    public int Shells { get; }

    public int Count => Indices.Length;

    public (int X, int Y, int Z)[] Indices { get; }

    public int[] ShellOf { get; }

    /// <summary>Largest |n| on each axis.</summary>
    public int[] Limits { get; }

    /// <summary>k with k·a = 2π n_x, k·b = 2π n_y, k·c = 2π n_z.</summary>
    public static Vector3d WaveVector(in Box box, int x, int y, int z)
    {
        var kx = 2 * Math.PI * x / box.LengthX;
        var ky = (2 * Math.PI * y - kx * box.TiltXY) / box.LengthY;
        var kz = (2 * Math.PI * z - kx * box.TiltXZ - ky * box.TiltYZ) / box.LengthZ;
        return new(kx, ky, kz);
    }

    private static bool Chosen(int x, int y, int z, double q, in Box box, StructureFactorSettings settings)
    {
        var expected = 0.5 * 4 * Math.PI * q * q * settings.Spacing * box.Volume / Math.Pow(2 * Math.PI, 3);
        if (expected <= settings.VectorsPerShell)
        {
            return true;
        }
        // SplitMix64 finaliser (Steele, Lea, Flood, OOPSLA 2014) as a hash of the indices.
        var h = unchecked(((ulong)(uint)x << 42) ^ ((ulong)(uint)(y + (1 << 20)) << 21) ^ (uint)(z + (1 << 20)));
        h = unchecked((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9UL);
        h = unchecked((h ^ (h >> 27)) * 0x94D049BB133111EBUL);
        h ^= h >> 31;
        return (h >> 11) * (1.0 / (1UL << 53)) < settings.VectorsPerShell / expected;
    }
}
