using System.Text.Json.Nodes;
using Engine.Cli.Runs;
using Engine.Core.Json;
using Engine.IO.Hdf5;
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
    public const string All = "all";
    public const string Training = "training";
    public const string Test = "test";

    private readonly TensorScope scope = new();
    private readonly DataSets sets = null!;

    /// <param name="model">Network or checkpoint, or the run folder of a training.</param>
    /// <param name="data">File of data or of a training; null: what the training of the run folder learnt.</param>
    /// <param name="table">File of the data in place of the one that is named there; null: that one.</param>
    /// <param name="set">Assignments to values of that file.</param>
    /// <param name="of">Which samples: all in their order, training or test; null: <paramref name="usual"/>, or those to test where that is all and the data come in two parts.</param>
    /// <param name="usual">The same.</param>
    /// <param name="log">Told what is not as it was in training.</param>
    /// <exception cref="InputException">Either is missing or of another kind, or they do not fit each other.</exception>
    public TrainedModel(string model, string? data, string? table, IEnumerable<string> set, string? of, string usual, Action<string> log)
    {
        try
        {
            if ((of ?? usual) is not (All or Training or Test))
            {
                throw new InputException($"--of is '{of}', expected one of {All}, {Training}, {Test}");
            }
            // Whoever swaps the two is told so, before one of them is told to be damaged.
            if (data is not null && (Directory.Exists(data) || Hdf5Signature.IsIn(data)))
            {
                throw new InputException($"DATA is {data}, expected JSON with data; MODEL comes first, then DATA");
            }
            ModelPath = PathOf(model);
            DataPath = data ?? ManifestBeside(ModelPath);
            var text = StrictJson.ReadText(DataPath);
            var (definition, training) = ReadData(text, table, set);
            Kernel = training?.Kernel ?? new();
            Of = of ?? (usual == All && definition.ComesInParts ? Test : usual);
            // Bits of the passes do not depend on the machine.
            torch.set_num_threads(1);
            Network = ModelFile.Read(ModelPath, out var encoding);
            sets = definition.Load(Network.Definition, StrictJson.FolderOf(text, DataPath), encoding, whole: Of == All);
            Encoding = encoding ?? training?.EncodingOf(sets) ?? sets.Encoding;
            Part = sets.Part(Of == Test) ?? throw new InputException($"--of is {Test}, but {DataPath} has no samples to test; expected {All} or {Training}");
            if (sets.Notice is { } notice)
            {
                log(notice);
            }
            if (encoding is null)
            {
                log($"note: {ModelPath} does not say how the data were encoded that the network learnt from: an older version wrote it; those of {DataPath} are taken for them");
            }
            else if (encoding.DataHash != DataHash)
            {
                log($"note: the data are others than the network learnt from, or split otherwise{(encoding.FeatureScales is null ? "" : "; columns are scaled as it learnt them")}");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file of the network.</summary>
    public string ModelPath { get; } = "";

    /// <summary>The file that says what the data are.</summary>
    public string DataPath { get; } = "";

    public Network Network { get; } = null!;

    /// <summary>Of what the network learnt from; of the data where its file does not say.</summary>
    public DataEncoding Encoding { get; } = null!;

    /// <summary>Which samples: all, training or test.</summary>
    public string Of { get; } = "";

    /// <summary>The samples.</summary>
    public DataPart Part { get; } = null!;

    /// <summary>Names of the classes of the data.</summary>
    public IReadOnlyList<string> ClassNames => sets.Encoding.ClassNames;

    /// <summary>SHA-256 of the data.</summary>
    public string DataHash => sets.Encoding.DataHash;

    /// <summary>How the file of a training has kernels computed.</summary>
    public KernelSettings Kernel { get; } = new();

    /// <summary>All files that were read.</summary>
    public string[] Files => [ModelPath, DataPath, .. sets.Files.Select(f => f.Path)];

    public void Dispose()
    {
        sets?.Dispose();
        Network?.Dispose();
        scope.Dispose();
    }

    private static string PathOf(string model)
    {
        if (!Directory.Exists(model))
        {
            return File.Exists(model) ? model : throw new InputException($"MODEL is '{model}', which does not exist; expected the run folder of a training, its model.h5 or its checkpoint");
        }
        var folder = RunFolder.At(model);
        return new[] { folder.Model, folder.Checkpoint }.FirstOrDefault(File.Exists)
            ?? throw new InputException($"MODEL is {model}, a folder without model.h5; expected a file of that name, or the run folder of a training");
    }

    private static string ManifestBeside(string model) =>
        Path.Combine(Path.GetDirectoryName(model)!, RunFolder.ManifestName) is var manifest && File.Exists(manifest)
            ? manifest
            : throw new InputException($"DATA is missing, and there is no {RunFolder.ManifestName} beside {model} that would tell; expected MODEL and DATA, a file of ntk train or of data");

    /// <summary>A definition by itself, or that of a training.</summary>
    private (DataDefinition Data, LearningInput? Training) ReadData(string text, string? table, IEnumerable<string> set)
    {
        if (text.AsSpan().TrimStart("\uFEFF \t\r\n") is not ['{' or '/', ..])
        {
            throw new InputException($"DATA is {DataPath}, which holds no JSON object; expected a file of ntk train or of data; for another table with the same columns give --data {DataPath}");
        }
        var all = StrictJson.Read<JsonNode>(text, DataPath);
        var isTraining = all["network"] is not null;
        if (table is not null)
        {
            if ((isTraining ? all["data"] as JsonObject : all)?["path"] is null)
            {
                throw new InputException($"--data is {table}, but the data of {DataPath} are drawn or made, not read from a file; expected data with a path");
            }
            set = set.Append($"{(isTraining ? "data." : "")}path={JsonValue.Create(Path.GetFullPath(table)).ToJsonString()}");
        }
        if (!isTraining)
        {
            return (StrictJson.Read<DataDefinition>(text, DataPath, overrides: set), null);
        }
        var input = LearningInput.Read(text, DataPath, set);
        var data = input.Data ?? throw new InputException($"{DataPath} has no data: an agent makes its own; expected a file with data; recorders of its training look at the states that it passes through");
        return (data, input);
    }
}
