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
[Example("./engine ntk predict runs/mpg --data new-cars.csv --out predictions.csv", "rows that came later, with targets or without")]
[Verb("ntk predict", HelpText = "Apply a network that was trained: predictions in the units of the data, and their errors where targets are known.")]
internal sealed class NtkPredictVerb : Verb
{
    private const string All = "all";

    /// <summary>Targets whose errors are shown one by one.</summary>
    private const int MostShown = 8;

    [Value(0, MetaName = "MODEL", Required = true, HelpText = "Run folder of ntk train, its network (model.h5) or its checkpoint.")]
    public string Model { get; set; } = "";

    [Value(1, MetaName = "DATA", HelpText = "File of ntk train with its data, or data alone (JSON); default: what the network learnt from.")]
    public string? Data { get; set; }

    [Option("set", Separator = SettingSeparator, MetaValue = "PATH=VALUE", HelpText = "Change one value of DATA; may be repeated.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("data", MetaValue = "FILE", HelpText = "File of the data, instead of the one that DATA names: rows that came later, with targets or without.")]
    public string? Table { get; set; }

    [Option("of", Default = All, MetaValue = "all|training|test", HelpText = "Which samples: all in the order of the data, or a part of them.")]
    public string Of { get; set; } = All;

    [Option("output", Default = Network.MainOutput, MetaValue = "NAME", HelpText = "Which output of the network.")]
    public string Output { get; set; } = Network.MainOutput;

    [Option("out", MetaValue = "FILE.csv", HelpText = "Write the rows there (default: on standard output).")]
    public string? Out { get; set; }

    public override int Execute(VerbContext context)
    {
        SampleSource? source = Of == All ? null : Named<SampleSource>("of", Of, All);
        using var model = new TrainedModel(Model, Data, Table, Set, whole: source is null, context.Log);
        if (Out is not null)
        {
            WholeFile.Require(Out, "--out", model.Files);
        }
        var (data, ofTest) = (model.Data, source == SampleSource.Test);
        var samples = !ofTest ? data.Training : data.Test ?? throw new InputException($"--of is test, but {model.DataPath} has no samples to test; expected all or training");
        var rows = (ofTest ? data.TestRows : data.TrainingRows) ?? [.. Enumerable.Range(0, samples.Count)];
        var found = Predictions.Of(model.Network, model.Encoding, data, ofTest, Output);
        var text = Text(found, rows);
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
    private static string Text(Predictions found, int[] rows)
    {
        var text = new StringBuilder();
        void Line(IEnumerable<string> fields) => text.AppendJoin(',', fields.Select(Quoted)).Append('\n');
        string[] wanted = found.WantedClasses is not null ? ["class"] : found.Wanted is not null ? [.. found.Names] : [];
        string[] given = found.Classes is not null ? ["predicted", .. found.Names.Select(n => $"{(found.AreProbabilities ? "probability" : "output")} {n}")] : [.. found.Names.Select(n => $"predicted {n}")];
        Line(["row", .. wanted, .. given]);
        for (var i = 0; i < rows.Length; i++)
        {
            // What was read as it was, what was computed to the digits that a double has.
            IEnumerable<string> Numbers(double[,] table, string format) =>
                Enumerable.Range(0, table.GetLength(1)).Select(k => double.IsNaN(table[i, k]) ? "" : table[i, k].ToString(format, CultureInfo.InvariantCulture));
            Line(
            [
                rows[i].ToString(CultureInfo.InvariantCulture),
                .. found.WantedClasses is { } classes ? [NameOf(found, classes[i]) ?? ""] : found.Wanted is { } targets ? Numbers(targets, "R") : [],
                .. found.Classes is { } predicted ? Numbers(found.Values, "G15").Prepend(NameOf(found, predicted[i])!) : Numbers(found.Values, "G15"),
            ]);
        }
        return text.ToString();
    }

    private static string? NameOf(Predictions found, int number) => number < 0 ? null : found.Names[number];

    private static string Quoted(string field) => field.AsSpan().IndexOfAny(",\"\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"")}\"";

    private static void Show(Predictions found, int samples, Action<string> write)
    {
        var of = string.Create(CultureInfo.InvariantCulture, $"of {samples} sample{(samples == 1 ? "" : "s")}");
        if (found.Accuracy is { } accuracy)
        {
            write($"{of}: accuracy {NumberText.Plain(accuracy)}");
        }
        else if (found.Errors.Count == 0)
        {
            write($"{of}: what they should give is not known, so there are no errors");
        }
        foreach (var error in found.Errors.Take(MostShown))
        {
            write($"{of}, {error.Name}: mean absolute error {NumberText.Plain(error.MeanAbsolute)}, root mean square {NumberText.Plain(error.RootMeanSquare)}, R² {NumberText.Plain(error.R2)}");
        }
        if (found.Errors.Count > MostShown)
        {
            var rest = found.Errors.Count - MostShown;
            write(string.Create(
                CultureInfo.InvariantCulture,
                $"{of}, {rest} more (--json has each): of all {found.Errors.Count} the mean absolute error is {NumberText.Plain(found.Errors.Average(e => e.MeanAbsolute))} and the root mean square {NumberText.Plain(Math.Sqrt(found.Errors.Average(e => e.RootMeanSquare * e.RootMeanSquare)))}"));
        }
    }

    private JsonObject ToJson(Predictions found, int[] rows, TrainedModel model)
    {
        JsonArray Column(double[,] table, int k) => new([.. Enumerable.Range(0, rows.Length).Select(i => JsonOutput.Number(table[i, k]))]);
        JsonObject Columns(double[,] table) => new(found.Names.Select((name, k) => KeyValuePair.Create(name, (JsonNode?)Column(table, k))));
        JsonArray? Names(int[]? classes) => classes is null ? null : new([.. classes.Select(c => JsonValue.Create(NameOf(found, c)))]);
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
            ["areProbabilities"] = found.AreProbabilities,
            ["out"] = Out,
        };
    }
}
