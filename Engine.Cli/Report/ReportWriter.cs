using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Core.Analysis;
using Engine.Core.Files;

namespace Engine.Cli.Report;

/// <summary>
/// Writes a report as one HTML page that refers to nothing outside itself. Every plot is there as SVG; where plotly.js was embedded at build time it
/// takes their place in the browser, so that they can be zoomed and read off.
/// </summary>
internal static class ReportWriter
{
    /// <summary>Points of a curve beyond which only extremes of neighbouring points are kept.</summary>
    private const int MostPoints = 4000;

    /// <summary>Writes the page to a file.</summary>
    public static void Write(ReportModel model, string path) => WholeFile.WriteText(path, Html(model, Plotly.Script()));

    /// <param name="model">What to show.</param>
    /// <param name="plotly">Text of plotly.js, or null for static plots.</param>
    public static string Html(ReportModel model, string? plotly)
    {
        var page = new StringBuilder((plotly?.Length ?? 0) + (1 << 16));
        var figures = new JsonArray();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Append($"<title>{Text(model.Title)}</title>\n<style>\n{Plotly.Read("Engine.Cli.Report.report.css")}</style>\n</head>\n<body>\n");
        AppendHeader(page, model);
        page.Append("<main>\n");
        AppendWarnings(page, model.Warnings);
        AppendStages(page, model.Stages);
        if (model.TimeSeries is { } series)
        {
            page.Append("<section id=\"time-series\"><h2>Time series</h2>\n");
            AppendPlots(page, series.Plots(), series.StageStarts, figures);
            page.Append("</section>\n");
        }
        foreach (var result in model.Results)
        {
            AppendResult(page, result, figures);
        }
        AppendParameters(page, model.Parameters);
        AppendPairs(page, "provenance", "Provenance", model.Provenance);
        page.Append("</main>\n");
        if (plotly is not null)
        {
            // "</" would end the script element in the middle of a string.
            page.Append($"<script type=\"application/json\" id=\"figures\">{figures.ToJsonString().Replace("</", "<\\/")}</script>\n");
            page.Append($"<script>{plotly.Replace("</script", "<\\/script")}</script>\n");
            page.Append($"<script>\n{Plotly.Read("Engine.Cli.Report.report.js")}</script>\n");
        }
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void AppendHeader(StringBuilder page, ReportModel model)
    {
        page.Append($"<header><div class=\"inner\"><h1>{Text(model.Title)}</h1>\n");
        if (model.Summary.Length > 0)
        {
            page.Append($"<p class=\"summary\">{Text(model.Summary)}</p>\n");
        }
        if (model.Highlights.Count > 0)
        {
            page.Append("<dl class=\"highlights\">\n");
            foreach (var (name, value) in model.Highlights)
            {
                page.Append($"<div><dt>{Text(name)}</dt><dd>{Text(value)}</dd></div>\n");
            }
            page.Append("</dl>\n");
        }
        page.Append("</div></header>\n<nav><div class=\"inner\">");
        foreach (var (id, title) in Sections(model))
        {
            page.Append($"<a href=\"#{id}\">{Text(title)}</a> ");
        }
        page.Append("</div></nav>\n");
    }

    private static IEnumerable<(string Id, string Title)> Sections(ReportModel model)
    {
        if (model.Stages.Count > 0)
        {
            yield return ("stages", "Stages");
        }
        if (model.TimeSeries is not null)
        {
            yield return ("time-series", "Time series");
        }
        foreach (var result in model.Results)
        {
            yield return (result.Name, result.Title);
        }
        if (model.Parameters is not null)
        {
            yield return ("parameters", "Parameters");
        }
        if (model.Provenance.Count > 0)
        {
            yield return ("provenance", "Provenance");
        }
    }

    private static void AppendWarnings(StringBuilder page, IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0)
        {
            return;
        }
        page.Append("<section class=\"warnings\"><ul>\n");
        foreach (var warning in warnings)
        {
            page.Append($"<li>{Text(warning)}</li>\n");
        }
        page.Append("</ul></section>\n");
    }

    private static void AppendStages(StringBuilder page, IReadOnlyList<ReportStage> stages)
    {
        if (stages.Count == 0)
        {
            return;
        }
        var columns = stages.SelectMany(s => s.Facts.Select(f => f.Key)).Distinct().ToArray();
        page.Append("<section id=\"stages\"><h2>Stages</h2>\n<div class=\"scroll\"><table><thead><tr><th>stage</th>");
        foreach (var column in columns)
        {
            page.Append($"<th class=\"number\">{Text(column)}</th>");
        }
        page.Append("</tr></thead><tbody>\n");
        foreach (var stage in stages)
        {
            page.Append($"<tr><th scope=\"row\">{Text(stage.Name)}</th>");
            foreach (var column in columns)
            {
                page.Append($"<td class=\"number\">{Text(stage.Facts.FirstOrDefault(f => f.Key == column).Value ?? "–")}</td>");
            }
            page.Append("</tr>\n");
        }
        page.Append("</tbody></table></div></section>\n");
    }

    private static void AppendResult(StringBuilder page, AnalysisResult result, JsonArray figures)
    {
        page.Append($"<section id=\"{Text(result.Name)}\"><h2>{Text(result.Title)}</h2>\n");
        AppendPlots(page, result.Plots, [], figures);
        if (result.Scalars.Count > 0)
        {
            page.Append("<div class=\"scroll\"><table class=\"scalars\"><thead><tr><th>quantity</th><th class=\"number\">value</th><th>unit</th></tr></thead><tbody>\n");
            foreach (var scalar in result.Scalars)
            {
                page.Append($"<tr><th scope=\"row\">{Text(scalar.Name)}</th><td class=\"number\">{Text(NumberText.Measured(scalar.Value, scalar.Error))}</td><td>{Text(SvgPlot.DisplayUnit(scalar.Unit))}</td></tr>\n");
            }
            page.Append("</tbody></table></div>\n");
        }
        if (result.Notes.Count > 0)
        {
            page.Append("<ul class=\"notes\">\n");
            foreach (var note in result.Notes)
            {
                page.Append($"<li>{Text(SvgPlot.DisplayUnit(note))}</li>\n");
            }
            page.Append("</ul>\n");
        }
        page.Append("</section>\n");
    }

    private static void AppendPlots(StringBuilder page, IReadOnlyList<AnalysisPlot> plots, IReadOnlyList<double> marks, JsonArray figures)
    {
        if (plots.Count == 0)
        {
            return;
        }
        page.Append("<div class=\"plots\">\n");
        foreach (var plot in plots)
        {
            var drawn = plot with { Curves = [.. plot.Curves.Where(c => c.X.Length > 0)] };
            page.Append($"<figure><figcaption>{Text(plot.Title)}</figcaption><div class=\"canvas\" data-figure=\"{figures.Count}\">\n");
            page.Append(SvgPlot.Draw(drawn, marks: marks));
            page.Append("</div></figure>\n");
            figures.Add(Figure(drawn, marks));
        }
        page.Append("</div>\n");
    }

    private static JsonObject Figure(AnalysisPlot plot, IReadOnlyList<double> marks)
    {
        var curves = new JsonArray();
        for (var k = 0; k < plot.Curves.Count; k++)
        {
            var curve = CurveThinning.Thin(plot.Curves[k], MostPoints);
            var item = new JsonObject
            {
                ["name"] = curve.Name,
                ["colour"] = SvgPlot.Palette[k % SvgPlot.Palette.Length],
                ["dash"] = k >= SvgPlot.Palette.Length ? "dash" : "solid",
                ["x"] = Numbers(curve.X),
                ["y"] = Numbers(curve.Y),
            };
            if (curve.Scatter)
            {
                item["scatter"] = true;
            }
            if (curve.Error is not null)
            {
                item["error"] = Numbers(curve.Error);
            }
            curves.Add(item);
        }
        return new JsonObject
        {
            ["x"] = SvgPlot.WithUnit(plot.XLabel, plot.XUnit),
            ["y"] = SvgPlot.WithUnit(plot.YLabel, plot.YUnit),
            ["logX"] = plot.LogarithmicX,
            ["logY"] = plot.LogarithmicY,
            ["marks"] = Numbers(marks),
            ["curves"] = curves,
        };
    }

    private static JsonArray Numbers(IEnumerable<double> values)
    {
        var array = new JsonArray();
        foreach (var v in values)
        {
            // Seven digits are more than a screen can show and keep the page small; JSON has no NaN.
            array.Add(double.IsFinite(v) ? JsonNode.Parse(v.ToString("G7", CultureInfo.InvariantCulture)) : null);
        }
        return array;
    }

    private static void AppendParameters(StringBuilder page, JsonNode? parameters)
    {
        if (parameters is null)
        {
            return;
        }
        var rows = new List<KeyValuePair<string, string>>();
        Flatten("", parameters, rows);
        AppendPairs(page, "parameters", "Parameters", rows);
    }

    private static void Flatten(string path, JsonNode? node, List<KeyValuePair<string, string>> rows)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } o:
                foreach (var (key, value) in o)
                {
                    Flatten(path.Length == 0 ? key : $"{path}.{key}", value, rows);
                }
                break;
            case JsonArray { Count: > 0 } a when a.Any(v => v is JsonObject or JsonArray):
                for (var i = 0; i < a.Count; i++)
                {
                    var name = a[i] is JsonObject item && item["name"] is JsonValue label ? label.ToString() : i.ToString(CultureInfo.InvariantCulture);
                    Flatten($"{path}[{name}]", a[i], rows);
                }
                break;
            case JsonArray a:
                rows.Add(new(path, string.Join(", ", a.Select(v => v?.ToString() ?? "null"))));
                break;
            default:
                rows.Add(new(path, node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node?.ToJsonString() ?? "null"));
                break;
        }
    }

    private static void AppendPairs(StringBuilder page, string id, string title, IReadOnlyList<KeyValuePair<string, string>> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }
        page.Append($"<section id=\"{id}\"><h2>{title}</h2>\n<div class=\"scroll\"><table class=\"pairs\"><tbody>\n");
        foreach (var (key, value) in rows)
        {
            page.Append($"<tr><th scope=\"row\">{Text(key)}</th><td>{Text(value)}</td></tr>\n");
        }
        page.Append("</tbody></table></div></section>\n");
    }

    private static string Text(string text) => Markup.Escape(text);
}
