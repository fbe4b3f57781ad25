using Engine.Core.Gap.Active;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Native;

namespace Engine.IO.Structures;

/// <summary>
/// An external program as the one who knows: a shell command in which {in} and {out} stand for two extended XYZ files. It reads the first and writes the second, the same atoms
/// in the same order, at the same places in the same cell, with energy [eV] and forces [eV/Å].
/// </summary>
/// <param name="template">The command.</param>
/// <param name="limit">Longest time that it may take for a frame; null for any.</param>
public sealed class CommandOracle(string template, TimeSpan? limit = null) : IOracle
{
    /// <summary>What four decimals of a coordinate leave open [Å].</summary>
    private const double Tolerance = 1e-4;

    public string Name => $"command {template}";

    /// <exception cref="RunFailedException">The command failed or took too long, wrote no energy and forces, or another structure.</exception>
    public void Label(Configuration frame, CancellationToken cancellation = default)
    {
        using var folder = new ScratchFolder("engine-oracle-");
        var (input, output) = (folder.File("in.extxyz"), folder.File("out.extxyz"));
        // Without what others said of it: a command that copies its input must not pass for one that computes.
        StructureFile.Write(input, new Configuration { Box = frame.Box, SpeciesTable = frame.SpeciesTable, Species = frame.Species, Positions = frame.Positions });
        Run(template.Replace("{in}", input, StringComparison.Ordinal).Replace("{out}", output, StringComparison.Ordinal), folder.Path, cancellation);
        var found = ReadResult(output);
        if (found.Count != frame.Count || found.Energy is null || found.Forces is null)
        {
            throw new RunFailedException(
                $"the oracle '{template}' wrote {found.Count} atoms{(found.Energy is null ? ", no energy" : "")}{(found.Forces is null ? ", no forces" : "")}; expected energy and forces of {frame.Count} atoms; look at what it writes");
        }
        RequireSame(frame, found);
        (frame.Energy, frame.Forces, frame.Virial) = (found.Energy, found.Forces, found.Virial);
    }

    /// <summary>Energy and forces of another structure would be learnt as those of this one.</summary>
    private void RequireSame(Configuration asked, Configuration found)
    {
        var (a, b) = (asked.Box, found.Box);
        var periodic = a.PeriodicX || a.PeriodicY || a.PeriodicZ;
        if ((a.PeriodicX, a.PeriodicY, a.PeriodicZ) != (b.PeriodicX, b.PeriodicY, b.PeriodicZ) || (periodic && Farthest(a.A - b.A, a.B - b.B, a.C - b.C) > Tolerance))
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"the oracle '{template}' wrote the cell {Text(b)}, expected {Text(a)} within {Tolerance} Å: the same structure; look at what it writes"));
        }
        for (var i = 0; i < asked.Count; i++)
        {
            var (wanted, got) = (asked.SpeciesTable[asked.Species[i]].Name, found.SpeciesTable[found.Species[i]].Name);
            if (wanted != got)
            {
                throw new RunFailedException($"the oracle '{template}' wrote atom {i} as {got}, expected {wanted}: the same atoms in the same order");
            }
            // Whether an atom is given in the cell or outside is all the same.
            var distance = Farthest(a.MinimumImage(found.Position(i) - asked.Position(i)));
            if (!(distance <= Tolerance))
            {
                throw new RunFailedException(FormattableString.Invariant(
                    $"the oracle '{template}' wrote atom {i} at a place {distance:G3} Å from where it was, expected at most {Tolerance} Å: the same atoms in the same order; look at what it writes"));
            }
        }
    }

    private static double Farthest(params ReadOnlySpan<Vector3d> differences)
    {
        var largest = 0.0;
        foreach (var d in differences)
        {
            largest = Math.Max(largest, d.LengthSquared);
        }
        return Math.Sqrt(largest);
    }

    private static string Text(in Box box)
    {
        static string Axis(Vector3d v, bool periodic) => FormattableString.Invariant($"({v.X:0.####} {v.Y:0.####} {v.Z:0.####}{(periodic ? "" : ", open")})");
        return $"{Axis(box.A, box.PeriodicX)} {Axis(box.B, box.PeriodicY)} {Axis(box.C, box.PeriodicZ)}";
    }

    private Configuration ReadResult(string path)
    {
        try
        {
            return StructureFile.Read(path, new() { Units = UnitSystem.Metal });
        }
        catch (InputException error)
        {
            throw new RunFailedException($"the oracle '{template}' left no result that can be read: {error.Message}", error);
        }
    }

    private void Run(string command, string folder, CancellationToken cancellation)
    {
        var (exitCode, output) = Start(command, folder, cancellation);
        if (exitCode != 0)
        {
            throw new RunFailedException($"the oracle '{template}' ended with status {exitCode} and said: {ExternalProgram.LastLine(output)}");
        }
    }

    private (int ExitCode, string Output) Start(string command, string folder, CancellationToken cancellation)
    {
        try
        {
            return ExternalProgram.Run("/bin/sh", ["-c", command], folder, cancellation, limit: limit);
        }
        catch (RunFailedException error)
        {
            throw new RunFailedException($"the oracle '{template}' gave no answer: {error.Message}; expected one within oracleTimeLimit", error);
        }
    }
}
