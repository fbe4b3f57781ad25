using System.Globalization;
using Engine.Kernels.Errors;

namespace Engine.Core.Potentials.Terms;

/// <summary>"table": see <see cref="Tabulated"/>. The cutoff of each pair is its last distance unless one is given.</summary>
public sealed record TableTerm : PairTerm<TableParameters>
{
    /// <summary>[length]; inside every table.</summary>
    public double? Cutoff { get; init; }

    /// <summary>What is done about the jump at the cutoff.</summary>
    public Shift Shift { get; init; }

    internal override Shift ShiftAtCutoff => Shift;

    /// <summary>Replaces the names of files by their columns.</summary>
    internal TableTerm Read(string folder) => this with
    {
        Pairs = Pairs.ToDictionary(pair => pair.Key, pair => pair.Value.File is { } file ? ReadColumns(Path.Combine(folder, file)) : pair.Value),
    };

    private protected override IPairTerm Create(TableParameters parameters, PotentialBuilder builder)
    {
        if (parameters.Distances is not { } r || parameters.Energy is not { } energy)
        {
            throw new InputException(parameters.File is { } file
                ? $"potential {builder.Name}: the table file {file} has not been read; load the potential from a file or give r and energy in line"
                : $"potential {builder.Name}: a table needs either file or both r and energy");
        }
        try
        {
            var spline = new TableSpline([.. r], [.. energy], parameters.Force?.ToArray());
            var cutoff = Cutoff ?? r[^1];
            return cutoff > r[0] && cutoff <= r[^1]
                ? Tabulated.From(r[0], cutoff, spline.Value, spline.Derivative, spline.SecondDerivative)
                : throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"the cutoff {cutoff} lies outside the distances {r[0]} to {r[^1]}"));
        }
        catch (ArgumentException error)
        {
            throw new InputException($"potential {builder.Name}: table: {error.Message}", error);
        }
    }

    private static TableParameters ReadColumns(string path)
    {
        List<double> r = [], energy = [], force = [];
        try
        {
            var number = 0;
            foreach (var line in File.ReadLines(path))
            {
                number++;
                var fields = line.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length == 0 || fields[0].StartsWith('#'))
                {
                    continue;
                }
                var values = new double[fields.Length];
                var valid = fields.Length is 2 or 3 && (r.Count == 0 || (fields.Length == 3) == (force.Count > 0));
                for (var i = 0; valid && i < fields.Length; i++)
                {
                    valid = double.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]);
                }
                if (!valid)
                {
                    throw new InputException($"{path} line {number}: found \"{line.Trim()}\"; expected two or three numbers r U [F], the same count in every line");
                }
                r.Add(values[0]);
                energy.Add(values[1]);
                if (values.Length == 3)
                {
                    force.Add(values[2]);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"cannot read the table {path}: {error.OneLine()}; check the path", error);
        }
        return new() { Distances = r, Energy = energy, Force = force.Count > 0 ? force : null };
    }
}
