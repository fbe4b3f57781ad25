using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Engine.Core.Gap;
using Engine.Core.Particles;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;

namespace Engine.Perf;

/// <summary>QUIP on the potential and the structure of a case: energy, forces and virial, on one core.</summary>
/// <param name="program">Path of its program quip.</param>
internal sealed partial class QuipCase(string program)
{
    /// <summary>Frames that are timed beside the first.</summary>
    private const int Frames = 2;

    /// <summary>Largest difference that another arithmetic explains [eV/atom].</summary>
    private const double Tolerance = 1e-6;

    /// <summary>QUIP where it is on PATH; null elsewhere.</summary>
    public static QuipCase? Installed => ExternalProgram.Find("quip") is { } program ? new(program) : null;

    /// <summary>
    /// Seconds for a frame: what a file of several takes longer than one of a single frame, so that start-up and reading the potential do not count.
    /// </summary>
    /// <param name="model">The potential.</param>
    /// <param name="frame">The structure.</param>
    /// <param name="energy">What this engine says of it [eV]; QUIP has to agree.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="RunFailedException">It fails, or finds another energy.</exception>
    public double Seconds(GapModel model, Configuration frame, double energy, CancellationToken cancellation)
    {
        using var folder = new ScratchFolder("engine-bench-");
        GapFileWriter.Write(folder.File("gap.xml"), model);
        StructureFile.Write(folder.File("one.xyz"), frame);
        StructureFile.Write(folder.File("more.xyz"), Enumerable.Repeat(frame, 1 + Frames));
        var one = Run("one.xyz", 1);
        return (Run("more.xyz", 1 + Frames) - one) / Frames;

        double Run(string structures, int frames)
        {
            var start = Stopwatch.GetTimestamp();
            var (exitCode, output) = ExternalProgram.Run(
                program, [$"atoms_filename={structures}", "param_filename=gap.xml", "E=T", "F=T", "V=T"], folder.Path, cancellation, oneThread: true);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (exitCode != 0)
            {
                throw new RunFailedException($"quip left with status {exitCode}: {ExternalProgram.LastLine(output)}");
            }
            Check(output, frames, energy, frame.Count);
            return seconds;
        }
    }

    /// <summary>A peer that computes something else is no peer.</summary>
    internal static void Check(string output, int frames, double energy, int atoms)
    {
        var energies = EnergyLine().Matches(output).Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).ToArray();
        if (energies.Length != frames || energies.Any(e => !(Math.Abs(e - energy) <= Tolerance * atoms)))
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"quip printed the energies {string.Join(", ", energies)}, expected {frames} of {energy} eV within {Tolerance} eV an atom; is it a version that knows these potentials?"));
        }
    }

    [GeneratedRegex(@"^Energy=\s*(\S+)", RegexOptions.Multiline)]
    private static partial Regex EnergyLine();
}
