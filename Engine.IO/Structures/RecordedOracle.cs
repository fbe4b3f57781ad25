using System.Globalization;
using Engine.Core.Gap.Active;
using Engine.Core.Json;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.IO.Structures;

/// <summary>
/// An oracle that is asked once: every answer is appended to a file, and what stands there is not asked again, also not by another run after this one was stopped. Structures
/// are the same where species, positions and cell are to the last bit.
/// </summary>
public sealed class RecordedOracle : IOracle
{
    private const string OracleKey = "oracle";

    private readonly IOracle oracle;
    private readonly string identity;
    private readonly string path;
    private readonly Dictionary<string, Configuration> known = [];

    /// <param name="oracle">Who knows.</param>
    /// <param name="dependsOn">What the answers depend on; those to another are not taken.</param>
    /// <param name="path">The file (.extxyz).</param>
    /// <exception cref="InputException">The file is there and cannot be read, but for a last frame that is cut off.</exception>
    public RecordedOracle(IOracle oracle, string dependsOn, string path)
    {
        (this.oracle, this.path) = (oracle, path);
        const int digits = 16;
        identity = ContentHash.OfText(dependsOn)[..digits];
        if (File.Exists(path))
        {
            Read();
        }
    }

    public string Name => oracle.Name;

    /// <summary>Answers that need not be asked for.</summary>
    public int Known => known.Count;

    /// <exception cref="RunFailedException">The oracle failed, or its answer cannot be written.</exception>
    public void Label(Configuration frame, CancellationToken cancellation = default)
    {
        var key = Key(frame);
        if (!known.TryGetValue(key, out var answer))
        {
            oracle.Label(frame, cancellation);
            known[key] = answer = new()
            {
                Box = frame.Box,
                SpeciesTable = frame.SpeciesTable,
                Species = frame.Species,
                Positions = frame.Positions,
                Energy = frame.Energy,
                Forces = frame.Forces,
                Virial = frame.Virial,
                Labels = new Dictionary<string, string> { [OracleKey] = identity },
            };
            Append(answer);
        }
        (frame.Energy, frame.Forces, frame.Virial) = (answer.Energy, answer.Forces, answer.Virial);
    }

    private static string Key(Configuration frame)
    {
        var b = frame.Box;
        double[] cell = [b.LengthX, b.LengthY, b.LengthZ, b.TiltXY, b.TiltXZ, b.TiltYZ];
        return ContentHash.OfText(string.Join(
            ' ',
            [
                $"{b.PeriodicX} {b.PeriodicY} {b.PeriodicZ}",
                .. frame.Species.Select(s => frame.SpeciesTable[s].Name),
                .. cell.Concat(frame.Positions).Select(x => x.ToString("R", CultureInfo.InvariantCulture)),
            ]));
    }

    /// <summary>A frame that is cut off, because whoever wrote it was killed, ends what is read, and is taken off the file.</summary>
    private void Read()
    {
        var whole = new List<Configuration>();
        try
        {
            foreach (var frame in StructureFile.ReadFrames(path, new() { Units = UnitSystem.Metal }))
            {
                whole.Add(frame);
            }
        }
        catch (InputException error)
        {
            if (whole.Count == 0)
            {
                throw new InputException($"{error.Message}; delete the file to ask the oracle again", error);
            }
            StructureFile.Write(path, whole);
        }
        foreach (var answer in whole.Where(frame => frame.Labels.GetValueOrDefault(OracleKey) == identity && frame is { Energy: not null, Forces: not null }))
        {
            known[Key(answer)] = answer;
        }
    }

    private void Append(Configuration answer)
    {
        try
        {
            using var writer = new StreamWriter(path, append: true);
            writer.NewLine = "\n";
            ExtendedXyzWriter.Write(writer, answer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"{path} cannot be written ({error.OneLine()}); free some space or choose another folder", error);
        }
    }
}
