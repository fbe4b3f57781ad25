using System.Text.Json.Nodes;
using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Soap;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap.Fit;

/// <summary>The frames of a fit: their groups and weights, the energies of free atoms, and what is left for the sums over sparse points to explain.</summary>
internal sealed class TrainingData
{
    private TrainingData(IReadOnlyList<TrainingFrame> frames, IReadOnlyDictionary<int, double> freeAtoms, string freeAtomsFrom)
    {
        (Frames, FreeAtoms, FreeAtomsFrom) = (frames, freeAtoms, freeAtomsFrom);
    }

    public IReadOnlyList<TrainingFrame> Frames { get; }

    /// <summary>By atomic number [eV].</summary>
    public IReadOnlyDictionary<int, double> FreeAtoms { get; }

    /// <summary>Where they come from.</summary>
    public string FreeAtomsFrom { get; }

    /// <param name="frames">The data.</param>
    /// <param name="settings">How to fit.</param>
    /// <param name="core">Pair potentials that are subtracted; null without.</param>
    /// <param name="workers">The thread team.</param>
    /// <exception cref="InputException">The energies of free atoms cannot be told, or an expected error is no positive number.</exception>
    public static TrainingData Prepare(IReadOnlyList<Configuration> frames, GapFitSettings settings, GapModel? core, Workers workers)
    {
        var (freeAtoms, from) = FindFreeAtoms(frames, settings.FreeAtoms);
        var prepared = new List<TrainingFrame>();
        foreach (var frame in frames)
        {
            var table = SoapDescriptors.AtomicNumbers(frame);
            int[] numbers = [.. frame.Species.Select(s => table[s])];
            var known = core is null ? default(SinglePoint?) : Evaluate(frame, core, workers);
            var group = GapFit.GroupOf(frame, settings.GroupKey);
            var forces = settings.Forces ? frame.Forces : null;
            prepared.Add(new(
                frame,
                numbers,
                group,
                frame.Energy - numbers.Sum(z => freeAtoms[z]) - (known?.Energy ?? 0),
                forces is null || known is null ? forces : [.. forces.Zip(known.Value.Forces, (f, c) => f - c)],
                settings.Virials && frame.Virial is { } virial ? virial - (known?.Virial ?? SymmetricTensor.Zero) : null,
                SigmaOf(frame, settings.GroupSigma.GetValueOrDefault(group) ?? settings.Sigma)));
        }
        return new(prepared, freeAtoms, from);
    }

    /// <summary>Refuses data without anything to fit.</summary>
    /// <exception cref="InputException">No frame has an energy, nor forces that are fitted.</exception>
    public static void RequireLabels(IReadOnlyList<Configuration> frames, GapFitSettings settings)
    {
        if (!frames.Any(frame => frame.Energy is not null || (settings.Forces && frame.Forces is not null)))
        {
            var keys = Keys(frames);
            throw new InputException(
                $"fit: none of the {frames.Count} frames{(frames.FirstOrDefault()?.Place is { } place ? $" of {place.File}" : "")} has an energy or forces; expected at least one; name them by energyKey and forceKey (keys of the file: {(keys.Length > 0 ? string.Join(", ", keys) : "none")})");
        }
    }

    /// <summary>Names of all labels, in order.</summary>
    public static string[] Keys(IReadOnlyList<Configuration> frames) => [.. frames.SelectMany(frame => frame.Labels.Keys).Distinct().Order()];

    /// <summary>What a potential says of a frame.</summary>
    public static SinglePoint Evaluate(Configuration frame, GapModel model, Workers workers)
    {
        return SinglePoint.Evaluate(frame, PotentialModel.Build(PotentialFile.Of(model), frame.SpeciesTable, UnitSystem.Metal), workers);
    }

    /// <summary>Expected errors of a frame as they are, by its own labels energy_sigma, force_sigma, virial_sigma where it has them.</summary>
    private static GapSigma SigmaOf(Configuration frame, GapSigma sigma)
    {
        var root = Math.Sqrt(frame.Count);
        return new(Label(frame, "energy_sigma") ?? root * sigma.Energy, Label(frame, "force_sigma") ?? sigma.Force, Label(frame, "virial_sigma") ?? root * sigma.Virial);
    }

    private static double? Label(Configuration frame, string key) => !frame.Labels.TryGetValue(key, out var text)
        ? null
        : DescriptorText.Parse(text) is > 0 and var value ? value : throw new InputException($"fit: {frame.Name} has {key}={text}; expected a positive number");

    /// <summary>Whether the images of an atom are too far to be neighbours: an atom in a small cell is a crystal.</summary>
    private static bool IsAlone(in Box box)
    {
        const double farthestNeighbour = 8;
        return !(box.PeriodicX || box.PeriodicY || box.PeriodicZ) || box.SmallestPeriodicWidth > farthestNeighbour;
    }

    private static (Dictionary<int, double> Energies, string From) FindFreeAtoms(IReadOnlyList<Configuration> frames, JsonNode? given)
    {
        var symbols = frames.SelectMany(frame => frame.Species.Distinct().Select(s => frame.SpeciesTable[s].Name)).Distinct().ToArray();
        var numbers = SoapDescriptors.AtomicNumbers([.. symbols.Select(s => new Species(s, 0))]);
        var isolated = new Dictionary<int, double>();
        var counts = given is null || (given is JsonValue word && word.TryGetValue<string>(out var name) && name == "isolated");
        foreach (var frame in frames.Where(frame => counts && frame.Count == 1 && frame.Energy is not null && IsAlone(frame.Box)))
        {
            var species = frame.SpeciesTable[frame.Species[0]];
            if (!isolated.TryAdd(SoapDescriptors.AtomicNumbers([species])[0], frame.Energy!.Value))
            {
                throw new InputException($"fit: there are two frames of a single {species.Name} with an energy, the second is {frame.Name}; expected one; remove the other or give freeAtoms");
            }
        }
        var missing = symbols.Where((_, k) => !isolated.ContainsKey(numbers[k])).ToArray();
        switch (given)
        {
            case JsonObject values:
                var energies = symbols.Zip(numbers).ToDictionary(e => e.Second, e => values[e.First] is JsonValue v && v.TryGetValue<double>(out var energy)
                    ? energy
                    : throw new InputException($"fit: freeAtoms has no number for {e.First}, which is in the training data; expected one for each of {string.Join(", ", symbols)}"));
                return values.Select(e => e.Key).Except(symbols).FirstOrDefault() is not { } stranger
                    ? (energies, "settings")
                    : throw new InputException($"fit: freeAtoms has an energy for {stranger}, which is not in the training data; expected one for each of {string.Join(", ", symbols)}; remove it");
            case JsonValue v when v.TryGetValue<string>(out var text) && text == "isolated":
                return missing.Length == 0
                    ? (isolated, "frames of one atom")
                    : throw new InputException($"fit: freeAtoms is isolated, but there is no frame of a single {missing[0]} with an energy; add one, give the energies, or use average");
            case null when missing.Length == 0:
                return (isolated, "frames of one atom");
            case null:
            case JsonValue a when a.TryGetValue<string>(out var text) && text == "average":
                var known = frames.Where(frame => frame.Energy is not null).Select(frame => frame.Energy!.Value / frame.Count).ToArray();
                var mean = known.Length == 0 ? 0 : known.Average();
                return (numbers.ToDictionary(z => z, _ => mean), "the mean energy of an atom");
            default:
                throw new InputException($"fit: freeAtoms is {given.ToJsonString()}, expected energies by symbol, \"isolated\" or \"average\"");
        }
    }
}
