using System.Globalization;
using System.Reflection;
using System.Text;
using Engine.Kernels.Errors;
using Engine.Kernels.Numerics;

namespace Engine.Kernels.Pair;

/// <summary>
/// The pair interactions of a system as C for a kernel, printed from the very formulas that the processor computes, and the numbers they read. Pairs of species with the
/// same formula share its text and differ in their row of the parameter table.
/// </summary>
public sealed class PairFormulas
{
    /// <summary>Squared cutoff and number of the formula.</summary>
    private const int FirstColumn = 2;

    private PairFormulas(string text, int stride, float[] rows, float[] tables, int forceTables, IReadOnlyList<string> columns)
    {
        (Text, Stride, Rows, Tables, ForceTables, Columns) = (text, stride, rows, tables, forceTables, columns);
    }

    /// <summary>Defines pair_value(r2, row, tables) → (energy, −U′(r)/r).</summary>
    public string Text { get; }

    /// <summary>Columns of a row.</summary>
    public int Stride { get; }

    /// <summary>Parameters [species · species · <see cref="Stride"/>].</summary>
    public float[] Rows { get; }

    /// <summary>Coefficients of all tables.</summary>
    public float[] Tables { get; }

    /// <summary>How many of <see cref="Tables"/> the forces read: the first ones.</summary>
    public int ForceTables { get; }

    /// <summary>What the columns of the first formula are called in its C# text.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Records the potentials of all pairs of species: boxed <see cref="IPairPotential{TSelf}"/> structs, null where two species do not interact.</summary>
    /// <exception cref="InputException">A formula cannot be printed, or has numbers that are no floats.</exception>
    public static PairFormulas Of(object?[,] potentials)
    {
        var species = potentials.GetLength(0);
        var texts = new List<string>();
        var printed = new Recorded?[species, species];
        for (var a = 0; a < species; a++)
        {
            for (var b = 0; b < species; b++)
            {
                if (potentials[a, b] is { } potential)
                {
                    var record = Record(potential);
                    printed[a, b] = record;
                    if (!texts.Contains(record.Text))
                    {
                        texts.Add(record.Text);
                    }
                }
            }
        }
        var all = printed.Cast<Recorded?>().OfType<Recorded>().ToList();
        var stride = FirstColumn + all.Select(r => r.Parameters.Count).DefaultIfEmpty(0).Max();
        var rows = new float[species * species * stride];
        var tables = new List<float>();
        var placed = new Dictionary<CubicTable, int>();
        foreach (var table in all.SelectMany(r => r.ForceTables))
        {
            _ = Place(table, tables, placed);
        }
        var forceTables = tables.Count;
        for (var a = 0; a < species; a++)
        {
            for (var b = 0; b < species; b++)
            {
                if (printed[a, b] is { } record)
                {
                    Fill(rows.AsSpan((a * species + b) * stride, stride), record, texts.IndexOf(record.Text), tables, placed);
                }
            }
        }
        return new(
            Print(texts, species), stride, rows, tables.Count > 0 ? [.. tables] : [0], forceTables, all.Count > 0 ? [.. all[0].Parameters.Select(p => p.Name)] : []);
    }

    private static void Fill(Span<float> row, Recorded record, int formula, List<float> tables, Dictionary<CubicTable, int> placed)
    {
        row[0] = (float)(record.Cutoff * record.Cutoff);
        row[1] = formula;
        var table = 0;
        for (var c = 0; c < record.Parameters.Count; c++)
        {
            var value = record.Parameters[c].Value;
            if (double.IsNaN(value))
            {
                // The place of a table's coefficients is known here only.
                value = Place(record.Tables[table++], tables, placed);
            }
            row[FirstColumn + c] = (float)value;
        }
    }

    private static int Place(CubicTable table, List<float> tables, Dictionary<CubicTable, int> placed)
    {
        if (!placed.TryGetValue(table, out var first))
        {
            first = tables.Count;
            placed.Add(table, first);
            tables.AddRange(table.FloatCoefficients);
        }
        return first;
    }

    private static string Print(List<string> texts, int species)
    {
        var text = new StringBuilder();
        // The kernels keep the rows of one or two species in registers.
        var row = species <= 2 ? "const float*" : "GLOBAL const float*";
        text.Append(CultureInfo.InvariantCulture, $"DEVICE float2 pair_value(const float r2, {row} row, GLOBAL const float* tables)\n{{\n");
        text.Append(CultureInfo.InvariantCulture, $"    {row} p = row + {FirstColumn};\n    float energy = 0.0f;\n    float force = 0.0f;\n");
        for (var i = 0; i < texts.Count; i++)
        {
            text.Append(texts.Count == 1 ? "    {\n" : string.Create(CultureInfo.InvariantCulture, $"    if (row[1] == {i}.0f)\n    {{\n"));
            text.Append(texts[i]).Append("    }\n");
        }
        return text.Append("    return MAKE_FLOAT2(energy, force);\n}\n").ToString();
    }

    private static Recorded Record(object potential) => (Recorded)typeof(PairFormulas)
        .GetMethod(nameof(RecordOne), BindingFlags.NonPublic | BindingFlags.Static)!
        .MakeGenericMethod(potential.GetType()).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [potential], null)!;

    private static Recorded RecordOne<T>(T potential)
        where T : struct, IPairPotential<T>
    {
        PairArithmetic.Require<T, Vector8, float>(in potential);
        using var trace = new ExpressionTrace();
        PairValue<DeviceExpression> value;
        try
        {
            value = T.EnergyAndForce(in potential, trace.Input("r2"));
        }
        catch (Exception error) when (error is not EngineException)
        {
            throw new InputException($"the formula of {typeof(T).Name} cannot be printed for a device ({error.OneLine()}), expected one of the operations of IReal alone; change it, or use --device cpu", error);
        }
        if (trace.OutOfRange is { } literal)
        {
            throw new InputException(FormattableString.Invariant(
                $"the formula of {typeof(T).Name} has the number {literal:G6}, which is no float, expected numbers up to {float.MaxValue:G2}; write it in other units, or use --device cpu"));
        }
        return new(trace.Print(("energy", value.Energy), ("force", value.ForceOverDistance)), potential.Cutoff, trace.Parameters, trace.Tables, trace.TablesOf(value.ForceOverDistance));
    }

    private sealed record Recorded(
        string Text, double Cutoff, IReadOnlyList<(string Name, double Value)> Parameters, IReadOnlyList<CubicTable> Tables, IReadOnlyList<CubicTable> ForceTables);
}
