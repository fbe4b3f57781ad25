using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Ntk;
using Engine.Cli.Report;
using Engine.Core.Files;
using Engine.IO.H5md;
using Engine.Learn.Networks;
using Engine.Learn.Training;

namespace Engine.Cli.Verbs;

[Example("./engine ntk predict runs/ntk-cnn --of test", "errors of what was not learnt, and a row for each sample")]
[Example("./engine ntk predict runs/cars --data new-cars.csv --out predictions.csv", "rows that came later, with targets or without")]
[Verb("ntk predict", HelpText = "Apply a network that was trained: predictions in the units of the data, and their errors where targets are known.")]
internal sealed class NtkPredictVerb : TrainedModelVerb
{
    /// <summary>Targets whose errors are shown one by one.</summary>
    private const int MostShown = 8;

    [Option("out", MetaValue = "FILE.csv", HelpText = "Write the rows there (default: on standard output).")]
    public string? Out { get; set; }

    public override int Execute(VerbContext context)
    {
        using var model = Open(context, TrainedModel.All, Out);
        var part = model.Part;
        var found = Predictions.Of(model.Network, model.Encoding, part, Output, context.Cancellation);
        var precision = model.Network.Definition.Precision;
        if (Out is not null)
        {
            WholeFile.WriteText(Out, Csv(found, part.Rows, precision));
        }
        if (Json)
        {
            JsonOutput.Write(context, ToJson(found, part.Rows, model));
            return ExitCode.Done;
        }
        if (Out is null)
        {
            context.Output.Write(Csv(found, part.Rows, precision));
        }
        Show(found, part.Rows.Length, Out is null ? context.Log : context.Output.WriteLine);
        return ExitCode.Done;
    }

    /// <summary>Rows of text between commas: where a sample is in the data, what it should give, and what it gives.</summary>
    private static string Csv(Predictions found, int[] rows, Precision precision)
    {
        // Nine digits are all that single precision has.
        var format = precision == Precision.Double ? "R" : "G9";
        var text = new StringBuilder();
        void Line(IEnumerable<string> fields) => text.AppendJoin(',', fields.Select(Quoted)).Append('\n');
        IEnumerable<string> Numbers(double[,] table, int row, string digits) =>
            Enumerable.Range(0, table.GetLength(1)).Select(k => double.IsNaN(table[row, k]) ? "" : table[row, k].ToString(digits, CultureInfo.InvariantCulture));
        string[] wanted = found.WantedClasses is not null ? ["class"] : found.Wanted is not null ? [.. found.Names] : [];
        var what = found.Classes is null ? "predicted" : found.AreProbabilities ? "probability" : "output";
        Line(["row", .. wanted, .. found.Classes is null ? Array.Empty<string>() : ["predicted"], .. found.Names.Select(n => $"{what} {n}")]);
        for (var i = 0; i < rows.Length; i++)
        {
            Line(
            [
                rows[i].ToString(CultureInfo.InvariantCulture),
                .. found.WantedClasses is { } classes ? [NameOf(found, classes[i]) ?? ""] : found.Wanted is { } targets ? Numbers(targets, i, "R") : [],
                .. found.Classes is { } predicted ? [NameOf(found, predicted[i])!] : Array.Empty<string>(),
                .. Numbers(found.Values, i, format),
            ]);
        }
        return text.ToString();
    }

    private static string? NameOf(Predictions found, int number) => number < 0 ? null : found.Names[number];

    private static string Quoted(string field) => field.AsSpan().IndexOfAny(",\"\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"")}\"";

    private static void Show(Predictions found, int samples, Action<string> write)
    {
        string Of(int count) => $"of {NumberText.Count(count, "sample")}";
        if (found.Accuracy is { } accuracy)
        {
            write($"{Of(found.WantedClasses?.Count(c => c >= 0) ?? samples)}: accuracy {NumberText.Plain(accuracy)}");
        }
        else if (found.Errors.Count == 0)
        {
            write($"{Of(samples)}: what they should give is not known, so there are no errors");
        }
        foreach (var error in found.Errors.Take(MostShown))
        {
            write(error.Samples == 0 ? $"{error.Name}: what it should be is not known" : $"{Of(error.Samples)}, {error.Name}: mean absolute error {NumberText.Plain(error.MeanAbsolute)}, root mean square {NumberText.Plain(error.RootMeanSquare)}, R² {NumberText.Plain(error.R2)}");
        }
        if (found.Errors.Count > MostShown)
        {
            write(FormattableString.Invariant($"and {found.Errors.Count - MostShown} more, which --json has"));
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
            ["data"] = model.DataHash,
            ["of"] = model.Of,
            ["output"] = Output,
            ["accuracy"] = found.Accuracy,
            ["errors"] = new JsonObject(found.Errors.Select(e => KeyValuePair.Create(e.Name, (JsonNode?)new JsonObject
            {
                ["samples"] = e.Samples,
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
