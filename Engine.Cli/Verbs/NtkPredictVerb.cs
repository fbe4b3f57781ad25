using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Ntk;
using Engine.Cli.Report;
using Engine.Core.Files;
using Engine.IO.H5md;
using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Recording;
using Engine.Learn.Training;

namespace Engine.Cli.Verbs;

[Example("./engine ntk predict runs/ntk-cnn --of test", "errors of what was not learnt, and a row for each sample")]
[Example("./engine ntk predict runs/mpg --set data.path=new-cars.data --out predictions.csv", "rows that came later, with targets or without")]
[Verb("ntk predict", HelpText = "Apply a network that was trained: predictions in the units of the data, and their errors where targets are known.")]
internal sealed class NtkPredictVerb : Verb
{
    private const string All = "all";

    [Value(0, MetaName = "MODEL", Required = true, HelpText = "Run folder of ntk train, its network (model.h5) or its checkpoint.")]
    public string Model { get; set; } = "";

    [Value(1, MetaName = "DATA", HelpText = "File of ntk train with its data, or data alone (JSON); default: what the network learnt from.")]
    public string? Data { get; set; }

    [Option("set", Separator = SettingSeparator, MetaValue = "PATH=VALUE", HelpText = "Change one value of DATA; may be repeated.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("of", Default = All, MetaValue = "all|training|test", HelpText = "Which samples: all in the order of the data, or a part of them.")]
    public string Of { get; set; } = All;

    [Option("output", Default = Network.MainOutput, MetaValue = "NAME", HelpText = "Which output of the network.")]
    public string Output { get; set; } = Network.MainOutput;

    [Option("out", MetaValue = "FILE.csv", HelpText = "Write the rows there (default: on standard output).")]
    public string? Out { get; set; }

    public override int Execute(VerbContext context)
    {
        SampleSource? source = Of == All ? null : Named<SampleSource>("of", Of, All);
        using var model = new TrainedModel(Model, Data, Set, whole: source is null, context.Log);
        if (Out is not null)
        {
            WholeFile.Require(Out, "--out", model.ModelPath, model.DataPath);
        }
        var data = model.Data;
        var samples = source != SampleSource.Test ? data.Training : data.Test ?? throw new InputException($"--of is test, but {model.DataPath} has no samples to test; expected all or training");
        var rows = (source != SampleSource.Test ? data.TrainingRows : data.TestRows) ?? [.. Enumerable.Range(0, samples.Count)];
        var found = Predictions.Of(model.Network, samples, model.Encoding, Output);
        var text = Table(found, rows, model.Network.Definition.Precision == Precision.Double ? "G15" : "G7");
        if (Out is not null)
        {
            WholeFile.WriteText(Out, text);
        }
        if (Json)
        {
            JsonOutput.Write(context, ToJson(found, rows, model));
            return ExitCode.Done;
        }
        if (Out is null)
        {
            context.Output.Write(text);
        }
        Show(found, samples.Count, Out is null ? context.Log : context.Output.WriteLine);
        return ExitCode.Done;
    }

    /// <summary>Rows of text between commas: where a sample is in the data, what it should give, and what it gives.</summary>
    private static string Table(Predictions found, int[] rows, string format)
    {
        var text = new StringBuilder();
        void Line(IEnumerable<string> fields) => text.AppendJoin(',', fields.Select(Quoted)).Append('\n');
        string[] wanted = found.WantedClasses is not null ? ["class"] : found.Wanted is not null ? [.. found.Names] : [];
        string[] given = found.Classes is not null ? ["predicted", .. found.Names.Select(n => $"output {n}")] : [.. found.Names.Select(n => $"predicted {n}")];
        Line(["row", .. wanted, .. given]);
        for (var i = 0; i < rows.Length; i++)
        {
            IEnumerable<string> Numbers(double[,] table) => Enumerable.Range(0, table.GetLength(1)).Select(k => table[i, k].ToString(format, CultureInfo.InvariantCulture));
            Line(
            [
                rows[i].ToString(CultureInfo.InvariantCulture),
                .. found.WantedClasses is { } classes ? [found.Names[classes[i]]] : found.Wanted is { } targets ? Numbers(targets) : [],
                .. found.Classes is { } predicted ? Numbers(found.Values).Prepend(found.Names[predicted[i]]) : Numbers(found.Values),
            ]);
        }
        return text.ToString();
    }

    private static string Quoted(string field) => field.AsSpan().IndexOfAny(",\"\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"")}\"";

    private static void Show(Predictions found, int samples, Action<string> write)
    {
        var of = samples == 1 ? "of one sample" : string.Create(CultureInfo.InvariantCulture, $"of {samples} samples");
        if (found.Accuracy is { } accuracy)
        {
            write($"{of}: accuracy {NumberText.Plain(accuracy)}");
        }
        foreach (var error in found.Errors)
        {
            write($"{of}, {error.Name}: mean absolute error {NumberText.Plain(error.MeanAbsolute)}, root mean square {NumberText.Plain(error.RootMeanSquare)}, R² {NumberText.Plain(error.R2)}");
        }
    }

    private JsonObject ToJson(Predictions found, int[] rows, TrainedModel model)
    {
        JsonArray Column(double[,] table, int k) => new([.. Enumerable.Range(0, rows.Length).Select(i => JsonOutput.Number(table[i, k]))]);
        JsonObject Columns(double[,] table) => new(found.Names.Select((name, k) => KeyValuePair.Create(name, (JsonNode?)Column(table, k))));
        JsonArray? Names(int[]? classes) => classes is null ? null : new([.. classes.Select(c => JsonValue.Create(found.Names[c]))]);
        return new()
        {
            ["model"] = TrajectoryId.Logical(model.ModelPath),
            ["data"] = model.Data.Encoding.DataHash,
            ["of"] = Of,
            ["output"] = Output,
            ["accuracy"] = found.Accuracy,
            ["errors"] = new JsonObject(found.Errors.Select(e => KeyValuePair.Create(e.Name, (JsonNode?)new JsonObject
            {
                ["mae"] = JsonOutput.Number(e.MeanAbsolute),
                ["rmse"] = JsonOutput.Number(e.RootMeanSquare),
                ["r2"] = JsonOutput.Number(e.R2),
            }))),
            ["rows"] = new JsonArray([.. rows.Select(r => JsonValue.Create(r))]),
            ["targets"] = found.Wanted is null ? null : Columns(found.Wanted),
            ["classes"] = Names(found.WantedClasses),
            ["predictedClasses"] = Names(found.Classes),
            ["predictions"] = Columns(found.Values),
            ["out"] = Out,
        };
    }
}
