using Engine.IO.Hdf5;
using Engine.Learn.Training;

namespace Engine.Learn.Recording;

/// <summary>A recorder at work: a group of arrays in the file, with the step and the epoch of each row beside them, and the round of a training that has such.</summary>
internal sealed class Recorder : ITrainingRecorder
{
    private readonly KernelTarget target;
    private readonly KernelService service;
    private readonly Measure[] measures;
    private readonly bool hasRounds;
    private readonly Func<ArrayStream> file;

    /// <param name="settings">What and when.</param>
    /// <param name="target">Of which samples and output.</param>
    /// <param name="subject">What is recorded.</param>
    /// <param name="service">Shared by all recorders.</param>
    /// <param name="file">Where to write, once it is open.</param>
    public Recorder(RecorderSettings settings, KernelTarget target, RecordingSubject subject, KernelService service, Func<ArrayStream> file)
    {
        (Settings, this.target, this.service, this.file, hasRounds) = (settings, target, service, file, subject.HasRounds);
        measures = [.. new MeasureCatalogue(settings, target, subject).Measures()];
        Constants =
        [
            (new($"{settings.Group}/samples", []), Array.ConvertAll(target.Numbers, n => (double)n)),
            (new($"{settings.Group}/dataRows", []), Array.ConvertAll(target.DataRows, n => (double)n)),
            .. target.Classes is { } classes ? [(new($"{settings.Group}/classes", []), Array.ConvertAll(classes, c => (double)c))] : Array.Empty<(ArrayLayout, double[])>(),
        ];
    }

    public RecorderSettings Settings { get; }

    public RecordingSchedule Schedule => Settings.When;

    public KernelTarget Target => target;

    /// <summary>Name of the array of steps.</summary>
    public string Steps => $"{Settings.Group}/step";

    /// <summary>Arrays that are the same at every moment, written once.</summary>
    public IReadOnlyList<(ArrayLayout Layout, double[] Values)> Constants { get; }

    /// <summary>All arrays.</summary>
    public IEnumerable<ArrayLayout> Layouts =>
    [
        new(Steps, []),
        new($"{Settings.Group}/epoch", []),
        .. hasRounds ? [new($"{Settings.Group}/round", [])] : Array.Empty<ArrayLayout>(),
        .. measures.Select(m => new ArrayLayout(NameOf(m), m.Row, m.Compressed)),
        .. Constants.Select(c => c.Layout),
    ];

    public void Record(TrainingMoment moment)
    {
        var look = new Look(moment, service.At(moment, target), () => service.FirstOf(target));
        // All or nothing: a kernel that is cut short leaves no half row.
        var rows = Array.ConvertAll(measures, m => m.Of(look));
        var stream = file();
        stream.Append(Steps, [moment.Step]);
        stream.Append($"{Settings.Group}/epoch", [moment.Epoch]);
        if (hasRounds)
        {
            stream.Append($"{Settings.Group}/round", [moment.Round]);
        }
        for (var k = 0; k < measures.Length; k++)
        {
            stream.Append(NameOf(measures[k]), rows[k]);
        }
        stream.Flush();
    }

    private string NameOf(Measure measure) => $"{Settings.Group}/{measure.Name}";
}
