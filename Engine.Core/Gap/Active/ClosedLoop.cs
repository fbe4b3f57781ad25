using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Core.Builders;
using Engine.Core.Gap.Fit;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap.Active;

/// <summary>Molecular dynamics with a potential, an oracle for the frames of which it is least sure, and a new fit, until it is sure of a whole run.</summary>
public sealed class ClosedLoop(ExplorationSettings settings, SoapInput distance, IOracle oracle, ulong seed, Workers workers, Action<string> progress,
    Action<GapFitResult, IReadOnlyList<Configuration>> fitted)
{
    /// <summary>Goes on from a potential.</summary>
    /// <param name="start">Where runs begin.</param>
    /// <param name="fit">The potential to begin with.</param>
    /// <param name="fitSettings">How it was fitted, and will be again.</param>
    /// <param name="train">Its training data; what is labelled is added.</param>
    /// <param name="cancellation">Stops between steps.</param>
    public ClosedLoopResult Run(
        Configuration start, GapFitResult fit, GapFitSettings fitSettings, List<Configuration> train, CancellationToken cancellation)
    {
        var deviations = new List<double>();
        var complete = false;
        for (var round = 0; round < settings.Rounds; round++)
        {
            (var frames, complete) = Explore(start, fit.Model, seed + (ulong)round, cancellation);
            using var uncertainty = new GapUncertainty(fit.Model, workers);
            var delta = fit.Model.Sets.Max(set => set.Delta);
            double[] largest = [.. frames.Select(frame => uncertainty.Deviations(frame).Max() / delta)];
            deviations.Add(largest.Length == 0 ? double.PositiveInfinity : largest.Max());
            var picks = Pick(frames, largest, train);
            progress(string.Create(CultureInfo.InvariantCulture,
                $"exploration {round + 1}: {frames.Count} frames{(complete ? "" : ", the run exploded")}; largest deviation of an atom's energy {deviations[^1]:0.0000} of delta; {picks.Count} frames to label"));
            if (picks.Count == 0 && complete && frames.Count > 0)
            {
                return new(fit, deviations, complete, Converged: true);
            }
            foreach (var frame in picks)
            {
                cancellation.ThrowIfCancellationRequested();
                try
                {
                    oracle.Label(frame, cancellation);
                    train.Add(frame);
                }
                catch (RunFailedException error)
                {
                    progress($"a frame is left out: {error.Message}");
                }
            }
            fit = GapFit.Run(train, fitSettings, workers, _ => { }, cancellation: cancellation);
            fitted(fit, train);
        }
        return new(fit, deviations, complete, Converged: false);
    }

    /// <summary>Frames of a run; up to where it exploded, if it did.</summary>
    private (List<Configuration> Frames, bool Complete) Explore(Configuration start, GapModel model, ulong runSeed, CancellationToken cancellation)
    {
        var input = new RunInput
        {
            Units = UnitSystem.Metal.Name,
            System = new(),
            Potential = (JsonNode?)null,
            Seed = runSeed,
            InitialTemperature = settings.Temperature,
            Stages = [new() { Name = "explore", Steps = settings.Steps, TimeStep = settings.TimeStep, Temperature = settings.Temperature, Thermostat = new BussiInput { RelaxationTime = 0.1 } }],
            Output = new() { Thermo = new() { Every = int.MaxValue }, Checkpoint = new() { Every = int.MaxValue } },
        }.Resolve();
        var begin = CellForm.Reduce(start);
        begin.SpeciesTable = [.. begin.SpeciesTable.Select(s => s.Mass > 0 ? s : s with { Mass = SpeciesMasses.Find(s.Name, UnitSystem.Metal, null) })];
        var keeper = new FrameKeeper(settings.Every);
        using var simulation = new Simulation(input, begin, PotentialModel.Build(PotentialFile.Of(model), begin.SpeciesTable, UnitSystem.Metal), workers);
        try
        {
            simulation.Run(keeper, cancellation);
            cancellation.ThrowIfCancellationRequested();
            return (keeper.Frames, true);
        }
        catch (RunFailedException)
        {
            return (keeper.Frames, false);
        }
    }

    /// <summary>Of the frames above the tolerance the most uncertain first, then always the one farthest from all training data and the picks before.</summary>
    private List<Configuration> Pick(List<Configuration> frames, double[] largest, List<Configuration> train)
    {
        int[] candidates = [.. Enumerable.Range(0, frames.Count).Where(k => largest[k] > settings.Tolerance)];
        var picks = new List<Configuration>();
        if (candidates.Length == 0)
        {
            return picks;
        }
        var averages = ActiveLearning.Averages([.. candidates.Select(k => frames[k]), .. train], distance, workers);
        var nearest = candidates.Select((_, c) => averages[candidates.Length..].Select(t => ActiveLearning.Distance(averages[c], t)).DefaultIfEmpty(1).Min()).ToArray();
        var next = Array.IndexOf(candidates, candidates.MaxBy(k => largest[k]));
        while (picks.Count < Math.Min(settings.Picks, candidates.Length))
        {
            picks.Add(frames[candidates[next]]);
            for (var c = 0; c < candidates.Length; c++)
            {
                nearest[c] = Math.Min(nearest[c], ActiveLearning.Distance(averages[c], averages[next]));
            }
            next = Array.IndexOf(nearest, nearest.Max());
        }
        return picks;
    }

    private sealed class FrameKeeper(int every) : ISimulationObserver
    {
        public List<Configuration> Frames { get; } = [];

        public FrameContents WantedFrame(long step) => step > 0 && step % every == 0 ? FrameContents.Positions : FrameContents.None;

        public void FrameTaken(Configuration frame) => Frames.Add(frame);
    }
}
