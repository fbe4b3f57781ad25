using Engine.IO.Hdf5;

namespace Engine.Learn.Studies;

/// <summary>What the runs of a study gave: an array for each column, a row for each run.</summary>
internal sealed class StudyTable
{
    private const string DoneColumn = "done";

    private readonly Study study;
    private readonly Dictionary<string, Array> arrays = [];
    private readonly int[] done;

    /// <param name="study">Whose.</param>
    /// <param name="archive">A file, which may have rows of earlier times.</param>
    public StudyTable(Study study, ArrayArchive archive)
    {
        this.study = study;
        done = new int[Runs(archive)];
        foreach (var column in study.Columns)
        {
            arrays[column.Name] = column.IsWhole ? Filled(column, -1) : Filled(column, double.NaN);
            Restore(archive, column.Name, arrays[column.Name]);
        }
        Restore(archive, DoneColumn, done);
    }

    /// <summary>Runs of the study that are not done.</summary>
    public IEnumerable<int> Missing => Enumerable.Range(0, study.Runs).Where(run => done[run] == 0);

    public void Add(int run, Array[] row)
    {
        foreach (var (column, values) in study.Columns.Zip(row))
        {
            Array.Copy(values, 0, arrays[column.Name], run * column.Count, column.Count);
        }
        done[run] = 1;
    }

    /// <summary>Puts all arrays into a file.</summary>
    public void Save(ArrayArchive archive)
    {
        foreach (var column in study.Columns)
        {
            archive.Arrays[Key(column.Name)] = ([done.Length, .. column.Shape], arrays[column.Name]);
        }
        archive.Arrays[Key(DoneColumn)] = ([done.Length], done);
    }

    /// <summary>The number at a place of each of some runs.</summary>
    /// <param name="name">The column.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="place">Where in what a run gives.</param>
    public double[] Of(string name, IEnumerable<int> runs, int place)
    {
        var width = study.Columns.Single(c => c.Name == name).Count;
        var values = (double[])arrays[name];
        return [.. runs.Select(run => values[run * width + place])];
    }

    /// <summary>A file may have more runs than the study asks for now; they stay in it.</summary>
    private int Runs(ArrayArchive archive) => Math.Max(study.Runs, archive.Arrays.GetValueOrDefault(Key(DoneColumn)).Values?.Length ?? 0);

    private string Key(string column) => $"{study.Name}.{column}";

    private T[] Filled<T>(StudyColumn column, T value)
    {
        var filled = new T[done.Length * column.Count];
        Array.Fill(filled, value);
        return filled;
    }

    private void Restore(ArrayArchive archive, string column, Array into)
    {
        if (archive.Arrays.TryGetValue(Key(column), out var found))
        {
            Array.Copy(found.Values, into, found.Values.Length);
        }
    }
}
