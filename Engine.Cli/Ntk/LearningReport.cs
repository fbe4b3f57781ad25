using System.Globalization;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Cli.Runs;
using Engine.Core.Json;
using Engine.Learn.Recording;

namespace Engine.Cli.Ntk;

/// <summary>Puts a training together for <see cref="ReportWriter"/>.</summary>
internal static class LearningReport
{
    private const int MostHighlights = 5;

    public static void Write(LearningInput input, RunFolder folder, RunOutcome outcome, string size, LearningCurves curves, int threads)
    {
        ReportWriter.Write(
            new()
            {
                Title = input.Title.Length > 0 ? input.Title : "Training",
                Summary = $"{size}, {outcome.StepsText} steps in {RunProgress.Elapsed(outcome.Seconds)} on {NumberText.Count(threads, "thread")}; kernels with the reduction {input.Kernel.Reduction}.",
                Highlights =
                [
                    new("steps", (outcome.StepsBefore + outcome.Steps).ToString(CultureInfo.InvariantCulture)),
                    .. curves.Telling().Take(MostHighlights).Select(t => KeyValuePair.Create(t.Name, $"{NumberText.Plain(Rounded(t.First))} → {NumberText.Plain(Rounded(t.Last))}")),
                ],
                Warnings = [.. outcome.Warnings("training")],
                Results = curves.Results(),
                Parameters = StrictJson.ToNode(input),
                Provenance =
                [
                    new("engine", Shell.Version),
                    new("input hash", ContentHash.Of(input)),
                    .. input.DataHash is { } hash ? new KeyValuePair<string, string>[] { new("data", hash) } : [],
                    new("seed", input.LearningSeed.ToString(CultureInfo.InvariantCulture)),
                    .. outcome.Contents(),
                ],
            },
            folder.Report);
    }

    /// <summary>Three digits are enough for a headline.</summary>
    private static double Rounded(double value) => !double.IsFinite(value) ? value : double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
