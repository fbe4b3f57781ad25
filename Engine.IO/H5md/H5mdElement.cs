using Engine.IO.Hdf5;

namespace Engine.IO.H5md;

/// <summary>An H5MD element: values that depend on time by explicit steps, by a fixed step, or not at all.</summary>
internal sealed class H5mdElement : IDisposable
{
    private readonly long[]? steps;
    private readonly double[]? times;
    private readonly long firstStep;
    private readonly long stepIncrement;
    private readonly double firstTime;
    private readonly double timeIncrement;
    private readonly bool hasTime;

    private H5mdElement(Hdf5File file, string path)
    {
        TimeDependent = !file.IsDataset(path);
        Value = file.Dataset(TimeDependent ? path + "/value" : path);
        try
        {
            if (!TimeDependent)
            {
                return;
            }
            using (var step = file.Dataset(path + "/step"))
            {
                if (step.Size.Length == 1)
                {
                    steps = step.ReadLongs(0, step.Rows);
                }
                else
                {
                    stepIncrement = step.ReadLongs(0, 1)[0];
                    firstStep = (long)(Hdf5Attributes.ReadNumbers(step.Id, "offset") is [var offset, ..] ? offset : 0);
                }
            }
            hasTime = file.Exists(path + "/time");
            if (hasTime)
            {
                using var time = file.Dataset(path + "/time");
                if (time.Size.Length == 1)
                {
                    times = time.ReadDoubles(0, time.Rows);
                }
                else
                {
                    timeIncrement = time.ReadDoubles(0, 1)[0];
                    firstTime = Hdf5Attributes.ReadNumbers(time.Id, "offset") is [var offset, ..] ? offset : 0;
                }
            }
            Rows = Math.Min(Value.Size.Length == 0 ? 0 : Value.Rows, Math.Min(steps?.Length ?? long.MaxValue, times?.Length ?? long.MaxValue));
        }
        catch
        {
            Value.Dispose();
            throw;
        }
    }

    public bool TimeDependent { get; }

    public Hdf5Dataset Value { get; }

    /// <summary>Rows along time; 0 for an element that does not depend on it.</summary>
    public long Rows { get; }

    public bool HasTime => hasTime;

    /// <summary>The element at <paramref name="path"/>, null where there is none.</summary>
    public static H5mdElement? Open(Hdf5File file, string path)
    {
        if (!file.Exists(path))
        {
            return null;
        }
        return file.IsDataset(path) || (file.Exists(path + "/value") && file.Exists(path + "/step")) ? new H5mdElement(file, path) : null;
    }

    public long Step(long row) => steps is null ? firstStep + row * stepIncrement : steps[row];

    public double Time(long row) => times is null ? firstTime + row * timeIncrement : times[row];

    /// <summary>The row of exactly this step, −1 where there is none.</summary>
    public long RowOf(long step)
    {
        var row = LastRowUpTo(step);
        return row >= 0 && Step(row) == step ? row : -1;
    }

    /// <summary>The last row whose step is not later, −1 where all are.</summary>
    public long LastRowUpTo(long step)
    {
        long low = 0, high = Rows;
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (Step(middle) <= step)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low - 1;
    }

    /// <summary>The values at a row, or all of them where they do not depend on time.</summary>
    public double[] Doubles(long row) => TimeDependent ? Value.ReadDoubles(row, 1) : Value.ReadDoubles(0, Value.Rows);

    /// <inheritdoc cref="Doubles"/>
    public long[] Longs(long row) => TimeDependent ? Value.ReadLongs(row, 1) : Value.ReadLongs(0, Value.Rows);

    public void Dispose() => Value.Dispose();
}
