using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>
/// Velocity autocorrelation ⟨v(0)·v(t)⟩ of each species over all time origins, and the Green–Kubo diffusion constant D = ⅓ ∫ ⟨v(0)·v(t)⟩ dt
/// (trapezoidal rule).
/// </summary>
public sealed class VelocityAutocorrelation : ITrajectoryObservable
{
    private readonly VelocityAutocorrelationSettings settings;
    private readonly UnitSystem units;
    private SpeciesCensus? census;
    private CentreOfMass? centre;
    private VectorHistory? history;
    private int[][] members = [];

    public VelocityAutocorrelation(VelocityAutocorrelationSettings settings, UnitSystem units)
    {
        if (settings.Blocks < 2)
        {
            throw new InputException($"analysis.velocityAutocorrelation.blocks is {settings.Blocks}; expected at least 2");
        }
        if (settings.MaximumLag is <= 0)
        {
            throw new InputException($"analysis.velocityAutocorrelation.maximumLag is {settings.MaximumLag}; expected a positive time");
        }
        this.settings = settings;
        this.units = units;
    }

    public string Name => "velocityAutocorrelation";

    public void Add(Configuration frame, Workers workers)
    {
        if (frame.Velocities is not { } velocities)
        {
            throw new InputException(
                $"velocityAutocorrelation: the frame of step {frame.Step} has no velocities; expected them, set output.trajectory.velocities to true");
        }
        if (census is null)
        {
            Start(frame);
        }
        census!.Check(frame, Name);
        if (!history!.Wants(frame))
        {
            return;
        }
        history.Add(frame.Time, centre!.Stored(velocities, settings.RemoveDrift));
    }

    public void Exchange(StateStream state, Configuration particles)
    {
        if (!state.Value(census is not null))
        {
            return;
        }
        if (state.Reads)
        {
            Start(particles);
        }
        history!.Exchange(state);
    }

    public AnalysisResult Result(Workers workers)
    {
        if (history is not { Count: >= 4 })
        {
            throw new InputException($"velocityAutocorrelation saw {history?.Count ?? 0} usable frames; expected at least 4, write the trajectory more often");
        }
        var interval = history.Interval;
        var lags = Math.Clamp((int)Math.Round((settings.MaximumLag ?? 0.1 * history.Duration) / interval), 2, history.Count - 1) + 1;
        var perBlock = history.Count / settings.Blocks;
        var blocked = perBlock > lags;
        var (factor, unit) = DiffusionUnits.Of(units);
        var time = Enumerable.Range(0, lags).Select(m => m * interval).ToArray();
        var correlations = new List<AnalysisCurve>();
        var integrals = new List<AnalysisCurve>();
        var scalars = new List<AnalysisScalar>();
        var notes = new List<string>
        {
            $"{history.Count} frames {interval:G6} {units.TimeUnit} apart, every one an origin; D integrated to {time[^1]:G4} {units.TimeUnit}"
                + (blocked ? $", its error from {settings.Blocks} blocks of the record." : "; the record is too short for blocks of that length, so D has no error."),
        };
        if (history.Refused > 0)
        {
            notes.Add($"{history.Refused} later frames were not used: the limit of {settings.MemoryMegabytes} MiB was reached.");
        }
        for (var kind = 0; kind < members.Length; kind++)
        {
            var name = census!.Names[kind];
            var who = members[kind];
            var c = PerParticle(who, 0, history.Count, lags, workers);
            var d = Integral(c, interval, factor);
            double? error = null;
            double[]? correlationErrors = null;
            double[]? integralErrors = null;
            if (blocked)
            {
                var blockC = Enumerable.Range(0, settings.Blocks).Select(b => PerParticle(who, b * perBlock, (b + 1) * perBlock, lags, workers)).ToArray();
                var blockD = blockC.Select(x => Integral(x, interval, factor)).ToArray();
                correlationErrors = Errors(blockC, 1 / c[0]);
                integralErrors = Errors(blockD, 1);
                error = integralErrors[^1];
            }
            correlations.Add(new(name, time, Array.ConvertAll(c, v => v / c[0]), correlationErrors));
            integrals.Add(new(name, time, d, integralErrors));
            scalars.Add(new($"mean squared velocity {name}", c[0], $"({units.LengthUnit}/{units.TimeUnit})²"));
            scalars.Add(new($"D {name}", d[^1], unit, error));
        }
        return new(
            Name, "Velocity autocorrelation",
            [
                new("Velocity autocorrelation", "t", units.TimeUnit, "⟨v(0)·v(t)⟩/⟨v²⟩", "", correlations),
                new("Running Green–Kubo integral", "t", units.TimeUnit, "D(t)", unit, integrals),
            ],
            scalars, notes);
    }

    private void Start(Configuration particles)
    {
        census = new(particles, Name);
        centre = new(census);
        history = new(Name, census.Total, settings.MemoryMegabytes, thinWhenFull: false);
        members = census.Members();
    }

    private double[] PerParticle(int[] who, int from, int to, int lags, Workers workers) =>
        Array.ConvertAll(history!.Correlation(who, from, to, lags, workers), v => v / who.Length);

    private static double[] Integral(double[] correlation, double interval, double factor)
    {
        var d = new double[correlation.Length];
        for (var m = 1; m < d.Length; m++)
        {
            d[m] = d[m - 1] + factor / 3 * interval * 0.5 * (correlation[m - 1] + correlation[m]);
        }
        return d;
    }

    private static double[] Errors(double[][] blocks, double scale)
    {
        var column = new double[blocks.Length];
        var errors = new double[blocks[0].Length];
        for (var m = 0; m < errors.Length; m++)
        {
            for (var b = 0; b < blocks.Length; b++)
            {
                column[b] = blocks[b][m] * scale;
            }
            errors[m] = BlockAverage.StandardError(column) ?? 0;
        }
        return errors;
    }
}
