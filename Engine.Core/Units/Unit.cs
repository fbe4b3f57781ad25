using System.Globalization;
using Engine.Core.Json;
using Engine.Kernels.Errors;

namespace Engine.Core.Units;

/// <summary>A unit as SI value (mantissa · 10^power) and exponents of length, mass, time, temperature and charge.</summary>
internal readonly record struct Unit(double Mantissa, int PowerOfTen, int Length, int Mass, int Time, int Temperature, int Charge)
{
    private static readonly Unit One = new(1, 0, 0, 0, 0, 0, 0);

    // CODATA 2022 where a value is measured (amu, bohr, hartree); the others are exact.
    private static readonly Dictionary<string, Unit> Named = new()
    {
        ["Angstrom"] = new(1, -10, 1, 0, 0, 0, 0),
        ["angstrom"] = new(1, -10, 1, 0, 0, 0, 0),
        ["Å"] = new(1, -10, 1, 0, 0, 0, 0),
        ["bohr"] = new(5.29177210544, -11, 1, 0, 0, 0, 0),
        ["amu"] = new(1.66053906892, -27, 0, 1, 0, 0, 0),
        ["u"] = new(1.66053906892, -27, 0, 1, 0, 0, 0),
        ["Da"] = new(1.66053906892, -27, 0, 1, 0, 0, 0),
        ["hartree"] = new(4.3597447222060, -18, 2, 1, -2, 0, 0),
        ["atm"] = new(1.01325, 5, -1, 1, -2, 0, 0),
        ["e"] = new(1.602176634, -19, 0, 0, 0, 0, 1),
        ["mol"] = new(6.02214076, 23, 0, 0, 0, 0, 0),
        ["degree"] = new(Math.PI / 180, 0, 0, 0, 0, 0, 0),
        ["rad"] = One,
        ["1"] = One,
    };

    // Those that take SI prefixes.
    private static readonly Dictionary<string, Unit> Prefixable = new()
    {
        ["m"] = new(1, 0, 1, 0, 0, 0, 0),
        ["s"] = new(1, 0, 0, 0, 1, 0, 0),
        ["g"] = new(1, -3, 0, 1, 0, 0, 0),
        ["K"] = new(1, 0, 0, 0, 0, 1, 0),
        ["C"] = new(1, 0, 0, 0, 0, 0, 1),
        ["J"] = new(1, 0, 2, 1, -2, 0, 0),
        ["eV"] = new(1.602176634, -19, 2, 1, -2, 0, 0),
        ["cal"] = new(4.184, 0, 2, 1, -2, 0, 0),
        ["N"] = new(1, 0, 1, 1, -2, 0, 0),
        ["Pa"] = new(1, 0, -1, 1, -2, 0, 0),
        ["bar"] = new(1, 5, -1, 1, -2, 0, 0),
        ["Hz"] = new(1, 0, 0, 0, -1, 0, 0),
    };

    private static readonly Dictionary<string, Unit> Reduced = new()
    {
        ["sigma"] = new(1, 0, 1, 0, 0, 0, 0),
        ["tau"] = new(1, 0, 0, 0, 1, 0, 0),
        ["m"] = new(1, 0, 0, 1, 0, 0, 0),
        ["epsilon"] = new(1, 0, 2, 1, -2, 0, 0),
        ["kB"] = new(1, 0, 2, 1, -2, -1, 0),
        ["q"] = new(1, 0, 0, 0, 0, 0, 1),
        ["1"] = One,
    };

    private static readonly Dictionary<char, int> Prefixes = new()
    {
        ['a'] = -18,
        ['f'] = -15,
        ['p'] = -12,
        ['n'] = -9,
        ['u'] = -6,
        ['µ'] = -6,
        ['μ'] = -6,
        ['m'] = -3,
        ['c'] = -2,
        ['k'] = 3,
        ['M'] = 6,
        ['G'] = 9,
        ['T'] = 12,
    };

    private static readonly (Unit Dimension, string Name)[] DimensionNames =
    [
        (One, "a plain number"),
        (Prefixable["m"], "a length"),
        (Prefixable["s"], "a time"),
        (Prefixable["g"], "a mass"),
        (Prefixable["K"], "a temperature"),
        (Prefixable["C"], "a charge"),
        (Prefixable["J"], "an energy"),
        (Prefixable["N"], "a force"),
        (Prefixable["Pa"], "a pressure"),
        (Prefixable["Pa"].Power(-1), "a compressibility"),
        (Prefixable["Hz"], "a rate per time"),
        (Prefixable["m"].Times(Prefixable["s"].Power(-1)), "a velocity"),
        (Prefixable["m"].Power(2), "a length squared"),
        (Prefixable["m"].Power(3), "a volume"),
        (Prefixable["m"].Power(-1), "an inverse length"),
        (Prefixable["m"].Power(-3), "a number density"),
        (Prefixable["g"].Times(Prefixable["m"].Power(-3)), "a mass density"),
        (Prefixable["K"].Times(Prefixable["s"].Power(-1)), "a temperature per time"),
        (Prefixable["Pa"].Times(Prefixable["s"].Power(-1)), "a pressure per time"),
    ];

    public string DimensionName
    {
        get
        {
            foreach (var (dimension, name) in DimensionNames)
            {
                if (HasDimensionOf(dimension))
                {
                    return name;
                }
            }
            return $"a quantity of dimension length^{Length} mass^{Mass} time^{Time} temperature^{Temperature} charge^{Charge}";
        }
    }

    /// <summary>Factors separated by * or · or spaces, each with an optional integer power; "/" divides by the next factor.</summary>
    public static Unit Parse(string text, bool reduced)
    {
        var unit = One;
        var sign = 1;
        var expectFactor = true;
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (c is ' ' or '*' or '·' or '/')
            {
                if (c == '/')
                {
                    sign = -1;
                    expectFactor = true;
                }
                i++;
                continue;
            }
            var start = i;
            while (i < text.Length && text[i] is not (' ' or '*' or '·' or '/' or '^'))
            {
                i++;
            }
            var factor = Lookup(text[start..i], text, reduced);
            var power = 1;
            if (i < text.Length && text[i] == '^')
            {
                var digits = ++i;
                while (i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] is '-' or '+'))
                {
                    i++;
                }
                if (!int.TryParse(text[digits..i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power) || Math.Abs(power) > 12)
                {
                    throw new InputException($"unit \"{text}\" has a bad power; expected an integer after ^, such as \"g/cm^3\"");
                }
            }
            unit = unit.Times(factor.Power(sign * power));
            sign = 1;
            expectFactor = false;
        }
        return expectFactor && text.Length > 0
            ? throw new InputException($"unit \"{text}\" ends with an operator; expected a unit after it, such as \"eV/Angstrom\"")
            : unit;
    }

    public bool HasDimensionOf(Unit other) => (Length, Mass, Time, Temperature, Charge) ==
        (other.Length, other.Mass, other.Time, other.Temperature, other.Charge);

    public double ConvertTo(Unit target, double value)
    {
        var scaled = Mantissa == target.Mantissa ? value : value * (Mantissa / target.Mantissa);
        var power = PowerOfTen - target.PowerOfTen;
        // Powers of ten up to 22 are exact doubles: one correctly rounded operation.
        return power >= 0 ? scaled * Math.Pow(10, power) : scaled / Math.Pow(10, -power);
    }

    private static Unit Lookup(string name, string text, bool reduced)
    {
        if (reduced)
        {
            return Reduced.TryGetValue(name, out var own)
                ? own
                : throw new InputException(
                    $"unit \"{name}\"{Inside(name, text)} does not exist in reduced (lj) units; write a plain number or use {string.Join(", ", Reduced.Keys)}");
        }
        if (Named.TryGetValue(name, out var unit) || Prefixable.TryGetValue(name, out unit))
        {
            return unit;
        }
        if (name.Length > 1 && Prefixes.TryGetValue(name[0], out var power) && Prefixable.TryGetValue(name[1..], out unit))
        {
            return unit with { PowerOfTen = unit.PowerOfTen + power };
        }
        string[] common = ["Angstrom", "nm", "um", "m", "fs", "ps", "ns", "s", "K", "eV", "kJ", "kcal", "mol", "J", "amu", "g", "kg", "bar", "GPa", "Pa", "atm", "N", "pN", "e", "C"];
        throw new InputException(
            $"unknown unit \"{name}\"{Inside(name, text)}; {Spelling.Expected(name, common)} one of {string.Join(", ", common)}, with SI prefixes");
    }

    private static string Inside(string name, string text) => name == text ? "" : $" in \"{text}\"";

    private Unit Times(Unit other) => new(
        Mantissa * other.Mantissa, PowerOfTen + other.PowerOfTen, Length + other.Length, Mass + other.Mass, Time + other.Time,
        Temperature + other.Temperature, Charge + other.Charge);

    private Unit Power(int exponent) => new(
        Math.Pow(Mantissa, exponent), PowerOfTen * exponent, Length * exponent, Mass * exponent, Time * exponent, Temperature * exponent, Charge * exponent);
}
