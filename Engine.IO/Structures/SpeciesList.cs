using Engine.Core.Json;
using Engine.Core.Particles;

namespace Engine.IO.Structures;

/// <summary>The species met while reading, in order; indices stay the same from frame to frame.</summary>
internal sealed class SpeciesList(IReadOnlyList<string>? given)
{
    private readonly List<string> _names = [.. given ?? []];
    private readonly Dictionary<string, double> _masses = [];
    private readonly bool _closed = given is not null;

    /// <summary>Fixes order and masses as a file of ours states them.</summary>
    public void Declare(string name, double mass)
    {
        if (!_names.Contains(name) && !_closed)
        {
            _names.Add(name);
        }
        _masses[name] = mass;
    }

    public int IndexOf(LineSource lines, ReadOnlySpan<char> name)
    {
        for (var i = 0; i < _names.Count; i++)
        {
            if (name.SequenceEqual(_names[i]))
            {
                return i;
            }
        }
        if (name.IsEmpty)
        {
            throw lines.Error("found the end of the line, expected a species");
        }
        if (_closed)
        {
            throw lines.Error($"species {LineSource.Quote(name)} is not one of {string.Join(", ", _names)}{(Spelling.Nearest(name.ToString(), _names) is { } nearest ? $"; did you mean \"{nearest}\"?" : "")}");
        }
        // A garbled column of numbers must not become a million species.
        if (_names.Count == 1000)
        {
            throw lines.Error("more than 1000 species; is the species column right?");
        }
        _names.Add(name.ToString());
        return _names.Count - 1;
    }

    /// <summary>A mass found in a column; the last one counts.</summary>
    public void SetMass(int species, double mass) => _masses[_names[species]] = mass;

    public Species[] ToTable() => [.. _names.Select(name => new Species(name, _masses.GetValueOrDefault(name)))];
}
