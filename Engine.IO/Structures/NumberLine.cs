using System.Globalization;
using Engine.Kernels.Errors;

namespace Engine.IO.Structures;

/// <summary>Lines of words and numbers, each number in the shortest form that reads back the same; without allocation per number.</summary>
internal sealed class NumberLine(TextWriter writer)
{
    // Longest shortest form: -2.2250738585072014E-308.
    private readonly char[] _buffer = new char[32];
    private bool _needsSpace;

    public NumberLine Raw(string text)
    {
        writer.Write(text);
        _needsSpace = false;
        return this;
    }

    public NumberLine Word(string text)
    {
        Space();
        writer.Write(text);
        return this;
    }

    /// <exception cref="InputException">The number is NaN or infinite: no reader could take it back.</exception>
    public NumberLine Add(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new InputException($"a number to be written is {value.ToString(CultureInfo.InvariantCulture)}; expected finite numbers, so nothing more was written");
        }
        Space();
        value.TryFormat(_buffer, out var length, "R", CultureInfo.InvariantCulture);
        writer.Write(_buffer, 0, length);
        return this;
    }

    public NumberLine Add(int value)
    {
        Space();
        value.TryFormat(_buffer, out var length, default, CultureInfo.InvariantCulture);
        writer.Write(_buffer, 0, length);
        return this;
    }

    /// <summary>Row i of an [N, 3] array; nothing for null.</summary>
    public NumberLine Row(double[]? rows, int i) => rows is null ? this : Add(rows[3 * i]).Add(rows[3 * i + 1]).Add(rows[3 * i + 2]);

    public void End()
    {
        writer.Write('\n');
        _needsSpace = false;
    }

    private void Space()
    {
        if (_needsSpace)
        {
            writer.Write(' ');
        }
        _needsSpace = true;
    }
}
