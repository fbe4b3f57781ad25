using Engine.IO.Hdf5;
using Engine.Kernels.Errors;

namespace Engine.IO.H5md;

/// <summary>Time series beside the frames.</summary>
public sealed partial class H5mdReader
{
    /// <summary>Names of the time series, with their group where they have one ("trajectory/potential_energy").</summary>
    public IReadOnlyList<string> ObservableNames() => Guard(Path, () =>
    {
        var names = new List<string>();
        Collect("", 0);
        return (IReadOnlyList<string>)names;

        void Collect(string prefix, int depth)
        {
            var parent = prefix.Length == 0 ? "observables" : "observables/" + prefix;
            if (depth > 2 || !file.Exists(parent))
            {
                return;
            }
            foreach (var name in file.Links(parent))
            {
                var full = prefix.Length == 0 ? name : prefix + "/" + name;
                if (file.IsDataset("observables/" + full))
                {
                    continue;
                }
                if (file.Exists($"observables/{full}/value"))
                {
                    names.Add(full);
                }
                else
                {
                    Collect(full, depth + 1);
                }
            }
        }
    });

    /// <summary>Reads a time series.</summary>
    /// <exception cref="InputException">There is none of this name, or it is damaged.</exception>
    public ObservableSeries ReadObservable(string name) => Guard(Path, () =>
    {
        using var element = H5mdElement.Open(file, "observables/" + name);
        if (element is not { TimeDependent: true })
        {
            throw new InputException($"{Path} has no time series {name}; it has {string.Join(", ", ObservableNames())}");
        }
        var rows = element.Rows;
        var steps = new long[rows];
        var times = new double[element.HasTime ? rows : 0];
        for (var i = 0L; i < rows; i++)
        {
            steps[i] = element.Step(i);
            if (element.HasTime)
            {
                times[i] = element.Time(i);
            }
        }
        var unit = Hdf5Attributes.ReadString(element.Value.Id, "engine_unit") ?? Hdf5Attributes.ReadString(element.Value.Id, "unit") ?? "";
        var shape = Array.ConvertAll(element.Value.Size[1..], n => (int)n);
        return new ObservableSeries(name, steps, times, shape, element.Value.ReadDoubles(0, rows), unit);
    });
}
