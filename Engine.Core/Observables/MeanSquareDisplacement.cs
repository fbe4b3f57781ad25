using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>
/// Mean-square displacement of each species over all time origins, S₁ − 2S₂ with S₂ by Fourier transform (Kneller, Keiner, Kneller and Schiller, Comput. Phys.
/// Commun. 91, 191 (1995)), and D = slope/6 in a stated window. Displacements are accumulated between frames in fractional
/// coordinates with the image counters (nearest image where a file has none) and the mean of the two cells, so the breathing of a barostat does
/// not count as motion.
/// </summary>
public sealed class MeanSquareDisplacement : ITrajectoryObservable
{
    private readonly MeanSquareDisplacementSettings settings;
    private readonly UnitSystem units;
    private SpeciesCensus? census;
    private CentreOfMass? centre;
    private VectorHistory? history;
    private int[][] members = [];
    private double[] fractional = [];
    private double[] displacement = [];
    private Box lastBox;
    private bool guessedImages;

    public MeanSquareDisplacement(MeanSquareDisplacementSettings settings, UnitSystem units)
    {
        if (settings.Blocks < 2)
        {
            throw new InputException($"analysis.meanSquareDisplacement.blocks is {settings.Blocks}; expected at least 2");
        }
        if (settings.FitFrom >= settings.FitTo || settings.FitFrom < 0 || settings.MaximumLag <= 0)
        {
            throw new InputException(
                $"analysis.meanSquareDisplacement has fitFrom {settings.FitFrom}, fitTo {settings.FitTo}, maximumLag {settings.MaximumLag}; expected 0 ≤ fitFrom < fitTo and a positive lag");
        }
        this.settings = settings;
        this.units = units;
    }

    public string Name => "meanSquareDisplacement";

    public void Add(Configuration frame, Workers workers)
    {
        if (census is null)
        {
            Start(frame);
            lastBox = frame.Box;
        }
        census!.Check(frame, Name);
        var wanted = history!.Wants(frame);
        Advance(frame, first: history.Count == 0);
        if (!wanted)
        {
            return;
        }
        history.Add(frame.Time, centre!.Stored(displacement, settings.RemoveDrift));
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
        fractional = state.Values(fractional);
        displacement = state.Values(displacement);
        lastBox = state.Cell(lastBox);
        guessedImages = state.Value(guessedImages);
        history!.Exchange(state);
    }

    public AnalysisResult Result(Workers workers)
    {
        if (history is not { Count: >= 4 })
        {
            throw new InputException($"meanSquareDisplacement saw {history?.Count ?? 0} usable frames; expected at least 4, write the trajectory more often");
        }
        var total = history.Duration;
        var interval = history.Interval;
        var lags = Math.Clamp((int)Math.Round((settings.MaximumLag ?? 0.5 * total) / interval), 2, history.Count - 1) + 1;
        var fitFrom = Math.Max(1, (int)Math.Ceiling((settings.FitFrom ?? 0.05 * total) / interval - 1e-6));
        var fitTo = Math.Min(history.Count - 1, (int)Math.Floor((settings.FitTo ?? 0.2 * total) / interval + 1e-6));
        var fitted = fitTo - fitFrom >= 2;
        var reach = Math.Max(lags, fitTo + 1);
        var time = Enumerable.Range(0, reach).Select(m => m * interval).ToArray();
        var curves = new List<AnalysisCurve>();
        var scalars = new List<AnalysisScalar>();
        var notes = new List<string>
        {
            $"{history.Count} frames {interval:G6} {units.TimeUnit} apart, every one an origin; "
                + (settings.RemoveDrift ? "motion of the centre of mass of all particles removed." : "motion of the centre of mass not removed."),
        };
        if (history.Thinnings > 0)
        {
            notes.Add($"To stay within {settings.MemoryMegabytes} MiB every second frame was dropped {history.Thinnings} times.");
        }
        if (guessedImages)
        {
            notes.Add("The frames carry no image counters: each particle was taken to move by less than half the box between frames.");
        }
        notes.Add(fitted
            ? $"D = slope/6 between {time[fitFrom]:G4} and {time[fitTo]:G4} {units.TimeUnit}; its error from {settings.Blocks} blocks of the record; no finite-size correction."
            : "The fit window holds fewer than three lags, so no D was fitted; set fitFrom and fitTo or sample more frames.");
        for (var kind = 0; kind < members.Length; kind++)
        {
            var name = census!.Names[kind];
            var msd = OverWindow(members[kind], 0, history.Count, reach, workers);
            curves.Add(new(name, time[..lags], msd[..lags]));
            if (fitted)
            {
                AddDiffusion(name, members[kind], msd, time, fitFrom, fitTo, scalars, notes, workers);
            }
        }
        if (members.Length > 1)
        {
            var all = new double[lags];
            for (var kind = 0; kind < members.Length; kind++)
            {
                for (var m = 0; m < lags; m++)
                {
                    all[m] += curves[kind].Y[m] * members[kind].Length / census!.Total;
                }
            }
            curves.Add(new("all", time[..lags], all));
        }
        return new(
            Name, "Mean-square displacement",
            [new("Mean-square displacement", "t", units.TimeUnit, "⟨Δr²⟩", $"{units.LengthUnit}²", curves)], scalars, notes);
    }

    private void AddDiffusion(
        string name, int[] who, double[] msd, double[] time, int fitFrom, int fitTo, List<AnalysisScalar> scalars, List<string> notes, Workers workers)
    {
        var (factor, unit) = DiffusionUnits.Of(units);
        var window = (fitFrom)..(fitTo + 1);
        var slope = LinearFit.Of(time.AsSpan(window), msd.AsSpan(window)).Slope;
        var perBlock = history!.Count / settings.Blocks;
        double? error = null;
        if (perBlock > fitTo + 1)
        {
            var values = new double[settings.Blocks];
            for (var b = 0; b < values.Length; b++)
            {
                var block = OverWindow(who, b * perBlock, (b + 1) * perBlock, fitTo + 1, workers);
                values[b] = LinearFit.Of(time.AsSpan(window), block.AsSpan(window)).Slope * factor / 6;
            }
            error = BlockAverage.StandardError(values);
        }
        else
        {
            notes.Add($"{name}: the fit window is longer than a block of the record, so D has no error; shorten the window or run longer.");
        }
        scalars.Add(new($"D {name}", slope * factor / 6, unit, error));
        if (!(msd.AsSpan(window).IndexOfAnyInRange(double.NegativeInfinity, 0) < 0))
        {
            return;
        }
        var exponent = LinearFit.Of(
            Array.ConvertAll(time[window], Math.Log), Array.ConvertAll(msd[window], Math.Log)).Slope;
        scalars.Add(new($"log-log slope {name}", exponent, ""));
        if (exponent is < 0.95 or > 1.05)
        {
            notes.Add(FormattableString.Invariant(
                $"{name}: not diffusive in the fit window (log-log slope {exponent:F3}, expected 0.95 to 1.05); D is only nominal."));
        }
    }

    private void Start(Configuration particles)
    {
        census = new(particles, Name);
        centre = new(census);
        history = new(Name, census.Total, settings.MemoryMegabytes, thinWhenFull: true);
        members = census.Members();
        fractional = new double[3 * census.Total];
        displacement = new double[3 * census.Total];
    }

    private double[] OverWindow(int[] who, int from, int to, int lags, Workers workers)
    {
        var cross = history!.Correlation(who, from, to, lags, workers);
        var norms = history.SquaredNorms(who, from, to, workers);
        var length = to - from;
        var sum = 0.0;
        foreach (var n in norms)
        {
            sum += 2 * n;
        }
        var msd = new double[lags];
        for (var m = 0; m < lags; m++)
        {
            if (m > 0)
            {
                sum -= norms[m - 1] + norms[length - m];
            }
            msd[m] = (sum / (length - m) - 2 * cross[m]) / who.Length;
        }
        msd[0] = 0;
        return msd;
    }

    private void Advance(Configuration frame, bool first)
    {
        var box = frame.Box;
        guessedImages |= frame.Images is null;
        for (var i = 0; i < census!.Total; i++)
        {
            var s = box.ToFractional(frame.Position(i));
            if (frame.Images is { } images)
            {
                s += new Vector3d(images[3 * i], images[3 * i + 1], images[3 * i + 2]);
            }
            if (!first)
            {
                var d = s - new Vector3d(fractional[3 * i], fractional[3 * i + 1], fractional[3 * i + 2]);
                if (frame.Images is null)
                {
                    d -= new Vector3d(
                        box.PeriodicX ? Math.Round(d.X) : 0, box.PeriodicY ? Math.Round(d.Y) : 0, box.PeriodicZ ? Math.Round(d.Z) : 0);
                }
                var step = 0.5 * (box.Shift(d.X, d.Y, d.Z) + lastBox.Shift(d.X, d.Y, d.Z));
                displacement[3 * i] += step.X;
                displacement[3 * i + 1] += step.Y;
                displacement[3 * i + 2] += step.Z;
            }
            (fractional[3 * i], fractional[3 * i + 1], fractional[3 * i + 2]) = (s.X, s.Y, s.Z);
        }
        lastBox = box;
    }
}
