using System.Globalization;
using System.Text;
using Engine.Core.Analysis;

namespace Engine.Cli.Report;

/// <summary>Draws a plot as SVG: lines, error bands, axes, legend.</summary>
internal static class SvgPlot
{
    /// <summary>Line colours, told apart by readers with any colour vision (Okabe and Ito, 2008), blue first.</summary>
    public static readonly string[] Palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#4d4d4d", "#8c6bb1"];

    private const int MostPoints = 1200;
    private const double Left = 68, Right = 14, Top = 14, Bottom = 46, LegendRow = 18;

    /// <param name="plot">What to draw.</param>
    /// <param name="width">Width [pixel].</param>
    /// <param name="height">Height [pixel].</param>
    /// <param name="marks">Abscissae of vertical lines, or null.</param>
    /// <param name="file">True: a document of its own with the title on top; false: to be put into a page.</param>
    public static string Draw(AnalysisPlot plot, int width = 640, int height = 380, IReadOnlyList<double>? marks = null, bool file = false)
    {
        var curves = plot.Curves.Select(c => CurveThinning.Thin(c, MostPoints)).ToArray();
        var top = Top + (file ? 24 : 0) + (curves.Length > 1 ? LegendRow * LegendRows(curves, width) : 0);
        var x = new PlotAxis(curves.SelectMany(c => c.X), plot.LogarithmicX, tight: true, Left, width - Right);
        var y = new PlotAxis(curves.SelectMany(Extent), plot.LogarithmicY, tight: false, height - Bottom, top);
        var svg = new StringBuilder();
        svg.Append(file
            ? $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"Helvetica, Arial, sans-serif\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
            : $"<svg class=\"plot\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{Text(plot.Title)}\">\n");
        if (file)
        {
            svg.Append(Label(Left, 22, "start", 15, plot.Title, "#1b2733"));
        }
        DrawAxes(svg, plot, x, y, width, height, top);
        foreach (var mark in marks ?? [])
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x.Pixel(mark):F1}\" x2=\"{x.Pixel(mark):F1}\" y1=\"{top:F1}\" y2=\"{height - Bottom:F1}\" stroke=\"#9aa5b1\" stroke-dasharray=\"3 4\"/>\n");
        }
        for (var k = 0; k < curves.Length; k++)
        {
            DrawCurve(svg, curves[k], Palette[k % Palette.Length], k >= Palette.Length, x, y);
        }
        if (curves.Length > 1)
        {
            DrawLegend(svg, curves, width, file ? Top + 24 : Top);
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static IEnumerable<double> Extent(AnalysisCurve curve) => curve.Error is null
        ? curve.Y
        : curve.Y.Concat(curve.Y.Zip(curve.Error, (v, e) => v + e));

    private static void DrawAxes(StringBuilder svg, AnalysisPlot plot, PlotAxis x, PlotAxis y, int width, int height, double top)
    {
        foreach (var (pixel, text) in y.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{width - Right}\" y1=\"{pixel:F1}\" y2=\"{pixel:F1}\" stroke=\"#e6eaee\"/>\n");
            svg.Append(Label(Left - 8, pixel + 4, "end", 12, text));
        }
        foreach (var (pixel, text) in x.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{pixel:F1}\" x2=\"{pixel:F1}\" y1=\"{height - Bottom}\" y2=\"{height - Bottom + 5}\" stroke=\"#7b8794\"/>\n");
            svg.Append(Label(pixel, height - Bottom + 19, "middle", 12, text));
        }
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {top:F1}V{height - Bottom}H{width - Right}\" fill=\"none\" stroke=\"#7b8794\"/>\n");
        svg.Append(Label((Left + width - Right) / 2, height - 8, "middle", 13, WithUnit(plot.XLabel, plot.XUnit), "#3e4c59"));
        var middle = (top + height - Bottom) / 2;
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(15 {middle:F1}) rotate(-90)\" text-anchor=\"middle\" font-size=\"13\" fill=\"#3e4c59\">{Text(WithUnit(plot.YLabel, plot.YUnit))}</text>\n");
    }

    private static void DrawCurve(StringBuilder svg, AnalysisCurve curve, string colour, bool dashed, PlotAxis x, PlotAxis y)
    {
        if (curve.Scatter)
        {
            // A short stroke with round ends is a dot; one path for all keeps the page small.
            svg.Append($"<path d=\"{string.Concat(Points(curve.X, curve.Y, x, y).Select(p => $"M{p}h0"))}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"3\" stroke-opacity=\"0.5\" stroke-linecap=\"round\"/>\n");
            return;
        }
        if (curve.Error is { } error)
        {
            var upper = Points(curve.X, curve.Y.Zip(error, (v, e) => v + e), x, y);
            var lower = Points(curve.X, curve.Y.Zip(error, (v, e) => v - e), x, y).Reverse();
            svg.Append($"<polygon points=\"{string.Join(' ', upper.Concat(lower))}\" fill=\"{colour}\" fill-opacity=\"0.18\"/>\n");
        }
        var dash = dashed ? " stroke-dasharray=\"6 3\"" : "";
        svg.Append($"<polyline points=\"{string.Join(' ', Points(curve.X, curve.Y, x, y))}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.7\" stroke-linejoin=\"round\"{dash}/>\n");
    }

    private static IEnumerable<string> Points(IEnumerable<double> xs, IEnumerable<double> ys, PlotAxis x, PlotAxis y) =>
        xs.Zip(ys, (a, b) => (X: x.Pixel(a), Y: y.Pixel(b)))
            .Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:F1},{p.Y:F1}"));

    private static double EntryWidth(AnalysisCurve curve) => 34 + 7.2 * curve.Name.Length;

    private static int LegendRows(AnalysisCurve[] curves, int width)
    {
        var (rows, used) = (1, 0.0);
        foreach (var w in curves.Select(EntryWidth))
        {
            (rows, used) = used > 0 && used + w > width - Left - Right ? (rows + 1, w) : (rows, used + w);
        }
        return rows;
    }

    private static void DrawLegend(StringBuilder svg, AnalysisCurve[] curves, int width, double top)
    {
        double x = Left, y = top + 4;
        for (var k = 0; k < curves.Length; k++)
        {
            var w = EntryWidth(curves[k]);
            if (x > Left && x + w > width - Right)
            {
                (x, y) = (Left, y + LegendRow);
            }
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x:F1}\" x2=\"{x + 20:F1}\" y1=\"{y:F1}\" y2=\"{y:F1}\" stroke=\"{Palette[k % Palette.Length]}\" stroke-width=\"2.4\"/>\n");
            svg.Append(Label(x + 25, y + 4, "start", 12, curves[k].Name, "#3e4c59"));
            x += w;
        }
    }

    private static string Label(double x, double y, string anchor, int size, string text, string colour = "#616e7c") => string.Create(
        CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{colour}\">{Text(text)}</text>\n");

    public static string WithUnit(string label, string unit) => unit.Length == 0 ? label : $"{label} [{DisplayUnit(unit)}]";

    /// <summary>Units as they are printed: Å for Angstrom.</summary>
    public static string DisplayUnit(string unit) => unit.Replace("Angstrom", "Å").Replace("^3", "³").Replace("^2", "²")
        .Replace("epsilon", "ε").Replace("sigma", "σ").Replace("tau", "τ");

    private static string Text(string text) => Markup.Escape(text);
}
