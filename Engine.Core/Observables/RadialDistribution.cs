using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>
/// Partial radial distribution functions g_ab(r) = ⟨V n_ab(r)⟩ / (N_a (N_b − δ_ab) · 4π/3 (r₂³ − r₁³)), n_ab the number of b found around all a in the
/// shell, and the running coordination: the mean number of b around an a within r. The ideal gas has g = 1 exactly at any N.
/// </summary>
public sealed class RadialDistribution : ITrajectoryObservable
{
    private readonly RadialDistributionSettings settings;
    private readonly UnitSystem units;
    private readonly double finestWaveNumber;
    private SpeciesCensus? census;
    private PairHistogram? histogram;
    private BlockAverage? counts;
    private BlockAverage? weighted;
    private double[] frameCounts = [];
    private double densitySum;
    private bool open;

    /// <param name="settings">Range and bins.</param>
    /// <param name="units">Units of the frames.</param>
    /// <param name="finestWaveNumber">
    /// Largest wave number that a transform of g will be asked for [1/length]; bins are subdivided until they resolve it. 0: no transform.
    /// </param>
    public RadialDistribution(RadialDistributionSettings settings, UnitSystem units, double finestWaveNumber = 0)
    {
        if (settings.Bins < 2)
        {
            throw new InputException($"analysis.radialDistribution.bins is {settings.Bins}; expected at least 2");
        }
        if (settings.Maximum is <= 0)
        {
            throw new InputException($"analysis.radialDistribution.maximum is {settings.Maximum}; expected a positive length");
        }
        this.settings = settings;
        this.units = units;
        this.finestWaveNumber = finestWaveNumber;
    }

    public string Name => "radialDistribution";

    /// <summary>Largest distance [length], 0 before the first frame.</summary>
    public double Maximum { get; private set; }

    /// <summary>Number of frames seen.</summary>
    public long Frames => counts?.Samples ?? 0;

    /// <summary>Fine bins per reported bin.</summary>
    internal int Subdivisions { get; private set; } = 1;

    internal int FineBins => settings.Bins * Subdivisions;

    /// <summary>Mean number density N/V [1/length³].</summary>
    internal double Density => densitySum / Frames;

    public void Add(Configuration frame, Workers workers)
    {
        if (census is null)
        {
            Start(frame);
        }
        census!.Check(frame, Name);
        if (frame.PairCounts is { } known && known.Maximum == Maximum && known.Bins == FineBins)
        {
            Take(known, frame.SpeciesTable.Count);
        }
        else
        {
            histogram!.Count(frame, census.Dense, workers, frameCounts);
        }
        counts!.Add(frameCounts);
        var volume = frame.Box.Volume;
        for (var k = 0; k < frameCounts.Length; k++)
        {
            frameCounts[k] *= volume;
        }
        weighted!.Add(frameCounts);
        densitySum += census.Total / volume;
    }

    public void Exchange(StateStream state, Configuration particles)
    {
        if (!state.Value(census is not null))
        {
            return;
        }
        Maximum = state.Value(Maximum);
        open = state.Value(open);
        densitySum = state.Value(densitySum);
        if (state.Reads)
        {
            Start(new SpeciesCensus(particles, Name));
        }
        counts!.Exchange(state);
        weighted!.Exchange(state);
    }

    public AnalysisResult Result(Workers workers)
    {
        if (census is null)
        {
            throw new InputException("radialDistribution saw no frame; expected at least one");
        }
        var x = Centres(settings.Bins);
        var g = new List<AnalysisCurve>();
        var running = new List<AnalysisCurve>();
        var scalars = new List<AnalysisScalar>();
        var notes = new List<string>
        {
            $"{Frames} frames, bins of {Maximum / settings.Bins:G4} {units.LengthUnit}; errors from the scatter of block averages.",
            $"Peak: parabola through the top of the first maximum. Minimum: of g smoothed by a Gaussian of {settings.Smoothing:G3} × peak position.",
        };
        if (open)
        {
            notes.Add("The box is open on some axis: g(r) is normalised with its nominal volume, coordination numbers do not depend on it.");
        }
        var edges = Enumerable.Range(1, settings.Bins).Select(k => k * Maximum / settings.Bins).ToArray();
        var meanCounts = counts!.Mean();
        for (var a = 0; a < census.Kinds; a++)
        {
            for (var b = 0; b < census.Kinds; b++)
            {
                var (pa, pb) = (a, b);
                var name = census.PairName(a, b);
                running.Add(new(name, edges, Running(meanCounts, a, b), counts.StandardErrors(c => Running(c, pa, pb))));
                if (b < a)
                {
                    continue;
                }
                var y = Distribution(a, b, fine: false);
                g.Add(new(name, x, y, weighted!.StandardErrors(c => Normalise(c, pa, pb, fine: false))));
                if (PeakFinder.First(x, y, settings.Smoothing) is not { } features)
                {
                    notes.Add($"{name}: no peak found.");
                    continue;
                }
                scalars.Add(new($"first peak {name}", features.PeakPosition, units.LengthUnit));
                scalars.Add(new($"first peak height {name}", features.PeakHeight, ""));
                if (double.IsNaN(features.MinimumPosition))
                {
                    notes.Add($"{name}: g(r) does not rise again behind its first peak, so there is no first minimum.");
                    continue;
                }
                scalars.Add(new($"first minimum {name}", features.MinimumPosition, units.LengthUnit));
                AddCoordination(scalars, meanCounts, a, b, features.MinimumPosition, "first minimum");
                if (b != a)
                {
                    AddCoordination(scalars, meanCounts, b, a, features.MinimumPosition, "first minimum");
                }
            }
        }
        foreach (var (pair, radius) in settings.FixedRadii ?? new Dictionary<string, double>())
        {
            var (a, b) = census.Pair(pair, "analysis.radialDistribution.fixedRadii");
            AddCoordination(scalars, meanCounts, a, b, radius, $"r < {radius:G6}");
        }
        return new(
            Name, "Radial distribution",
            [
                new("Partial radial distribution functions", "r", units.LengthUnit, "g(r)", "", g),
                new("Running coordination number", "r", units.LengthUnit, "n(r)", "", running),
            ],
            scalars, notes);
    }

    /// <summary>g_ab at bin centres.</summary>
    internal double[] Distribution(int a, int b, bool fine) => Normalise(weighted!.Mean(), a, b, fine);

    /// <summary>First minimum of g_ab, NaN where there is none.</summary>
    internal double FirstMinimum(int a, int b) =>
        PeakFinder.First(Centres(settings.Bins), Distribution(a, b, fine: false), settings.Smoothing)?.MinimumPosition ?? double.NaN;

    /// <summary>Standard errors of a function of all partial g (fine bins), or null with fewer than four blocks.</summary>
    internal double[]? FineErrors(int a, int b, Func<double[], double[]> function) =>
        weighted!.StandardErrors(c => function(Normalise(c, a, b, fine: true)));

    internal double[] Centres(int bins)
    {
        var x = new double[bins];
        for (var k = 0; k < bins; k++)
        {
            x[k] = (k + 0.5) * Maximum / bins;
        }
        return x;
    }

    private void Start(Configuration frame)
    {
        var fresh = new SpeciesCensus(frame, Name);
        var half = 0.5 * frame.Box.SmallestPeriodicWidth;
        var maximum = settings.Maximum ?? frame.PairCounts?.Maximum ?? half;
        if (maximum > half * (1 + 1e-9))
        {
            throw new InputException(
                $"analysis.radialDistribution.maximum is {maximum:G6} {units.LengthUnit}; expected at most {half:G6}, half of the smallest width of the box; reduce it or simulate a larger box");
        }
        foreach (var (pair, radius) in settings.FixedRadii ?? new Dictionary<string, double>())
        {
            fresh.Pair(pair, "analysis.radialDistribution.fixedRadii");
            if (!(radius > 0 && radius <= maximum))
            {
                throw new InputException(
                    $"analysis.radialDistribution.fixedRadii asks for {pair} within {radius:G6} {units.LengthUnit}; expected a radius up to the range of g(r), {maximum:G6}");
            }
        }
        Maximum = maximum;
        open = !(frame.Box.PeriodicX && frame.Box.PeriodicY && frame.Box.PeriodicZ);
        Start(fresh);
    }

    private void Start(SpeciesCensus fresh)
    {
        // q·Δr ≤ 1/4 keeps the damping of a transform by the binning, 1 − (qΔr)²/24, below 0.3 %.
        Subdivisions = Math.Max(1, (int)Math.Ceiling(Maximum / settings.Bins * finestWaveNumber / 0.25));
        histogram = new(fresh.Kinds, Maximum, FineBins);
        frameCounts = new double[fresh.Kinds * fresh.Kinds * FineBins];
        counts = new(frameCounts.Length);
        weighted = new(frameCounts.Length);
        census = fresh;
    }

    /// <summary>Numbers of b around all a from pairs that a device counted.</summary>
    private void Take(PairCounts known, int species)
    {
        var kinds = census!.Kinds;
        for (var a = 0; a < kinds; a++)
        {
            for (var b = 0; b < kinds; b++)
            {
                // The species that occur are in the order of the table.
                var from = (census.Present[Math.Min(a, b)] * species + census.Present[Math.Max(a, b)]) * FineBins;
                for (var k = 0; k < FineBins; k++)
                {
                    frameCounts[(a * kinds + b) * FineBins + k] = known.Counts[from + k] * (a == b ? 2 : 1);
                }
            }
        }
    }

    private double[] Normalise(double[] volumeTimesCounts, int a, int b, bool fine)
    {
        var bins = fine ? FineBins : settings.Bins;
        var perBin = fine ? 1 : Subdivisions;
        var g = new double[bins];
        var pairs = (double)census!.Counts[a] * (census.Counts[b] - (a == b ? 1 : 0));
        if (pairs == 0)
        {
            return g;
        }
        var width = Maximum / bins;
        var offset = (a * census.Kinds + b) * FineBins;
        for (var k = 0; k < bins; k++)
        {
            var sum = 0.0;
            for (var f = 0; f < perBin; f++)
            {
                sum += volumeTimesCounts[offset + k * perBin + f];
            }
            double inner = k * width, outer = (k + 1) * width;
            g[k] = sum / (pairs * 4 * Math.PI / 3 * (outer * outer * outer - inner * inner * inner));
        }
        return g;
    }

    private double[] Running(double[] frameMean, int a, int b)
    {
        var n = new double[settings.Bins];
        var offset = (a * census!.Kinds + b) * FineBins;
        var sum = 0.0;
        for (var k = 0; k < FineBins; k++)
        {
            sum += frameMean[offset + k];
            n[k / Subdivisions] = sum / census.Counts[a];
        }
        return n;
    }

    private void AddCoordination(List<AnalysisScalar> scalars, double[] frameMean, int a, int b, double radius, string where) =>
        scalars.Add(new(
            $"coordination {census!.PairName(a, b)} ({where})", Coordination(frameMean, a, b, radius), "",
            counts!.StandardError(c => Coordination(c, a, b, radius))));

    /// <summary>Mean number of b within the radius of an a; inside a bin the count is taken to grow with the volume.</summary>
    private double Coordination(double[] frameMean, int a, int b, double radius)
    {
        var offset = (a * census!.Kinds + b) * FineBins;
        var width = Maximum / FineBins;
        var whole = Math.Min((int)(radius / width), FineBins);
        var sum = 0.0;
        for (var k = 0; k < whole; k++)
        {
            sum += frameMean[offset + k];
        }
        if (whole < FineBins)
        {
            double inner = whole * width, outer = inner + width;
            sum += frameMean[offset + whole] * (Math.Pow(radius, 3) - Math.Pow(inner, 3)) / (Math.Pow(outer, 3) - Math.Pow(inner, 3));
        }
        return sum / census.Counts[a];
    }
}
