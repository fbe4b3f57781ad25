using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>
/// Bond-angle distributions: the angle a–centre–b over all pairs of particles bonded to the centre. Normalised to ∫ P dθ = 1 (θ in degrees), divided by
/// sin θ before that where the settings say so.
/// </summary>
public sealed class AngleDistribution : ITrajectoryObservable
{
    /// <summary>Positions in which a g(r) shows where its first minima are: of as many frames as it takes.</summary>
    private const int EnoughPositions = 20000;

    private readonly AngleDistributionSettings settings;
    private readonly UnitSystem units;
    private readonly List<Configuration> waiting = [];
    private readonly CellGrid grid = new();
    private readonly ConcurrentBag<Scratch> pool = [];
    private readonly List<string> notes = [];
    private SpeciesCensus? census;
    private double[] bond = [];
    private int framesOfBonds;
    private double range;
    private double[] frameCounts = [];
    private BlockAverage? counts;

    public AngleDistribution(AngleDistributionSettings settings, UnitSystem units)
    {
        if (settings.Bins < 2)
        {
            throw new InputException($"analysis.angles.bins is {settings.Bins}; expected at least 2");
        }
        this.settings = settings;
        this.units = units;
    }

    public string Name => "angles";

    public void Add(Configuration frame, Workers workers)
    {
        if (census is null)
        {
            if (waiting.Count > 0)
            {
                new SpeciesCensus(waiting[0], Name).Check(frame, Name);
            }
            waiting.Add(Bare(frame, frame.Step, frame.Time, frame.Box, frame.Positions));
            if (settings.Cutoffs is null && waiting.Count * frame.Count < EnoughPositions)
            {
                return;
            }
            StartWithWaiting(workers);
            return;
        }
        Count(frame, workers);
    }

    private void Count(Configuration frame, Workers workers)
    {
        census!.Check(frame, Name);
        if (range == 0)
        {
            return;
        }
        grid.Build(frame, census.Dense, range);
        workers.For(grid.CellCount, 4, CountCells);
        Array.Clear(frameCounts);
        foreach (var scratch in pool)
        {
            for (var k = 0; k < frameCounts.Length; k++)
            {
                frameCounts[k] += scratch.Counts[k];
            }
            Array.Clear(scratch.Counts);
        }
        counts!.Add(frameCounts);
    }

    public void Exchange(StateStream state, Configuration particles)
    {
        state.List(waiting, particles, frame => Bare(particles, state.Value(frame.Step), state.Value(frame.Time), state.Cell(frame.Box), state.Values(frame.Positions)));
        if (!state.Value(census is not null))
        {
            return;
        }
        bond = state.Values(bond);
        framesOfBonds = state.Value(framesOfBonds);
        if (state.Reads)
        {
            Start(new SpeciesCensus(particles, Name));
        }
        counts!.Exchange(state);
    }

    public AnalysisResult Result(Workers workers)
    {
        if (census is null && waiting.Count > 0)
        {
            StartWithWaiting(workers);
        }
        if (census is null)
        {
            throw new InputException("angles saw no frame; expected at least one");
        }
        var curves = new List<AnalysisCurve>();
        var scalars = new List<AnalysisScalar>();
        var x = new double[settings.Bins];
        for (var k = 0; k < x.Length; k++)
        {
            x[k] = (k + 0.5) * 180 / settings.Bins;
        }
        var mean = counts is { Samples: > 0 } ? counts.Mean() : frameCounts;
        for (var centre = 0; centre < census.Kinds; centre++)
        {
            for (var a = 0; a < census.Kinds; a++)
            {
                for (var b = a; b < census.Kinds; b++)
                {
                    var offset = Offset(centre, a, b);
                    if (mean.Length == 0 || mean.AsSpan(offset, settings.Bins).IndexOfAnyExcept(0.0) < 0)
                    {
                        continue;
                    }
                    var name = $"{census.Names[a]}-{census.Names[centre]}-{census.Names[b]}";
                    var y = Normalise(mean, offset);
                    curves.Add(new(name, x, y, counts!.StandardErrors(c => Normalise(c, offset))));
                    scalars.Add(new($"mean angle {name}", MeanAngle(mean, offset), "°", counts.StandardError(c => MeanAngle(c, offset))));
                    scalars.Add(new($"most frequent angle {name}", x[Array.IndexOf(y, y.Max())], "°"));
                }
            }
        }
        var label = settings.SineNormalised ? "P(θ)/sin θ" : "P(θ)";
        List<string> all =
        [
            settings.SineNormalised
                ? "Divided by sin θ: uncorrelated directions give a constant."
                : "Plain probability density, not divided by sin θ: uncorrelated directions give ½ sin θ.",
            .. notes,
        ];
        if (curves.Count == 0)
        {
            all.Add("No particle had two bonds.");
        }
        return new(Name, "Bond angles", [new("Bond-angle distributions", "θ", "°", label, "1/°", curves)], scalars, all);
    }

    /// <summary>A frame with what is saved of it, so that it is the same after a resume: without the pairs that a device counted.</summary>
    private static Configuration Bare(Configuration particles, long step, double time, Box box, double[] positions) => new()
    {
        Step = step,
        Time = time,
        Box = box,
        SpeciesTable = particles.SpeciesTable,
        Species = particles.Species,
        Positions = positions,
    };

    /// <summary>Finds out what is a bond, and counts the frames that waited for that.</summary>
    private void StartWithWaiting(Workers workers)
    {
        Configuration[] frames = [.. waiting];
        waiting.Clear();
        Start(frames, workers);
        Array.ForEach(frames, frame => Count(frame, workers));
    }

    private void Start(Configuration[] frames, Workers workers)
    {
        var fresh = new SpeciesCensus(frames[0], Name);
        var kinds = fresh.Kinds;
        bond = new double[kinds * kinds];
        if (settings.Cutoffs is { } cutoffs)
        {
            foreach (var (pair, length) in cutoffs)
            {
                if (!(length > 0))
                {
                    throw new InputException($"analysis.angles.cutoffs gives {pair} the length {length}; expected a positive one");
                }
                var (a, b) = fresh.Pair(pair, "analysis.angles.cutoffs");
                bond[a * kinds + b] = bond[b * kinds + a] = length;
            }
        }
        else
        {
            var radial = new RadialDistribution(new() { Bins = 200 }, units);
            Array.ForEach(frames, frame => radial.Add(frame, workers));
            for (var a = 0; a < kinds; a++)
            {
                for (var b = a; b < kinds; b++)
                {
                    var minimum = radial.FirstMinimum(a, b);
                    bond[a * kinds + b] = bond[b * kinds + a] = double.IsNaN(minimum) ? 0 : minimum;
                }
            }
        }
        framesOfBonds = frames.Length;
        Start(fresh);
    }

    /// <summary>Once it is known what is a bond.</summary>
    private void Start(SpeciesCensus fresh)
    {
        var kinds = fresh.Kinds;
        var bonds = new List<string>();
        for (var a = 0; a < kinds; a++)
        {
            for (var b = a; b < kinds; b++)
            {
                if (bond[a * kinds + b] > 0)
                {
                    bonds.Add($"{fresh.PairName(a, b)} < {bond[a * kinds + b]:G4} {units.LengthUnit}");
                }
            }
        }
        notes.Clear();
        notes.Add(bonds.Count == 0
            ? $"No bonds: g(r) of {First} shows no first minimum; give analysis.angles.cutoffs."
            : $"Bonds: {string.Join(", ", bonds)}{(settings.Cutoffs is null ? $" (first minima of g(r) in {First})" : "")}.");
        range = bond.Max();
        frameCounts = new double[kinds * kinds * kinds * settings.Bins];
        counts = new(frameCounts.Length);
        census = fresh;
    }

    private string First => framesOfBonds == 1 ? "the first frame" : $"the first {framesOfBonds} frames";

    private int Offset(int centre, int a, int b) => ((centre * census!.Kinds + a) * census.Kinds + b) * settings.Bins;

    private void CountCells(int from, int to)
    {
        if (!pool.TryTake(out var scratch))
        {
            scratch = new(new int[frameCounts.Length], [], []);
        }
        for (var cell = from; cell < to; cell++)
        {
            grid.Neighbours(cell, half: false, scratch.Segments);
            for (var i = grid.Start(cell); i < grid.End(cell); i++)
            {
                GatherBonds(i, scratch);
                CountAngles(grid.Kind[i], scratch);
            }
        }
        pool.Add(scratch);
    }

    private void GatherBonds(int i, Scratch scratch)
    {
        scratch.Bonds.Clear();
        var limits = bond.AsSpan(grid.Kind[i] * census!.Kinds, census.Kinds);
        foreach (ref readonly var segment in CollectionsMarshal.AsSpan(scratch.Segments))
        {
            var x = grid.X[i] - segment.ShiftX;
            var y = grid.Y[i] - segment.ShiftY;
            var z = grid.Z[i] - segment.ShiftZ;
            for (var j = segment.Start; j < segment.End; j++)
            {
                float dx = grid.X[j] - x, dy = grid.Y[j] - y, dz = grid.Z[j] - z;
                var r2 = dx * dx + dy * dy + dz * dz;
                var limit = limits[grid.Kind[j]];
                if (r2 < limit * limit && !(j == i && segment.IsHomeImage))
                {
                    var d = new Vector3d(dx, dy, dz);
                    scratch.Bonds.Add((grid.Kind[j], d / d.Length));
                }
            }
        }
    }

    private void CountAngles(int centre, Scratch scratch)
    {
        var bonds = CollectionsMarshal.AsSpan(scratch.Bonds);
        for (var p = 0; p < bonds.Length; p++)
        {
            for (var q = p + 1; q < bonds.Length; q++)
            {
                var angle = Math.Acos(Math.Clamp(Vector3d.Dot(bonds[p].Direction, bonds[q].Direction), -1, 1));
                var bin = Math.Min((int)(angle / Math.PI * settings.Bins), settings.Bins - 1);
                var (a, b) = (Math.Min(bonds[p].Kind, bonds[q].Kind), Math.Max(bonds[p].Kind, bonds[q].Kind));
                scratch.Counts[Offset(centre, a, b) + bin]++;
            }
        }
    }

    private double[] Normalise(double[] histogram, int offset)
    {
        var p = new double[settings.Bins];
        var sum = 0.0;
        for (var k = 0; k < p.Length; k++)
        {
            // ∫ sin θ dθ over the bin, so that the first and last bins are right too.
            var measure = settings.SineNormalised
                ? Math.Cos(k * Math.PI / settings.Bins) - Math.Cos((k + 1) * Math.PI / settings.Bins)
                : 1;
            p[k] = histogram[offset + k] / measure;
            sum += p[k];
        }
        for (var k = 0; k < p.Length && sum > 0; k++)
        {
            p[k] *= settings.Bins / (180 * sum);
        }
        return p;
    }

    private double MeanAngle(double[] histogram, int offset)
    {
        double sum = 0, weight = 0;
        for (var k = 0; k < settings.Bins; k++)
        {
            weight += histogram[offset + k];
            sum += histogram[offset + k] * (k + 0.5) * 180 / settings.Bins;
        }
        return sum / weight;
    }

    private sealed record Scratch(int[] Counts, List<RowSegment> Segments, List<(int Kind, Vector3d Direction)> Bonds);
}
