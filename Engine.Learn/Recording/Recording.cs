using Engine.IO.Hdf5;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Training;

namespace Engine.Learn.Recording;

/// <summary>
/// What recorders write while a network is trained: one file with a group for each, readable at any moment. However many recorders look at one moment, a kernel is computed once.
/// </summary>
public sealed class Recording : IDisposable
{
    private const string Format = "engine-recording-1";

    private readonly KernelService service;
    private readonly Dictionary<(SampleSource, string), KernelTarget> targets = [];
    private readonly Recorder[] recorders;
    private ArrayStream? stream;

    /// <param name="settings">The recorders.</param>
    /// <param name="kernel">How their kernels are computed.</param>
    /// <param name="subject">What is recorded.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="device">Where kernels are computed, and on CUDA their eigenvalues; null for the processor.</param>
    /// <param name="cancellation">Ends the computation of a kernel: what the file holds of that moment does not count then.</param>
    /// <exception cref="InputException">A setting is out of range, or something cannot be recorded here.</exception>
    public Recording(IReadOnlyList<RecorderSettings> settings, KernelSettings kernel, RecordingSubject subject, Workers workers, Device? device = null, CancellationToken cancellation = default)
    {
        kernel.Check();
        foreach (var one in settings)
        {
            one.Check();
        }
        if (settings.GroupBy(s => s.Group).FirstOrDefault(g => g.Count() > 1) is { } same)
        {
            throw new InputException($"recorders: {same.Count()} of them are named \"{same.Key}\"; give each a name of its own");
        }
        service = new(subject.Begin, cancellation);
        try
        {
            recorders = [.. settings.Select(one => new Recorder(one, Target(one), subject, service, () => stream!))];
        }
        catch
        {
            Dispose();
            throw;
        }

        KernelTarget Target(RecorderSettings one)
        {
            if (!targets.TryGetValue((one.Of, one.Output), out var target))
            {
                var byLayer = settings.Any(s => (s.Of, s.Output) == (one.Of, one.Output) && MeasureCatalogue.NeedsLayers(s.Record));
                targets[(one.Of, one.Output)] = target = new(subject, kernel, one.Of, one.Output, byLayer, workers, device);
            }
            return target;
        }
    }

    /// <summary>To be given to a trainer, once the file is open.</summary>
    public IReadOnlyList<ITrainingRecorder> Recorders => recorders;

    /// <summary>What the kernels will take; refuses those that the memory limit does not allow.</summary>
    /// <exception cref="InputException">The memory limit is too small.</exception>
    internal IReadOnlyList<KernelCost> Estimate(CostEstimator estimator) =>
    [
        .. targets.Values.Select(t => (t, recorders.Where(r => r.Target == t).Select(r => r.Settings).ToArray()))
            .Where(e => e.Item2.Any(r => MeasureCatalogue.NeedsKernel(r.Record))).Select(e => estimator.Of(e.t, e.Item2)),
    ];

    /// <summary>Begins a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="texts">Attributes of its root beside those of its own.</param>
    /// <exception cref="RunFailedException">It cannot be written.</exception>
    public void Create(string path, IReadOnlyDictionary<string, string> texts) => Open(ArrayStream.Create(path, Texts(texts), Layouts()));

    /// <summary>
    /// Goes on with a file: rows of later steps are taken away, and that of the end of a training which goes on now. Recorders that were cut short where the training is look again; those
    /// before the first step do so in the training itself.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="texts">As for <see cref="Create"/>.</param>
    /// <param name="moment">Where the training is.</param>
    /// <exception cref="InputException">The file is not of this recording.</exception>
    public void Continue(string path, IReadOnlyDictionary<string, string> texts, TrainingMoment moment)
    {
        var constants = recorders.SelectMany(r => r.Constants).Select(c => c.Layout.Name).ToHashSet();
        var schedules = recorders.ToDictionary(r => r.Steps, r => r.Schedule);
        var recorded = new HashSet<string>();
        Open(ArrayStream.Continue(path, Texts(texts), Layouts(), (before, layout) =>
        {
            var steps = layout.Name.Split('/')[0] + "/step";
            if (constants.Contains(layout.Name) || !before.Names.Contains(steps))
            {
                return 0;
            }
            var rows = before.Read(steps);
            if (rows.Contains(moment.Step))
            {
                recorded.Add(steps);
            }
            return rows.Count(s => s < moment.Step || s == moment.Step && !moment.IsFirst && schedules[steps].Wants(moment));
        }));
        RecordingSchedule.Look([.. recorders.Where(r => !moment.IsFirst && !recorded.Contains(r.Steps))], moment);
    }

    public void Dispose()
    {
        stream?.Dispose();
        service.Dispose();
        foreach (var target in targets.Values)
        {
            target.Dispose();
        }
    }

    private void Open(ArrayStream opened)
    {
        stream = opened;
        foreach (var (layout, values) in recorders.SelectMany(r => r.Constants))
        {
            stream.AppendRows(layout.Name, values);
        }
        stream.Flush();
    }

    private ArrayLayout[] Layouts() => [.. recorders.SelectMany(r => r.Layouts)];

    private Dictionary<string, string> Texts(IReadOnlyDictionary<string, string> texts)
    {
        var all = new Dictionary<string, string>(texts) { ["format"] = Format };
        foreach (var recorder in recorders)
        {
            var group = recorder.Settings.Group;
            all[$"{group}/set"] = recorder.Settings.Of.ToString().ToLowerInvariant();
            all[$"{group}/output"] = recorder.Settings.Output;
            all[$"{group}/reduction"] = recorder.Target.Settings.Reduction.ToString();
            all[$"{group}/layers"] = string.Join('\n', recorder.Target.Layers);
        }
        return all;
    }
}
