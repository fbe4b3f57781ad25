using System.Globalization;

namespace Engine.Core.Potentials;

/// <summary>Words for parameters out of range; the caller adds where they were found.</summary>
internal static class ParameterCheck
{
    public static string? Positive(string name, double value) =>
        double.IsFinite(value) && value > 0 ? null : Message(name, value, "must be greater than 0");

    public static string? NotNegative(string name, double value) =>
        double.IsFinite(value) && value >= 0 ? null : Message(name, value, "must be 0 or greater");

    public static string? Finite(string name, double value) =>
        double.IsFinite(value) ? null : Message(name, value, "must be a finite number");

    private static string Message(string name, double value, string rule) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} = {value} {rule}");
}
