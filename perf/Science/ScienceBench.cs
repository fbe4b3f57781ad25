using Engine.Kernels.Threading;
using Engine.Learn.Data;

namespace Engine.Perf.Science;

/// <summary>Experiments on tangent kernels whose outcome is known: from theory, or from published studies.</summary>
public static class ScienceBench
{
    private static readonly (string Name, string Text, string? File, Func<Context, IEnumerable<ScienceCheck>> Run)[] Cases =
    [
        ("boundary", "a perceptron learns a line and a circle: loss and entropy at all times", null, c => BoundaryCase.Run(c.Workers, c.Cancellation)),
        ("wide-limit", "kernels of widths 64 to 4096 beside that of infinite width", null, c => WideLimitCase.Run([64, 128, 256, 512, 1024, 2048, 4096], 10, c.Workers, c.Progress, c.Cancellation)),
        ("large-spectrum", "more than 32767 rows: largest eigenvalues, entropy, and what is refused", null, LargeSpectrum),
        ("digits", "exact spectra of 1000 digits while twelve networks learn them", DigitsCase.File, c => DigitsCase.Run(c.Folder!, [1, 2, 3, 5], [4, 50, 250], c.Workers, c.Progress, c.Cancellation)),
        ("cars", "exact spectrum of fuel consumption beside subsets of 20 rows", "auto-mpg.data", c => SubsetCase.Run(new AutoMpgData { Path = "auto-mpg.data" }, c.Folder!, c.Workers)),
        ("abalone", "the same of shells, 3342 rows", "abalone.data", c => SubsetCase.Run(new AbaloneData { Path = "abalone.data" }, c.Folder!, c.Workers)),
        ("concrete", "the same of concrete, 824 rows", "Concrete_Data.csv", c => SubsetCase.Run(new ConcreteData { Path = "Concrete_Data.csv" }, c.Folder!, c.Workers)),
    ];

    /// <summary>What can be done, and a line on each.</summary>
    public static IReadOnlyList<(string Name, string Text)> Names { get; } = [.. Cases.Select(c => (c.Name, c.File is null ? c.Text : $"{c.Text}; needs {c.File}"))];

    /// <summary>Does what is named; a case whose file is not in the folder says so and has no checks.</summary>
    /// <param name="names">Of cases.</param>
    /// <param name="folder">Of data; null: none.</param>
    /// <param name="threads">Of the thread team.</param>
    /// <param name="progress">Told what is going on.</param>
    /// <param name="cancellation">Ends it.</param>
    public static IEnumerable<(string Case, ScienceCheck Check)> Run(IReadOnlyList<string> names, string? folder, int threads, Action<string> progress, CancellationToken cancellation)
    {
        using var workers = new Workers(threads);
        foreach (var (name, _, file, run) in Cases.Where(c => names.Contains(c.Name)))
        {
            if (file is not null && (folder is null || !File.Exists(Path.Combine(folder, file))))
            {
                progress($"{name} is left out: {(folder is null ? "no folder of data is given" : $"{folder} has no {file}")}; name one that has {file} by --data");
                continue;
            }
            progress(name);
            foreach (var check in run(new(workers, folder, progress, cancellation)))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return (name, check);
            }
        }
    }

    private static IEnumerable<ScienceCheck> LargeSpectrum(Context context)
    {
        const int large = 100_000, stored = 33_000;
        foreach (var check in LargeSpectrumCase.WithoutMatrix(large, context.Workers).Concat(LargeSpectrumCase.Guard(stored)))
        {
            yield return check;
        }
        // Twice what the matrix takes, so that others have room too.
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < 16L * stored * stored)
        {
            context.Progress($"the matrix of {stored} rows in memory is left out: it takes {8L * stored * stored >> 30} GiB, which is more than half of this machine's");
            yield break;
        }
        foreach (var check in LargeSpectrumCase.InMemory(stored, context.Workers))
        {
            yield return check;
        }
    }

    private sealed record Context(Workers Workers, string? Folder, Action<string> Progress, CancellationToken Cancellation);
}
