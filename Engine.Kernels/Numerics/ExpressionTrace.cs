using System.Globalization;
using System.Text;

namespace Engine.Kernels.Numerics;

/// <summary>
/// Records the operations of one formula and prints them as C: equal subexpressions once, constants folded, parameters as columns of a table. Open while a
/// formula runs over <see cref="DeviceExpression"/>; one at a time on a thread.
/// </summary>
public sealed class ExpressionTrace : IDisposable
{
    [ThreadStatic]
    private static ExpressionTrace? current;

    private readonly List<Node> nodes = [];
    private readonly Dictionary<Node, int> known = [];
    private readonly List<(string Name, double Value)> parameters = [];
    private readonly List<CubicTable> tables = [];
    private readonly List<int> tableColumns = [];

    public ExpressionTrace()
    {
        if (current is not null)
        {
            throw new InvalidOperationException("a formula is being recorded on this thread already");
        }
        current = this;
        _ = Constant(0);
    }

    /// <summary>Numbers of the model in the order of their columns, each with the expression that the formula's text has for it.</summary>
    public IReadOnlyList<(string Name, double Value)> Parameters => parameters;

    /// <summary>Tables that the formula looks up; each adds four columns to <see cref="Parameters"/>: scale, offset, last interval, first coefficient.</summary>
    public IReadOnlyList<CubicTable> Tables => tables;

    internal static ExpressionTrace Current =>
        current ?? throw new InvalidOperationException("a device expression was used while no trace was open");

    /// <summary>A variable of the printed function.</summary>
    public DeviceExpression Input(string name) => Intern(new(Operation.Input, Text: name));

    public void Dispose() => current = null;

    /// <summary>A literal of the formula that a float cannot hold; null where there is none.</summary>
    public double? OutOfRange => nodes.Where(n => n.Operation == Operation.Constant && !float.IsFinite((float)n.Value)).Select(n => (double?)n.Value).FirstOrDefault();

    /// <summary>
    /// The statements that compute the outputs: "const float t3 = …;" for each subexpression that is needed, then "name = …;" for each output. Columns are read as
    /// p[0], p[1], …; tables through the pointer named tables.
    /// </summary>
    public string Print(params ReadOnlySpan<(string Name, DeviceExpression Value)> outputs)
    {
        var needed = new bool[nodes.Count];
        foreach (var (_, value) in outputs)
        {
            Mark(value.Node, needed);
        }
        var text = new StringBuilder();
        for (var i = 0; i < nodes.Count; i++)
        {
            if (needed[i] && nodes[i].Operation is not (Operation.Input or Operation.Constant))
            {
                text.Append(CultureInfo.InvariantCulture, $"    const float t{i} = {Formula(nodes[i])};\n");
            }
        }
        foreach (var (name, value) in outputs)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {name} = {Name(value.Node)};\n");
        }
        return text.ToString();
    }

    /// <summary>Those of <see cref="Tables"/> that a value is computed from.</summary>
    public IReadOnlyList<CubicTable> TablesOf(DeviceExpression value)
    {
        var needed = new bool[nodes.Count];
        Mark(value.Node, needed);
        return [.. tables.Where((_, k) => nodes.Where((n, i) => needed[i] && n.Operation == Operation.Lookup && n.A == tableColumns[k]).Any())];
    }

    internal DeviceExpression Constant(double value) => Intern(new(Operation.Constant, Value: value));

    internal DeviceExpression Parameter(double value, string name)
    {
        var column = parameters.IndexOf((name, value));
        if (column < 0)
        {
            column = parameters.Count;
            parameters.Add((name, value));
        }
        return Intern(new(Operation.Parameter, A: column));
    }

    internal DeviceExpression Add(DeviceExpression a, DeviceExpression b) =>
        IsConstant(a, out var x) && IsConstant(b, out var y) ? Constant(x + y)
        : Is(a, 0) ? b
        : Is(b, 0) ? a
        : Commutative(Operation.Add, a, b);

    internal DeviceExpression Subtract(DeviceExpression a, DeviceExpression b) =>
        IsConstant(a, out var x) && IsConstant(b, out var y) ? Constant(x - y)
        : Is(b, 0) ? a
        : Is(a, 0) ? Negate(b)
        : Intern(new(Operation.Subtract, a.Node, b.Node));

    internal DeviceExpression Multiply(DeviceExpression a, DeviceExpression b) =>
        IsConstant(a, out var x) && IsConstant(b, out var y) ? Constant(x * y)
        : Is(a, 0) || Is(b, 0) ? Constant(0)
        : Is(a, 1) ? b
        : Is(b, 1) ? a
        : Commutative(Operation.Multiply, a, b);

    internal DeviceExpression Divide(DeviceExpression a, DeviceExpression b) =>
        IsConstant(b, out var y) ? Multiply(a, Constant(1 / y))
        : Is(a, 0) ? a
        : Intern(new(Operation.Divide, a.Node, b.Node));

    internal DeviceExpression Negate(DeviceExpression a) =>
        IsConstant(a, out var x) ? Constant(-x)
        : nodes[a.Node].Operation == Operation.Negate ? new(nodes[a.Node].A)
        : Intern(new(Operation.Negate, a.Node));

    internal DeviceExpression MultiplyAdd(DeviceExpression a, DeviceExpression b, DeviceExpression c) =>
        Is(c, 0) || IsConstant(Multiply(a, b), out _) || Is(a, 1) || Is(b, 1)
            ? Add(Multiply(a, b), c)
            : Intern(new(Operation.MultiplyAdd, Math.Min(a.Node, b.Node), Math.Max(a.Node, b.Node), c.Node));

    internal DeviceExpression SelectLess(DeviceExpression a, DeviceExpression b, DeviceExpression ifLess, DeviceExpression otherwise) =>
        ifLess.Node == otherwise.Node ? ifLess : Intern(new(Operation.SelectLess, a.Node, b.Node, ifLess.Node, otherwise.Node));

    internal DeviceExpression Call(string function, DeviceExpression a) => Intern(new(Operation.Call, a.Node, Text: function));

    internal DeviceExpression Call(string function, DeviceExpression a, DeviceExpression b) =>
        Intern(new(Operation.CallWithTwo, Math.Min(a.Node, b.Node), Math.Max(a.Node, b.Node), Text: function));

    internal DeviceExpression Lookup(string function, CubicTable table, DeviceExpression x)
    {
        var index = tables.IndexOf(table);
        if (index < 0)
        {
            index = tables.Count;
            tables.Add(table);
            tableColumns.Add(parameters.Count);
            var name = $"table {index}";
            parameters.Add(($"{name} scale", table.FloatScale));
            parameters.Add(($"{name} offset", table.FloatOffset));
            parameters.Add(($"{name} last interval", table.FloatLast));
            // Whoever fills the parameter table knows where it puts the coefficients.
            parameters.Add(($"{name} first coefficient", double.NaN));
        }
        return Intern(new(Operation.Lookup, tableColumns[index], x.Node, Text: function));
    }

    private DeviceExpression Commutative(Operation operation, DeviceExpression a, DeviceExpression b) =>
        Intern(new(operation, Math.Min(a.Node, b.Node), Math.Max(a.Node, b.Node)));

    private DeviceExpression Intern(Node node)
    {
        if (!known.TryGetValue(node, out var index))
        {
            index = nodes.Count;
            nodes.Add(node);
            known.Add(node, index);
        }
        return new(index);
    }

    private bool IsConstant(DeviceExpression a, out double value)
    {
        value = nodes[a.Node].Value;
        return nodes[a.Node].Operation == Operation.Constant;
    }

    private bool Is(DeviceExpression a, double value) => IsConstant(a, out var x) && x == value;

    private void Mark(int index, bool[] needed)
    {
        if (needed[index])
        {
            return;
        }
        needed[index] = true;
        foreach (var operand in Operands(nodes[index]))
        {
            Mark(operand, needed);
        }
    }

    private static int[] Operands(Node n) => n.Operation switch
    {
        Operation.Add or Operation.Subtract or Operation.Multiply or Operation.Divide or Operation.CallWithTwo => [n.A, n.B],
        Operation.Negate or Operation.Call => [n.A],
        Operation.MultiplyAdd => [n.A, n.B, n.C],
        Operation.SelectLess => [n.A, n.B, n.C, n.D],
        Operation.Lookup => [n.B],
        _ => [],
    };

    private string Formula(Node n) => n.Operation switch
    {
        Operation.Parameter => $"p[{n.A}]",
        Operation.Add => $"{Name(n.A)} + {Name(n.B)}",
        Operation.Subtract => $"{Name(n.A)} - {Name(n.B)}",
        Operation.Multiply => $"{Name(n.A)} * {Name(n.B)}",
        Operation.Divide => $"{Name(n.A)} / {Name(n.B)}",
        Operation.Negate => $"-{Name(n.A)}",
        Operation.MultiplyAdd => $"FMA({Name(n.A)}, {Name(n.B)}, {Name(n.C)})",
        Operation.SelectLess => $"{Name(n.A)} < {Name(n.B)} ? {Name(n.C)} : {Name(n.D)}",
        Operation.Call => $"{n.Text}({Name(n.A)})",
        Operation.CallWithTwo => $"{n.Text}({Name(n.A)}, {Name(n.B)})",
        Operation.Lookup => $"{n.Text}(tables, p + {n.A}, {Name(n.B)})",
        _ => throw new InvalidOperationException(),
    };

    private string Name(int index) => nodes[index].Operation switch
    {
        Operation.Input => nodes[index].Text,
        Operation.Constant => Literal(nodes[index].Value),
        _ => $"t{index}",
    };

    /// <summary>A C literal that reads back as the float nearest to the value.</summary>
    private static string Literal(double value)
    {
        var digits = ((float)value).ToString("R", CultureInfo.InvariantCulture);
        var text = digits.AsSpan().IndexOfAny('.', 'E') < 0 ? digits + ".0f" : digits + "f";
        return value < 0 ? $"({text})" : text;
    }

    private enum Operation
    {
        Input,
        Constant,
        Parameter,
        Add,
        Subtract,
        Multiply,
        Divide,
        Negate,
        MultiplyAdd,
        SelectLess,
        Call,
        CallWithTwo,
        Lookup,
    }

    private readonly record struct Node(Operation Operation, int A = 0, int B = 0, int C = 0, int D = 0, double Value = 0, string Text = "");
}
