using Engine.Core.Analysis;
using Engine.Core.Input;
using Engine.Core.Observables;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Threading;

namespace Engine.Cli.Runs;

/// <summary>
/// What the input asks to measure in one stage, each observable at its own interval. One that cannot use a frame stops and says why in its result:
/// no measurement is worth ending a run.
/// </summary>
internal sealed class StageAnalysis
{
    private readonly List<(int Every, ObservableSet Set)> sets = [];
    private readonly string stage;
    private readonly string? note;

    /// <param name="stage">Name of the stage.</param>
    /// <param name="input">What to measure.</param>
    /// <param name="units">Units of the run.</param>
    /// <param name="note">Said beside every result, or null.</param>
    public StageAnalysis(string stage, AnalysisInput input, UnitSystem units, string? note)
    {
        this.stage = stage;
        this.note = note;
        Add(input.RadialDistribution?.Every, new() { RadialDistribution = input.RadialDistribution });
        Add(input.Angles?.Every, new() { Angles = input.Angles });
        Add(input.StructureFactor?.Every, new() { StructureFactor = input.StructureFactor });
        Add(input.MeanSquareDisplacement?.Every, new() { MeanSquareDisplacement = input.MeanSquareDisplacement });
        Add(input.VelocityAutocorrelation?.Every, new() { VelocityAutocorrelation = input.VelocityAutocorrelation });

        void Add(int? every, AnalysisInput one)
        {
            if (every is { } interval)
            {
                sets.Add((interval, Measurements.Create(one, units, leaveOutWhatFails: true)));
            }
        }
    }

    /// <summary>The title of a result of a stage.</summary>
    public static string TitleOf(string stage, string title) => $"{stage}: {title}";

    public bool Wants(long step) => sets.Exists(s => step % s.Every == 0);

    public void Add(Configuration frame)
    {
        foreach (var (every, set) in sets)
        {
            if (frame.Step % every == 0)
            {
                set.Add(frame, Workers.Single);
            }
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
