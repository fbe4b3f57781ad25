using System.Globalization;
using Engine.Core.Json;
using Engine.IO.Hdf5;
using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Training;

/// <summary>A network with its parameters in an HDF5 file, and with a training that is under way all that it takes to go on to the same bits.</summary>
public static class ModelFile
{
    private const string Format = "engine-network-1";
    private const string Parameters = "parameter.";
    private const string Buffers = "buffer.";

    /// <summary>Writes a network.</summary>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public static void Write(string path, Network network) => Archive(network).Write(path);

    /// <summary>Reads a network.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where its parameters are put.</param>
    /// <exception cref="InputException">There is no such file, or it holds no network.</exception>
    public static Network Read(string path, string device = "cpu")
    {
        var archive = ReadArchive(path);
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

    internal static ArrayArchive ReadArchive(string path)
    {
        var archive = ArrayArchive.Read(path);
        return archive.Texts.GetValueOrDefault("format") == Format && archive.Texts.ContainsKey("definition") && archive.Texts.ContainsKey("seed")
            ? archive
            : throw new InputException($"{path} holds no network of this version of engine; expected a file that `engine ntk train` wrote");
    }

    /// <summary>The archive of a training with those settings.</summary>
    /// <exception cref="InputException">It is of another one.</exception>
    internal static ArrayArchive ReadTraining(string path, Network network, string settings)
    {
        var archive = ReadArchive(path);
        if (archive.Texts.GetValueOrDefault("training") != settings || archive.Texts["definition"] != StrictJson.Write(network.Definition))
        {
            throw new InputException($"{path} is of another training: its network or its settings are not these; go on with the settings that it was begun with, or start anew");
        }
        Restore(network.Parameters, Parameters, archive, path);
        Restore(network.Buffers, Buffers, archive, path);
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
