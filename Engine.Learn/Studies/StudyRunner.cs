using System.Globalization;
using System.Runtime.ExceptionServices;
using Engine.Core.Json;
using Engine.IO.Hdf5;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Studies;

/// <summary>
/// Does the runs of studies, several at a time, and files each in an HDF5 file as soon as it is done: what was stopped, or ended in any other way, goes on where it was. A run has its own
/// seed and its own networks, so that no bit depends on the number of threads.
/// </summary>
public sealed class StudyRunner : IDisposable
{
    private readonly StudyDefinition definition;
    private readonly string file;
    private readonly ArrayArchive archive;
    private readonly Dictionary<(string Input, Precision Precision), DataSets> owned = [];
    private readonly Dictionary<string, (DataSets Data, StudyTable Table)> parts = [];
    private readonly Lock filing = new();

    /// <param name="definition">What is asked.</param>
    /// <param name="folder">Where relative paths of its data start.</param>
    /// <param name="file">Where runs are filed; runs of the same studies that are there are not done again.</param>
    /// <exception cref="InputException">A value is out of range, the data cannot be read, the file is of other studies, or something is expected of a number that there is not.</exception>
    public StudyRunner(StudyDefinition definition, string folder, string file)
    {
        definition.Check();
        (this.definition, this.file) = (definition, file);
        archive = File.Exists(file) ? ArrayArchive.Read(file) : new();
        try
        {
            foreach (var study in definition.Studies)
            {
                var data = DataOf(study.Network, folder);
                study.Check(data);
                Identify(study, data);
                parts[study.Name] = (data, new(study, archive));
            }
            // A name that is misspelt shows before the first run, not after the last one.
            Test([.. definition.Studies.Select(Summarise)]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>SHA-256 of the definition of the data, but for its path, and of its files.</summary>
    public string DataId => owned.Values.First().Encoding.DataHash;

    /// <summary>A line on what was left out of the data; null where nothing was.</summary>
    public string? Notice => owned.Values.First().Notice;

    /// <summary>Runs that are not done.</summary>
    public int Missing(Study study) => parts[study.Name].Table.Missing.Count();

    /// <summary>How long the missing runs of a study take on one thread [s], from a little of each; null where one fails already, which the runs will say.</summary>
    /// <param name="study">Which.</param>
    /// <param name="cancellation">Ends it.</param>
    public double? EstimateSeconds(Study study, CancellationToken cancellation)
    {
        int[] missing = [.. parts[study.Name].Table.Missing];
        if (missing.Length == 0)
        {
            return 0;
        }
        var seconds = study.EstimateSeconds(parts[study.Name].Data, definition.Seed, cancellation);
        var sum = missing.Sum(run => seconds[run % seconds.Length]);
        return double.IsNaN(sum) ? null : sum;
    }

    /// <summary>Does the missing runs of a study.</summary>
    /// <param name="study">Which.</param>
    /// <param name="workers">One run at a time on each thread.</param>
    /// <param name="progress">Told the share of the missing runs that is done, on any thread, one at a time.</param>
    /// <param name="cancellation">Ends it; runs that are done stay.</param>
    public void Run(Study study, Workers workers, Action<double> progress, CancellationToken cancellation)
    {
        var (data, table) = parts[study.Name];
        int[] missing = [.. table.Missing];
        var shares = new double[missing.Length];
        ExceptionDispatchInfo? failure = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        workers.Run(missing.Length, k =>
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }
            try
            {
                torch.set_num_threads(study.Training.TorchThreads);
                var row = study.Run(missing[k], new(data.Training, data.Test!, definition.Seed, share => Tell(k, share), stop.Token));
                Keep(table, missing[k], row);
                Tell(k, 1);
            }
            catch (Exception error)
            {
                if (error is RunFailedException)
                {
                    error = new RunFailedException($"study {study.Name}, {study.Describe(missing[k], definition.Seed)}: {error.Message}", error);
                }
                // The first one counts: those that follow are of runs that it stopped.
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
                stop.Cancel();
            }
        });
        cancellation.ThrowIfCancellationRequested();
        failure?.Throw();

        void Tell(int k, double share)
        {
            lock (shares)
            {
                shares[k] = share;
                progress(shares.Average());
            }
        }
    }

    /// <summary>What a study found; NaN as long as runs are missing.</summary>
    public StudySummary Summarise(Study study) => study.Summarise(parts[study.Name].Table, definition.Seed);

    /// <summary>Looks whether what was expected holds.</summary>
    /// <param name="summaries">Of all studies.</param>
    /// <exception cref="InputException">Something is expected of a number that there is not.</exception>
    public IReadOnlyList<ExpectationOutcome> Test(IReadOnlyList<StudySummary> summaries) => [.. definition.Expect.Select(e => e.Test(summaries))];

    public void Dispose()
    {
        foreach (var data in owned.Values)
        {
            data.Dispose();
        }
    }

    /// <summary>The data as a network takes it; networks of the same input and precision share it.</summary>
    private DataSets DataOf(NetworkDefinition network, string folder)
    {
        var key = (StrictJson.Canonical(network.Input), network.Precision);
        if (!owned.TryGetValue(key, out var data))
        {
            owned[key] = data = definition.Data.Load(network, folder);
        }
        return data;
    }

    /// <summary>Refuses a file whose runs are not of this study.</summary>
    private void Identify(Study study, DataSets data)
    {
        string Key(string name) => $"{study.Name}.{name}";
        var identity = ContentHash.OfText(string.Create(CultureInfo.InvariantCulture, $"{ContentHash.Of(study.Shape)} {data.Encoding.DataHash} {definition.Seed}"));
        var seed = definition.Seed.ToString(CultureInfo.InvariantCulture);
        if (archive.Texts.TryGetValue(Key("identity"), out var found) && found != identity)
        {
            var before = StrictJson.Read<Study>(archive.Texts[Key("study")], file);
            var place = string.Create(CultureInfo.InvariantCulture, $"studies[{definition.Studies.ToList().IndexOf(study)}]");
            var difference = JsonDifference.Between(StrictJson.ToNode(before.Shape), StrictJson.ToNode(study.Shape), place).FirstOrDefault()?.ToString()
                ?? (archive.Texts.GetValueOrDefault(Key("seed")) is { } other && other != seed ? $"seed is {seed} and was {other}" : "its data are others");
            throw new InputException($"{file} has runs of another {study.Name}: {difference}; give --out another folder, or remove the file");
        }
        archive.Texts[Key("identity")] = identity;
        archive.Texts[Key("study")] = StrictJson.Write(study);
        archive.Texts[Key("seed")] = seed;
    }

    private void Keep(StudyTable table, int run, Array[] row)
    {
        lock (filing)
        {
            table.Add(run, row);
            table.Save(archive);
            archive.Write(file);
        }
    }
}
