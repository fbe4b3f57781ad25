using System.Globalization;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Geometry;
using Xunit;

namespace Engine.Tests.Core.Potentials;

/// <summary>Cells, files and small reference configurations that the tests of potentials share.</summary>
internal static class Cells
{
    public static readonly Species[] HafniumOxygen = [new("Hf", 178.49), new("O", 15.999)];

    public static readonly Species[] OneKind = [new("A", 1)];

    public static string Root { get; } = FindRoot();

    public static PotentialModel Example(string name, Species[] species, UnitSystem? units = null) =>
        PotentialModel.Build(PotentialFile.Load(Path.Combine(Root, "examples", "potentials", name + ".json")), species, units ?? UnitSystem.Metal);

    public static PotentialModel Model(string json, Species[]? species = null, UnitSystem? units = null) =>
        PotentialModel.Build(PotentialFile.Parse(json, "test.json"), species ?? HafniumOxygen, units ?? UnitSystem.Metal);

    /// <summary>A potential with the two species of HfO2 and the given terms.</summary>
    public static string HafniaJson(double hafnium, double oxygen, params string[] terms) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        { "name": "test", "units": "metal", "species": { "Hf": { "mass": 178.49, "charge": {{hafnium}} }, "O": { "mass": 15.999, "charge": {{oxygen}} } },
          "terms": [ {{string.Join(", ", terms)}} ] }
        """);

    public const string FormalBuckingham =
        """{ "type": "buckingham", "cutoff": 8, "pairs": { "Hf-O": { "A": 1454.6, "rho": 0.35 }, "O-O": { "A": 22764.0, "rho": 0.149, "C": 27.88 } } }""";

    /// <summary>Fluorite MX2 of lattice constant a, n conventional cells along each axis; species 0 and 1; optional displacement of up to ±shake.</summary>
    public static Configuration Fluorite(double a, int n = 1, double shake = 0)
    {
        var positions = new List<double>();
        var species = new List<int>();
        var random = new Random(7);
        void Put(int kind, double x, double y, double z)
        {
            species.Add(kind);
            foreach (var value in (double[])[x, y, z])
            {
                positions.Add(a * value + shake * (2 * random.NextDouble() - 1));
            }
        }
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var k = 0; k < n; k++)
                {
                    Put(0, i, j, k);
                    Put(0, i + 0.5, j + 0.5, k);
                    Put(0, i + 0.5, j, k + 0.5);
                    Put(0, i, j + 0.5, k + 0.5);
                    for (var corner = 0; corner < 8; corner++)
                    {
                        Put(1, i + 0.25 + 0.5 * (corner & 1), j + 0.25 + 0.5 * (corner >> 1 & 1), k + 0.25 + 0.5 * (corner >> 2));
                    }
                }
            }
        }
        return new() { Box = Box.Cubic(a * n), SpeciesTable = HafniumOxygen, Species = [.. species], Positions = [.. positions] };
    }

    /// <summary>The same particles in a strained cell: every vector r becomes (1 + ε) r. ε is lower triangular (x, y, z rows), so that the cell stays in its form.</summary>
    public static Configuration Strained(Configuration c, double xx, double yy, double zz, double yx, double zx, double zy)
    {
        Vector3d Map(Vector3d r) => new(r.X + xx * r.X + yx * r.Y + zx * r.Z, r.Y + yy * r.Y + zy * r.Z, r.Z + zz * r.Z);
        var positions = new double[c.Positions.Length];
        for (var i = 0; i < c.Count; i++)
        {
            var r = Map(c.Position(i));
            (positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]) = (r.X, r.Y, r.Z);
        }
        Vector3d a = Map(c.Box.A), b = Map(c.Box.B), cc = Map(c.Box.C);
        return new()
        {
            Box = new(a.X, b.Y, cc.Z, b.X, cc.X, cc.Y),
            SpeciesTable = c.SpeciesTable,
            Species = c.Species,
            Positions = positions,
        };
    }

    /// <summary>Slots in id order, one cluster for each run of eight of a species, vacant slots at the end of each species.</summary>
    public static ParticleSystem Slots(Configuration c)
    {
        const int size = ParticleSystem.ClusterSize;
        var counts = new int[c.SpeciesTable.Count];
        foreach (var s in c.Species)
        {
            counts[s]++;
        }
        var slots = counts.Sum(count => (count + size - 1) / size * size);
        var system = new ParticleSystem(c.SpeciesTable, c.Box, slots) { Count = c.Count };
        Array.Fill(system.Id, -1);
        var slot = 0;
        for (var s = 0; s < counts.Length; s++)
        {
            for (var i = 0; i < c.Count; i++)
            {
                if (c.Species[i] == s)
                {
                    system.Id[slot] = i;
                    var r = c.Position(i);
                    (system.X[slot], system.Y[slot], system.Z[slot]) = (r.X, r.Y, r.Z);
                    system.ClusterSpecies[slot / size] = s;
                    slot++;
                }
            }
            for (; slot % size != 0; slot++)
            {
                // What a vacant slot holds must not matter.
                (system.X[slot], system.Y[slot], system.Z[slot]) = (double.NaN, 1e30, 5);
                system.ClusterSpecies[slot / size] = s;
            }
        }
        return system;
    }

    /// <summary>A file of the reference data of molecular dynamics, or null where that folder is absent.</summary>
    public static string? SharedData(string name) => SharedFile(Path.Combine("md", name));

    /// <summary>A file of the reference data, or null where that folder is absent.</summary>
    public static string? SharedFile(string name)
    {
        var path = Path.Combine(Root, "..", "shared", "data", name);
        return File.Exists(path) ? path : null;
    }

    /// <summary>Reads the LAMMPS data files of the reference set: atom styles atomic (id type x y z) and charge (id type q x y z), orthogonal cells.</summary>
    public static Configuration ReadLammps(string path, Species[] species)
    {
        var lines = File.ReadAllLines(path);
        double Length(string axis) => double.Parse(
            lines.First(l => l.EndsWith(axis + "hi", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
        var rows = lines.SkipWhile(l => !l.StartsWith("Atoms", StringComparison.Ordinal)).Skip(1).Where(l => l.Length > 0)
            .TakeWhile(l => char.IsDigit(l[0])).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .OrderBy(f => int.Parse(f[0], CultureInfo.InvariantCulture)).ToArray();
        return new()
        {
            Box = new(Length("x"), Length("y"), Length("z")),
            SpeciesTable = species,
            Species = [.. rows.Select(f => int.Parse(f[1], CultureInfo.InvariantCulture) - 1)],
            Positions = [.. rows.SelectMany(f => f[^3..]).Select(v => double.Parse(v, CultureInfo.InvariantCulture))],
        };
    }

    public static double[] ReadForces(string path) =>
        [.. File.ReadLines(path).Where(l => l[0] != '#').SelectMany(l => l.Split(' ')[5..]).Select(v => double.Parse(v, CultureInfo.InvariantCulture))];

    /// <summary>Equal to a relative tolerance.</summary>
    public static void Near(double expected, double actual, double relative, double absolute = 0) =>
        Assert.True(
            Math.Abs(actual - expected) <= relative * Math.Abs(expected) + absolute,
            string.Create(CultureInfo.InvariantCulture, $"expected {expected:R}, found {actual:R}, relative difference {(actual - expected) / expected:g3}"));

    /// <summary>Each component within a share of the largest one.</summary>
    public static void Near(SymmetricTensor expected, SymmetricTensor actual, double relative)
    {
        double[] e = Components(expected), a = Components(actual);
        var scale = e.Max(Math.Abs);
        for (var i = 0; i < 6; i++)
        {
            Near(e[i], a[i], 0, relative * scale);
        }
    }

    public static double[] Components(SymmetricTensor t) => [t.XX, t.YY, t.ZZ, t.XY, t.XZ, t.YZ];

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "engine.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("engine.sln not found above the tests");
    }
}
