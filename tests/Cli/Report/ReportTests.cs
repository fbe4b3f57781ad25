using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Engine.Cli.Report;
using Engine.Core.Analysis;
using Xunit;

namespace Engine.Tests.Cli.Report;

public class ReportTests
{
    private const string Library = "window.Plotly={newPlot(){}};/* </script> */";

    [Fact]
    public void PageHoldsEveryCurveAsDataAndAsPicture()
    {
        var html = ReportWriter.Html(Model(), Library);
        var data = Regex.Match(html, "id=\"figures\">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value;
        var figures = JsonNode.Parse(data)!.AsArray();
        Assert.Equal(["temperature", "target", "pressure", "Hf-O", "O-O", "D"], figures.SelectMany(f => f!["curves"]!.AsArray()).Select(c => (string)c!["name"]!));
        Assert.Equal(4, Regex.Count(html, "<svg class=\"plot\""));
        Assert.Equal(6, Regex.Count(html, "<polyline"));
        Assert.Equal(3.25, (double)figures[2]!["curves"]![0]!["y"]![1]!, 1e-12);
        Assert.Equal("r [Å]", (string)figures[2]!["x"]!);
        // The samples that were not finite are left out.
        Assert.Equal(2, figures[0]!["curves"]![1]!["x"]!.AsArray().Count);
    }

    [Fact]
    public void TextIsEscaped()
    {
        var html = ReportWriter.Html(Model(), null);
        Assert.Contains("melt &amp; quench &lt;1&gt;", html);
        Assert.Contains("D &lt;fast&gt; &quot;&#39;&quot;", html);
        Assert.DoesNotContain("<fast>", html);
    }

    [Fact]
    public void StagesParametersAndProvenanceAreThere()
    {
        var html = ReportWriter.Html(Model(), null);
        Assert.Contains("<th scope=\"row\">stages[heat].duration</th><td>2 ps</td>", html);
        Assert.Contains("<th scope=\"row\">system.cells</th><td>8, 8, 8</td>", html);
        Assert.Contains("<th scope=\"row\">seed</th><td>17</td>", html);
        // A fact that one stage lacks is a dash.
        Assert.Matches("<th scope=\"row\">hold</th><td class=\"number\">200</td><td class=\"number\">–</td>", html);
        Assert.Contains("2.075 ± 0.013", html);
        Assert.Contains("not converged", html);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PageRefersToNothingOutside(bool plotly)
    {
        var html = ReportWriter.Html(Model(), plotly ? Library : null);
        Assert.DoesNotContain("http", html);
        Assert.DoesNotContain("<link", html);
        Assert.DoesNotContain("@import", html);
        Assert.DoesNotContain("url(", html);
        Assert.DoesNotMatch("src\\s*=", html);
        Assert.All(Regex.Matches(html, "href=\"([^\"]*)\""), m => Assert.StartsWith("#", m.Groups[1].Value));
        // The library cannot end its script element early.
        Assert.Equal(plotly ? 3 : 0, Regex.Count(html, "</script>"));
    }

    [SkippableFact]
    public void BuildEmbeddedPlotly()
    {
        Skip.IfNot(Plotly.IsEmbedded, "this build has no plotly.js: npm could not restore it");
        var script = Plotly.Script()!;
        Assert.Contains("plotly.js", script[..200]);
        Assert.Contains("newPlot", script);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SvgFilesAreWellFormed(bool logarithmic)
    {
        double[] x = [.. Enumerable.Range(0, 5000).Select(i => (double)i)];
        double[] y = [.. x.Select(v => v == 3210 ? 1e4 : 1 + v * 0.01)];
        var plot = new AnalysisPlot("a < b & \"c\"", "t", "ps", "⟨Δr²⟩", "Angstrom^2", [new("one", x, y, [.. x.Select(_ => 0.1)]), new("two", x, y)])
        {
            LogarithmicX = logarithmic,
            LogarithmicY = logarithmic,
        };
        var svg = SvgPlot.Draw(plot, file: true);
        var root = XDocument.Parse(svg).Root!;
        Assert.Equal("svg", root.Name.LocalName);
        Assert.Equal("http://www.w3.org/2000/svg", root.Name.NamespaceName);
        Assert.DoesNotContain("NaN", svg);
        var lines = root.Elements().Where(e => e.Name.LocalName == "polyline").Select(e => (string)e.Attribute("points")!).ToArray();
        Assert.Equal(2, lines.Length);
        // Thinned, and the spike kept: the highest point is in the upper tenth of the picture's 380 pixels (legend and margins take 60).
        var heights = lines[1].Split(' ').Select(p => double.Parse(p.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.InRange(heights.Length, 1000, 1200);
        Assert.InRange(heights.Min(), 40, 100);
    }

    [Theory]
    [InlineData(2.0754, 0.0132, "2.075 ± 0.013")]
    [InlineData(-12345.6, 78.9, "−12346 ± 79")]
    [InlineData(4.4e-5, 3.2e-6, "(4.40 ± 0.32) × 10⁻⁵")]
    [InlineData(8, null, "8")]
    [InlineData(0.0, null, "0")]
    [InlineData(1.5e-9, null, "1.5 × 10⁻⁹")]
    [InlineData(double.NaN, 1.0, "not a number")]
    public void NumbersReadAsInAPaper(double value, double? error, string text) => Assert.Equal(text, NumberText.Measured(value, error));

    [Fact]
    public void EmptyReportIsStillAPage() =>
        Assert.Contains("<h1>nothing</h1>", ReportWriter.Html(new() { Title = "nothing" }, Library));

    private static ReportModel Model() => new()
    {
        Title = "melt & quench <1>",
        Summary = "96 atoms of HfO2.",
        Highlights = [new("atoms", "96")],
        Warnings = ["pressure not converged"],
        Stages = [new("heat", [new("steps", "100"), new("rate", "10 K/ps")]), new("hold", [new("steps", "200")])],
        TimeSeries = new("time", "ps", [0, 1, 2],
        [
            new("Temperature", "temperature", "K", [300, 310, 320]),
            new("Temperature", "target", "K", [300, 300, double.NaN]),
            new("Pressure", "pressure", "bar", [1, 2, 3]),
        ])
        { StageStarts = [1] },
        Results =
        [
            new(
                "radialDistribution", "Radial distribution",
                [
                    new("Partial g", "r", "Angstrom", "g(r)", "", [new("Hf-O", [1, 2], [0.5, 3.25], [0.1, 0.2]), new("O-O", [1, 2], [0, 1])]),
                    new("D <fast> \"'\"", "t", "ps", "D", "cm²/s", [new("D", [1, 10], [1, 2])]) { LogarithmicX = true },
                ],
                [new("first peak Hf-O", 2.0754, "Angstrom", 0.0132)], ["a note"]),
        ],
        Parameters = JsonNode.Parse("""{ "system": { "cells": [8, 8, 8] }, "stages": [{ "name": "heat", "duration": "2 ps" }] }"""),
        Provenance = [new("seed", "17")],
    };
}
