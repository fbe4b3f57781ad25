using Engine.Core.Gap.Active;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;

namespace Engine.IO.Structures;

/// <summary>
/// An external program as the one who knows: a shell command in which {in} and {out} stand for two extended XYZ files. It reads the first and writes the second, the same atoms
/// in the same order with energy [eV] and forces [eV/Å].
/// </summary>
public sealed class CommandOracle(string template) : IOracle
{
    public string Name => $"command {template}";

    /// <exception cref="RunFailedException">The command failed, or wrote no energy and forces.</exception>
    public void Label(Configuration frame)
    {
        var folder = Directory.CreateTempSubdirectory("engine-oracle").FullName;
        try
        {
            var (input, output) = (Path.Combine(folder, "in.extxyz"), Path.Combine(folder, "out.extxyz"));
            StructureFile.Write(input, frame);
            Run(template.Replace("{in}", input, StringComparison.Ordinal).Replace("{out}", output, StringComparison.Ordinal), folder);
            var found = ReadResult(output);
            if (found.Count != frame.Count || found.Energy is null || found.Forces is null)
            {
                throw new RunFailedException(
                    $"the oracle '{template}' wrote {found.Count} atoms{(found.Energy is null ? ", no energy" : "")}{(found.Forces is null ? ", no forces" : "")}; expected energy and forces of {frame.Count} atoms; look at what it writes");
            }
            for (var i = 0; i < frame.Count; i++)
            {
                if (found.SpeciesTable[found.Species[i]].Name != frame.SpeciesTable[frame.Species[i]].Name)
                {
                    throw new RunFailedException($"the oracle '{template}' wrote atom {i} as {found.SpeciesTable[found.Species[i]].Name}, expected {frame.SpeciesTable[frame.Species[i]].Name}: the same atoms in the same order");
                }
            }
            (frame.Energy, frame.Forces, frame.Virial) = (found.Energy, found.Forces, found.Virial);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
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

    private void Run(string command, string folder)
    {
        var (exitCode, output) = ExternalProgram.Run("/bin/sh", ["-c", command], folder);
        if (exitCode != 0)
        {
            throw new RunFailedException($"the oracle '{template}' ended with status {exitCode} and said: {ExternalProgram.LastLine(output)}");
        }
    }
}
