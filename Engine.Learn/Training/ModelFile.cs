using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Core.Json;
using Engine.IO.Hdf5;
using Engine.Kernels.Errors;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training;

/// <summary>A network with its parameters in an HDF5 file, and with a training that is under way all that it takes to go on to the same bits.</summary>
public static class ModelFile
{
    private const string Format = "engine-network-1";
    private const string Parameters = "parameter.";
    private const string Buffers = "buffer.";
    private const string Settings = "settings";
    private const string Encoding = "encoding";

    /// <summary>Writes a network.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network.</param>
    /// <param name="encoding">Of the data that it learnt from; null: nobody knows.</param>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public static void Write(string path, Network network, DataEncoding? encoding = null) => Archive(network, Texts(encoding)).Write(path);

    /// <summary>Reads a network.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where its parameters are put.</param>
    /// <exception cref="InputException">There is no such file, or it holds no network.</exception>
    public static Network Read(string path, string device = "cpu") => Read(path, out _, device);

    /// <summary>Reads a network and how the data were encoded that it learnt from.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">Null where nobody knows.</param>
    /// <param name="device">Where its parameters are put.</param>
    /// <exception cref="InputException">There is no such file, or it holds no network.</exception>
    public static Network Read(string path, out DataEncoding? encoding, string device = "cpu")
    {
        var archive = ReadArchive(path);
        encoding = archive.Texts.TryGetValue(Encoding, out var text) ? StrictJson.Read<DataEncoding>(text, path) : null;
        var network = new Network(StrictJson.Read<NetworkDefinition>(archive.Texts["definition"], path), ulong.Parse(archive.Texts["seed"], CultureInfo.InvariantCulture), device);
        try
        {
            Restore(network.Parameters, Parameters, archive, path);
            Restore(network.Buffers, Buffers, archive, path);
        }
        catch
        {
            network.Dispose();
            throw;
        }
        return network;
    }

    /// <summary>What a file keeps of an encoding.</summary>
    internal static Dictionary<string, string> Texts(DataEncoding? encoding) => encoding is null ? [] : new() { [Encoding] = StrictJson.Write(encoding) };

    internal static ArrayArchive ReadArchive(string path)
    {
        ArrayArchive archive;
        try
        {
            archive = ArrayArchive.Read(path);
        }
        catch (InputException error) when (File.Exists(path) && error.InnerException is not null)
        {
            throw new InputException($"{path} is damaged or holds no network ({error.InnerException.OneLine()}); expected model.h5 or a checkpoint, which `engine ntk train` wrote", error);
        }
        return archive.Texts.GetValueOrDefault("format") == Format && archive.Texts.ContainsKey("definition") && archive.Texts.ContainsKey("seed")
            ? archive
            : throw new InputException($"{path} holds no network of this version of engine; expected model.h5 or a checkpoint, which `engine ntk train` wrote");
    }

    /// <summary>The archive of a training with those settings, or with a smaller number of what makes it long.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">What learns.</param>
    /// <param name="settings">How.</param>
    /// <param name="place">Where the settings stand in the input: "training".</param>
    /// <param name="length">The key in them that may be larger: "strategy.epochs".</param>
    /// <exception cref="InputException">It is of another one.</exception>
    internal static ArrayArchive ReadTraining<T>(string path, Network network, T settings, string place, string length)
    {
        var archive = ReadArchive(path);
        var before = archive.Texts.GetValueOrDefault(Settings)
            ?? throw new InputException($"{path} holds no training of this version of engine; expected a checkpoint that `engine ntk train` wrote");
        RequireSame(path, archive.Texts["definition"], network.Definition, "network");
        RequireSame(path, before, settings, place, $"{place}.{length}");
        Restore(network.Parameters, Parameters, archive, path);
        Restore(network.Buffers, Buffers, archive, path);
        return archive;
    }

    /// <summary>Refuses to go on with what was begun otherwise.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="before">What was written then by <see cref="StrictJson.Write"/>.</param>
    /// <param name="now">What it is now.</param>
    /// <param name="place">Where it stands in the input.</param>
    /// <param name="length">The key whose number may have grown, "phases[1].epochs"; to a list that it is in, items may have been added. Null: none.</param>
    /// <exception cref="InputException">Something else differs.</exception>
    internal static void RequireSame<T>(string path, string before, T now, string place, string? length = null)
    {
        var differences = JsonDifference.Between(StrictJson.Parse(before, path), StrictJson.Parse(StrictJson.Write(now), place), place);
        if (differences.FirstOrDefault(d => !IsLonger(d, length)) is { } difference)
        {
            throw new InputException(
                $"{path} is of another training: {difference}; expected the same{(length is null ? "" : $", or a larger {length}")}; go on with what it was begun with, or start anew");
        }
    }

    private static bool IsLonger(JsonDifference difference, string? length) => difference switch
    {
        { Before: JsonArray before, Now: JsonArray now } =>
            length?.StartsWith(difference.Path + "[", StringComparison.Ordinal) == true && before.Count < now.Count && before.Zip(now).All(pair => JsonNode.DeepEquals(pair.First, pair.Second)),
        _ => difference.Path == length && difference.Before?.GetValue<double>() < difference.Now?.GetValue<double>(),
    };

    /// <param name="network">What to keep.</param>
    /// <param name="settings">How it learns.</param>
    /// <param name="texts">What else.</param>
    internal static ArrayArchive ArchiveTraining<T>(Network network, T settings, IReadOnlyDictionary<string, string>? texts)
    {
        var archive = Archive(network, texts);
        archive.Texts[Settings] = StrictJson.Write(settings);
        return archive;
    }

    internal static ArrayArchive Archive(Network network, IReadOnlyDictionary<string, string>? texts = null)
    {
        var archive = new ArrayArchive { Texts = new(texts ?? new Dictionary<string, string>()) };
        archive.Texts["format"] = Format;
        archive.Texts["definition"] = StrictJson.Write(network.Definition);
        archive.Texts["seed"] = network.Seed.ToString(CultureInfo.InvariantCulture);
        Save(network.Parameters, Parameters, archive);
        Save(network.Buffers, Buffers, archive);
        return archive;
    }

    internal static void Save(IEnumerable<Parameter> parameters, string prefix, ArrayArchive archive)
    {
        foreach (var parameter in parameters)
        {
            archive.Arrays[prefix + parameter.Name] = (
                parameter.Value.shape, parameter.Value.dtype == ScalarType.Float64 ? parameter.Value.to_double() : parameter.Value.to_float());
        }
    }

    internal static void Restore(IEnumerable<Parameter> parameters, string prefix, ArrayArchive archive, string path)
    {
        using var scope = new TensorScope();
        using var none = Autograd.no_grad();
        foreach (var parameter in parameters)
        {
            var name = prefix + parameter.Name;
            if (!archive.Arrays.TryGetValue(name, out var found) || !found.Shape.AsSpan().SequenceEqual(parameter.Value.shape))
            {
                throw new InputException($"{path}: {name} is missing or not [{string.Join(", ", parameter.Value.shape)}]; the file does not fit the network");
            }
            parameter.Value.copy_(found.Values switch
            {
                double[] values => torch.tensor(values, found.Shape),
                float[] values => torch.tensor(values, found.Shape),
                _ => throw new InputException($"{path}: {name} holds whole numbers; the file does not fit the network"),
            });
        }
    }
}
