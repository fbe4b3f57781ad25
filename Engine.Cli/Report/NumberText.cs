using System.Globalization;

namespace Engine.Cli.Report;

/// <summary>Numbers as a reader of a paper expects them.</summary>
internal static class NumberText
{
    /// <summary>"3.142 ± 0.013": the error to two digits and the value to the same decimal; six digits where there is no error.</summary>
    public static string Measured(double value, double? error)
    {
        if (error is not { } e || !double.IsFinite(e) || e <= 0 || !double.IsFinite(value))
        {
            return Plain(value);
        }
        var scale = Math.Max(Math.Abs(value), e);
        if (scale is >= 1e6 or < 1e-3)
        {
            var exponent = (int)Math.Floor(Math.Log10(scale));
            var unit = Math.Pow(10, exponent);
            return $"({Fixed(value / unit, e / unit)}) × 10{Superscript(exponent)}";
        }
        return Fixed(value, e);
    }

    /// <summary>"1 row", "2 rows".</summary>
    public static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    /// <summary>Six significant digits, powers of ten written out.</summary>
    public static string Plain(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
        }
        var size = Math.Abs(value);
        if (size != 0 && size is >= 1e7 or < 1e-4 and > 0)
        {
            var exponent = (int)Math.Floor(Math.Log10(size));
            return $"{Sign((value / Math.Pow(10, exponent)).ToString("0.####", CultureInfo.InvariantCulture))} × 10{Superscript(exponent)}";
        }
        return Sign(value.ToString("G6", CultureInfo.InvariantCulture));
    }

    /// <summary>Short text of a tick on an axis whose ticks are <paramref name="step"/> apart and reach <paramref name="largest"/>.</summary>
    public static string Tick(double value, double step, double largest)
    {
        if (Math.Abs(value) < 1e-9 * step)
        {
            return "0";
        }
        if (largest is >= 1e6 or < 1e-2)
        {
            var exponent = (int)Math.Floor(Math.Log10(largest));
            return $"{Plain(Math.Round(value / Math.Pow(10, exponent), 9))}·10{Superscript(exponent)}";
        }
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 10);
        return Sign(value.ToString($"F{decimals}", CultureInfo.InvariantCulture));
    }

    private static string Fixed(double value, double error)
    {
        var decimals = Math.Clamp(1 - (int)Math.Floor(Math.Log10(error)), 0, 12);
        var format = $"F{decimals}";
        return $"{Sign(value.ToString(format, CultureInfo.InvariantCulture))} ± {error.ToString(format, CultureInfo.InvariantCulture)}";
    }

    private static string Sign(string text) => text.Replace('-', '−');

    private static string Superscript(int exponent) => string.Concat(
        exponent.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));
}
