using System.Text.Json.Nodes;
using Engine.Cli.Runs;
using Engine.Core.Json;
using Engine.Kernels.Errors;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Recording;
using Engine.Learn.Torch;
using Engine.Learn.Training;

namespace Engine.Cli.Ntk;

/// <summary>A network that was trained, and data for it, encoded as those that it learnt from.</summary>
internal sealed class TrainedModel : IDisposable
{
    private readonly TensorScope scope = new();

    /// <param name="model">Network or checkpoint, or the run folder of a training.</param>
    /// <param name="data">File of data or of a training; null: what the training of the run folder learnt.</param>
    /// <param name="set">Assignments to values of that file.</param>
    /// <param name="whole">Whether to leave all samples in their order.</param>
    /// <param name="log">Told what is not as it was in training.</param>
    /// <exception cref="InputException">Either is missing or of another kind, or they do not fit each other.</exception>
    public TrainedModel(string model, string? data, IEnumerable<string> set, bool whole, Action<string> log)
    {
        try
        {
            ModelPath = PathOf(model);
            DataPath = data ?? ManifestBeside(ModelPath);
            // Whoever swaps the two is told so, before one of them is told to be damaged.
            if (IsHdf5(DataPath))
            {
                throw new InputException($"DATA is {DataPath}, an HDF5 file, expected JSON with data; MODEL comes first, then DATA");
            }
            var (definition, kernel) = ReadData(set);
            Kernel = kernel;
            // Bits of the passes do not depend on the machine.
            torch.set_num_threads(1);
            Network = ModelFile.Read(ModelPath, out var encoding);
            Encoding = encoding;
            Data = definition.Load(Network.Definition, StrictJson.FolderOf(DataPath), encoding, whole);
            if (Data.Notice is { } notice)
            {
                log(notice);
            }
            if (encoding is not null && encoding.DataHash != Data.Encoding.DataHash)
            {
                log($"note: {DataPath} has other data than the network learnt from, or splits them otherwise{(encoding.FeatureScales is null ? "" : "; columns are scaled as it learnt them")}");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file of the network.</summary>
    public string ModelPath { get; }

    /// <summary>The file that says what the data are.</summary>
    public string DataPath { get; }

    public Network Network { get; } = null!;

    /// <summary>Of what the network learnt from; null where its file does not say.</summary>
    public DataEncoding? Encoding { get; }

    public DataSets Data { get; } = null!;

    /// <summary>How the file of a training has kernels computed.</summary>
    public KernelSettings Kernel { get; } = new();

    public void Dispose()
    {
        Data?.Dispose();
        Network?.Dispose();
        scope.Dispose();
    }

    private static string PathOf(string model)
    {
        if (!Directory.Exists(model))
        {
            return model;
        }
        var folder = RunFolder.At(model);
        return new[] { folder.Model, folder.Checkpoint }.FirstOrDefault(File.Exists)
            ?? throw new InputException($"MODEL is {model}, a folder without model.h5; expected a file of that name, or the run folder of a training");
    }

    private static string ManifestBeside(string model) =>
        Path.Combine(Path.GetDirectoryName(model)!, RunFolder.ManifestName) is var manifest && File.Exists(manifest)
            ? manifest
            : throw new InputException($"DATA is missing, and there is no {RunFolder.ManifestName} beside {model} that would tell; expected MODEL and DATA, a file of ntk train or of data");

    private static bool IsHdf5(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }
        Span<byte> start = stackalloc byte[4];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && MemoryExtensions.SequenceEqual<byte>(start, [0x89, (byte)'H', (byte)'D', (byte)'F']);
    }

    /// <summary>A definition by itself, or that of a training with its settings of kernels.</summary>
    private (DataDefinition Data, KernelSettings Kernel) ReadData(IEnumerable<string> set)
    {
        if (StrictJson.ReadFile<JsonNode>(DataPath) is not JsonObject all || !all.ContainsKey("network"))
        {
            return (StrictJson.ReadFile<DataDefinition>(DataPath, overrides: set), new());
        }
        var input = LearningInput.ReadFile(DataPath, set);
        var data = input.Data
            ?? throw new InputException($"{DataPath} has no data: an agent makes its own; expected a file with data; let a recorder of its training record entropy, eigenvalues and layerTraces instead");
        return (data, input.Kernel);
    }
}
