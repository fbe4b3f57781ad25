using System.Globalization;
using System.Text;
using Engine.Core.Files;
using Engine.Core.Gap.Active;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Native;

namespace Engine.IO.Structures;

/// <summary>
/// CP2K as the one who knows, through its own input and output: a template in which {cell} and {coordinates} stand for the lines of the sections CELL and COORD, with RUN_TYPE
/// ENERGY_FORCE and forces printed; the stress tensor is read where it is printed. Periodic cells only.
/// </summary>
public sealed class Cp2kOracle : IOracle
{
    private static readonly double Hartree = Quantity.Parse("1 hartree", QuantityKind.Energy, UnitSystem.Metal);
    private static readonly double HartreePerBohr = Quantity.Parse("1 hartree/bohr", QuantityKind.Force, UnitSystem.Metal);
    private static readonly double Gigapascal = Quantity.Parse("1 GPa", QuantityKind.Pressure, UnitSystem.Metal) / UnitSystem.Metal.PressurePerEnergyDensity;

    private readonly string template;
    private readonly string name;
    private readonly string program;
    private readonly TimeSpan? limit;

    /// <param name="path">The template.</param>
    /// <param name="limit">Longest time that CP2K may take for a frame; null for any.</param>
    /// <exception cref="InputException">It cannot be read or has not both places.</exception>
    /// <exception cref="MissingLibraryException">There is no cp2k on PATH.</exception>
    public Cp2kOracle(string path, TimeSpan? limit = null)
    {
        this.limit = limit;
        name = Path.GetFileName(path);
        try
        {
            template = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"cannot read the CP2K template {path}: {error.OneLine()}; check the path", error);
        }
        if (!template.Contains("{cell}", StringComparison.Ordinal) || !template.Contains("{coordinates}", StringComparison.Ordinal))
        {
            throw new InputException($"the CP2K template {path} lacks {{cell}} or {{coordinates}}; expected both, in the sections CELL and COORD");
        }
        program = Program ?? throw new MissingLibraryException("cp2k is not on PATH; install it: apt-get install cp2k");
    }

    /// <summary>The program on PATH; null without it.</summary>
    public static string? Program => ExternalProgram.Find("cp2k.psmp", "cp2k.ssmp", "cp2k");

    public string Name => $"cp2k with {name}";

    /// <summary>What its answers depend on.</summary>
    public string Template => template;

    /// <exception cref="InputException">The cell is open.</exception>
    /// <exception cref="RunFailedException">CP2K failed, took too long or printed no energy and forces.</exception>
    public void Label(Configuration frame, CancellationToken cancellation = default)
    {
        if (!frame.Box.PeriodicX || !frame.Box.PeriodicY || !frame.Box.PeriodicZ)
        {
            throw new InputException("cp2k: the cell is open along an axis, expected a periodic one; use an oracle command of your own");
        }
        using var folder = new ScratchFolder("engine-cp2k-");
        WholeFile.WriteText(folder.File("engine.inp"), Fill(frame));
        Read(frame, Run(folder, cancellation));
    }

    private string Fill(Configuration frame)
    {
        var box = frame.Box;
        var cell = string.Create(
            CultureInfo.InvariantCulture, $"A {box.LengthX:R} 0 0\nB {box.TiltXY:R} {box.LengthY:R} 0\nC {box.TiltXZ:R} {box.TiltYZ:R} {box.LengthZ:R}\nPERIODIC XYZ");
        var coordinates = new StringBuilder();
        for (var i = 0; i < frame.Count; i++)
        {
            var r = frame.Position(i);
            coordinates.Append(CultureInfo.InvariantCulture, $"{frame.SpeciesTable[frame.Species[i]].Name} {r.X:R} {r.Y:R} {r.Z:R}\n");
        }
        return template.Replace("{cell}", cell, StringComparison.Ordinal).Replace("{coordinates}", coordinates.ToString(), StringComparison.Ordinal);
    }

    private string[] Run(ScratchFolder folder, CancellationToken cancellation)
    {
        var (exitCode, _) = ExternalProgram.Run(program, ["-i", "engine.inp", "-o", "engine.out"], folder.Path, cancellation, limit: limit);
        var output = folder.File("engine.out");
        string[] lines = File.Exists(output) ? File.ReadAllLines(output) : [];
        if (exitCode != 0)
        {
            var abort = Array.FindIndex(lines, line => line.Contains("[ABORT]", StringComparison.Ordinal));
            var why = abort >= 0 && abort + 1 < lines.Length ? lines[abort + 1].Trim(' ', '*', '\\', '_', '/') : "nothing";
            throw new RunFailedException($"cp2k with {name} ended with status {exitCode} and said: {why.Trim()}");
        }
        return lines;
    }

    private void Read(Configuration frame, string[] lines)
    {
        var energy = Array.FindLast(lines, line => line.Contains("ENERGY| Total FORCE_EVAL", StringComparison.Ordinal));
        var header = Array.FindLastIndex(lines, line => line.Contains("ATOMIC FORCES in [a.u.]", StringComparison.Ordinal));
        if (energy is null || header < 0 || header + 3 + frame.Count > lines.Length)
        {
            throw new RunFailedException($"cp2k with {name} printed no {(energy is null ? "energy" : "forces")}; expected RUN_TYPE ENERGY_FORCE and FORCE_EVAL/PRINT/FORCES in the template");
        }
        if (Array.Exists(lines, line => line.Contains("SCF run NOT converged", StringComparison.Ordinal)))
        {
            throw new RunFailedException($"cp2k with {name}: the SCF did not converge; expected it to; raise MAX_SCF or change the minimiser in the template");
        }
        frame.Energy = Hartree * Numbers(energy)[^1];
        frame.Forces = [.. Enumerable.Range(0, frame.Count).SelectMany(i => Numbers(lines[header + 3 + i])[^3..]).Select(f => HartreePerBohr * f)];
        var stress = Array.FindLastIndex(lines, line => line.Contains("Analytical stress tensor [GPa]", StringComparison.Ordinal) && !line.Contains("Eigen", StringComparison.Ordinal));
        if (stress >= 0 && stress + 4 < lines.Length)
        {
            double[][] rows = [.. Enumerable.Range(0, 3).Select(k => Numbers(lines[stress + 2 + k])[^3..])];
            var scale = Gigapascal * frame.Box.Volume;
            frame.Virial = scale * new SymmetricTensor(rows[0][0], rows[1][1], rows[2][2], rows[0][1], rows[0][2], rows[1][2]);
        }
    }

    /// <summary>The numbers that a line ends in.</summary>
    private double[] Numbers(string line)
    {
        var numbers = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Reverse()
            .Select(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && double.IsFinite(x) ? x : double.NaN)
            .TakeWhile(x => !double.IsNaN(x)).Reverse().ToArray();
        return numbers.Length is 1 or >= 3 ? numbers : throw new RunFailedException($"cp2k with {name} printed '{line.Trim()}', expected numbers");
    }
}
