namespace Engine.Cli.Report;

/// <summary>A linear or logarithmic axis: its range, ticks, and the map to pixels.</summary>
internal sealed class PlotAxis
{
    private readonly double low;
    private readonly double high;
    private readonly double fromPixel;
    private readonly double toPixel;
    private readonly bool logarithmic;

    public PlotAxis(IEnumerable<double> values, bool logarithmic, bool tight, double fromPixel, double toPixel)
    {
        this.fromPixel = fromPixel;
        this.toPixel = toPixel;
        var finite = values.Where(v => double.IsFinite(v) && (!logarithmic || v > 0)).Select(v => logarithmic ? Math.Log10(v) : v).ToArray();
        this.logarithmic = logarithmic;
        (low, high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
        if (high - low <= 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high)))
        {
            var room = Math.Max(0.5, 0.05 * Math.Abs(high));
            (low, high) = (low - room, high + room);
        }
        else if (!tight)
        {
            var room = 0.06 * (high - low);
            // Quantities that start at zero keep their baseline.
            (low, high) = (low == 0 ? 0 : low - room, high + room);
        }
        Ticks = logarithmic ? LogarithmicTicks() : LinearTicks();
    }

    public IReadOnlyList<(double Pixel, string Text)> Ticks { get; }

    /// <summary>NaN for what a logarithmic axis cannot show.</summary>
    public double Pixel(double value)
    {
        var v = logarithmic ? Math.Log10(value) : value;
        return fromPixel + (v - low) / (high - low) * (toPixel - fromPixel);
    }

    private List<(double, string)> LinearTicks()
    {
        var raw = (high - low) / Math.Max(3, Math.Abs(toPixel - fromPixel) / (toPixel > fromPixel ? 75 : 48));
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
        var ticks = new List<(double, string)>();
        for (var k = Math.Ceiling(low / step - 1e-9); k * step <= high + 1e-9 * step; k++)
        {
            ticks.Add((Pixel(k * step), NumberText.Tick(k * step, step, Math.Max(Math.Abs(low), Math.Abs(high)))));
        }
        return ticks;
    }

    private List<(double, string)> LogarithmicTicks()
    {
        var ticks = new List<(double, string)>();
        var few = high - low < 1.5;
        for (var decade = Math.Floor(low); decade <= Math.Ceiling(high); decade++)
        {
            foreach (var digit in few ? new[] { 1.0, 2, 5 } : [1.0])
            {
                var v = Math.Log10(digit) + decade;
                if (v >= low - 1e-9 && v <= high + 1e-9)
                {
                    var value = Math.Pow(10, v);
                    ticks.Add((Pixel(value), NumberText.Plain(Math.Round(value, 12))));
                }
            }
        }
        return ticks;
    }
}
