using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Input;
using Engine.Core.Observables;
using Engine.Core.Particles;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Threading;

namespace Engine.Cli.Runs;

/// <summary>
/// What the input asks to measure in one stage, each observable at its own interval. One that cannot use a frame stops and says why in its result:
/// no measurement is worth ending a run.
/// </summary>
internal sealed class StageAnalysis
{
    private readonly List<(int Every, FrameContents Contents, ObservableSet Set)> sets = [];
    private readonly string stage;
    private readonly RadialDistribution? radial;
    private string? note;
    private long last = -1;

    /// <param name="stage">Name of the stage.</param>
    /// <param name="input">What to measure.</param>
    /// <param name="units">Units of the run.</param>
    /// <param name="note">Said beside every result, or null.</param>
    public StageAnalysis(string stage, AnalysisInput input, UnitSystem units, string? note)
    {
        this.stage = stage;
        this.note = note;
        CountedPairs = new(input.RadialDistribution?.Maximum, input.RadialDistribution?.Bins ?? 0);
        Add(input.RadialDistribution?.Every, FrameContents.PairCounts, new() { RadialDistribution = input.RadialDistribution });
        radial = sets.SelectMany(s => s.Set.Observables).OfType<RadialDistribution>().SingleOrDefault();
        Add(input.Angles?.Every, FrameContents.Positions, new() { Angles = input.Angles });
        Add(input.StructureFactor?.Every, FrameContents.Positions, new() { StructureFactor = input.StructureFactor });
        Add(input.MeanSquareDisplacement?.Every, FrameContents.Positions, new() { MeanSquareDisplacement = input.MeanSquareDisplacement });
        Add(input.VelocityAutocorrelation?.Every, FrameContents.Velocities, new() { VelocityAutocorrelation = input.VelocityAutocorrelation });

        void Add(int? every, FrameContents contents, AnalysisInput one)
        {
            if (every is { } interval)
            {
                sets.Add((interval, contents, Measurements.Create(one, units, leaveOutWhatFails: true)));
            }
        }
    }

    /// <summary>How the radial distribution counts pairs.</summary>
    public PairRange CountedPairs { get; private set; }

    /// <summary>The title of a result of a stage.</summary>
    public static string TitleOf(string stage, string title) => $"{stage}: {title}";

    /// <summary>What a frame of this step must hold, None where no measurement takes one.</summary>
    public FrameContents Wants(long step)
    {
        var contents = FrameContents.None;
        foreach (var set in sets)
        {
            contents |= step % set.Every == 0 ? set.Contents : FrameContents.None;
        }
        return contents;
    }

    /// <summary>Takes a frame into account; one that was taken before, by a run that goes on from its first step, is passed over.</summary>
    public void Add(Configuration frame)
    {
        if (frame.Step <= last)
        {
            return;
        }
        last = frame.Step;
        foreach (var (every, _, set) in sets)
        {
            if (frame.Step % every == 0)
            {
                set.Add(frame, Workers.Single);
            }
        }
    }

    /// <inheritdoc cref="ITrajectoryObservable.Exchange"/>
    public void Exchange(StateStream state, Configuration particles)
    {
        last = state.Value(last);
        note = state.Text(note ?? "") is { Length: > 0 } earlier ? earlier : null;
        foreach (var (_, _, set) in sets)
        {
            set.Exchange(state, particles);
        }
        if (state.Reads && radial is { Maximum: > 0 and var range })
        {
            // The cell may have another width by now than at the first frame.
            CountedPairs = CountedPairs with { Maximum = range };
        }
    }

    /// <summary>Results with the stage in their titles; the shape of the cell, which every set measures, once.</summary>
    public IReadOnlyList<AnalysisResult> Results() =>
    [
        .. sets.SelectMany(s => s.Set.Results(Workers.Single)).DistinctBy(r => r.Name).Select(r => r with
        {
            Title = TitleOf(stage, r.Title),
            Notes = note is null ? r.Notes : [note, .. r.Notes],
        }),
    ];
}
