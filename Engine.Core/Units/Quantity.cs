using System.Globalization;
using Engine.Kernels.Errors;

namespace Engine.Core.Units;

/// <summary>Turns "1 fs", "0 bar", "1e-2 eV/Angstrom" into numbers in the units of a run.</summary>
public static class Quantity
{
    /// <summary>
    /// The value of <paramref name="text"/> (a number, or a number and a unit) in the unit that <paramref name="units"/> has for
    /// <paramref name="kind"/>. Powers of ten are applied exactly, so "1 fs" is 0.001 ps to the last bit.
    /// </summary>
    /// <exception cref="InputException">Not a finite number, an unknown unit, or a unit of another dimension.</exception>
    public static double Parse(string text, QuantityKind kind, UnitSystem units) => Parse(text, units.UnitOf(kind), units);

    /// <summary>The same with the unit of the result spelled out.</summary>
    public static double Parse(string text, string targetUnit, UnitSystem units)
    {
        var trimmed = text.Trim();
        var (number, unitText) = Split(trimmed);
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            throw new InputException($"\"{text}\" is not a quantity; expected a finite number and a unit, such as \"{$"1 {targetUnit}".TrimEnd()}\"");
        }
        if (unitText.Length == 0)
        {
            return value;
        }
        var unit = Unit.Parse(unitText, units.IsReduced);
        var target = Unit.Parse(targetUnit, units.IsReduced);
        if (!unit.HasDimensionOf(target))
        {
            throw new InputException(
                $"\"{text}\" is {unit.DimensionName}, expected {target.DimensionName}, such as \"{$"1 {targetUnit}".TrimEnd()}\"");
        }
        var converted = unit.ConvertTo(target, value);
        return double.IsFinite(converted)
            ? converted
            : throw new InputException($"\"{text}\" is too large to be expressed in {targetUnit}");
    }

    private static (string Number, string Unit) Split(string text)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || "+-.".Contains(text[end])))
        {
            end++;
        }
        // An exponent belongs to the number only when digits follow: "1e-2 eV" against "1 e".
        if (end > 0 && end + 1 < text.Length && text[end] is 'e' or 'E')
        {
            var digits = end + 1 + (text[end + 1] is '+' or '-' ? 1 : 0);
            var stop = digits;
            while (stop < text.Length && char.IsAsciiDigit(text[stop]))
            {
                stop++;
            }
            end = stop > digits ? stop : end;
        }
        return (text[..end], text[end..].Trim());
    }
}
