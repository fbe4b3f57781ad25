using Engine.Core.Analysis;
using Engine.Core.Observables;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Observables;

public class DynamicsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BallisticMotionIsExact(bool images)
    {
        // Velocities ±1, ±2, ±3 along three directions: ⟨v²⟩ = 14/3, centre of mass at rest; a drift is added that must vanish.
        var box = new Box(5, 6, 7, 1, 0.5, -1);
        Vector3d[] v = [new(1, 0, 0), new(-1, 0, 0), new(0, 2, 0), new(0, -2, 0), new(0, 0, 3), new(0, 0, -3)];
        var msd = new MeanSquareDisplacement(new() { MaximumLag = 4 }, UnitSystem.LennardJones);
        for (var t = 0; t < 81; t++)
        {
            var time = 0.1 * t;
            var positions = new double[18];
            var counters = new int[18];
            for (var i = 0; i < 6; i++)
            {
                var s = box.ToFractional(new Vector3d(0.3, 0.4, 0.5) + time * (v[i] + new Vector3d(5, -4, 3)));
                (counters[3 * i], counters[3 * i + 1], counters[3 * i + 2]) = ((int)Math.Floor(s.X), (int)Math.Floor(s.Y), (int)Math.Floor(s.Z));
                Samples.Set(positions, i, box.ToCartesian(new(s.X - counters[3 * i], s.Y - counters[3 * i + 1], s.Z - counters[3 * i + 2])));
            }
            var frame = Samples.Frame(box, positions, time: time);
            frame.Images = images ? counters : null;
            msd.Add(frame, Workers.Single);
        }
        var result = msd.Result(Workers.Single);
        var curve = result.Curve("⟨Δr²⟩", "A");
        Assert.Equal(41, curve.X.Length);
        for (var m = 0; m <= 40; m++)
        {
            // Displacements to 24 are kept as floats: 24 · 6e-8 each, times 2 · 24 in the square.
            Assert.Equal(14.0 / 3 * curve.X[m] * curve.X[m], curve.Y[m], 2e-4);
        }
        Assert.Equal(2, result.Scalar("log-log slope A").Value, 1e-3);
        Assert.Contains(result.Notes, n => n.Contains("not diffusive"));
        Assert.Equal(!images, result.Notes.Any(n => n.Contains("no image counters")));
    }

    [Fact]
    public void BarostatBreathingIsNotMotion()
    {
        var msd = new MeanSquareDisplacement(new() { RemoveDrift = false }, UnitSystem.LennardJones);
        for (var t = 0; t < 20; t++)
        {
            var box = Box.Cubic(10 + Math.Sin(t));
            var frame = Samples.Frame(box, [0.9 * box.LengthX, 0.2 * box.LengthX, 0.5 * box.LengthX], time: t);
            frame.Images = [7, -3, 2];
            msd.Add(frame, Workers.Single);
        }
        Assert.All(msd.Result(Workers.Single).Curve("⟨Δr²⟩", "A").Y, y => Assert.Equal(0, y, 1e-10));
    }

    [Fact]
    public void TransformEqualsTheDoubleSum()
    {
        var random = new Random(8);
        var walk = Walk(random, 5, 50, 0.3);
        var msd = new MeanSquareDisplacement(new() { MaximumLag = 40, RemoveDrift = false }, UnitSystem.LennardJones);
        walk.ForEach(f => msd.Add(f, Workers.Single));
        var y = msd.Result(Workers.Single).Curve("⟨Δr²⟩", "A").Y;
        for (var m = 0; m <= 40; m++)
        {
            var sum = 0.0;
            for (var t = 0; t + m < walk.Count; t++)
            {
                for (var i = 0; i < 5; i++)
                {
                    sum += (walk[t + m].Position(i) - walk[t].Position(i)).LengthSquared;
                }
            }
            // Float storage of displacements of order 3.
            Assert.Equal(sum / 5 / (walk.Count - m), y[m], 1e-5);
        }
    }

    [Fact]
    public void BrownianWalkHasItsDiffusionConstant()
    {
        const double Step = 0.2;
        var msd = new MeanSquareDisplacement(
            new() { FitFrom = 2, FitTo = 40, Blocks = 8, RemoveDrift = false, MemoryMegabytes = 64 }, UnitSystem.LennardJones);
        Walk(new(9), 64, 2000, Step).ForEach(f => msd.Add(f, Workers.Single));
        var result = msd.Result(Workers.Single);
        var d = result.Scalar("D A");
        // 64 walkers · 3 directions · 2000/40 independent windows: relative error of D about √(2/9600) = 1.4 %, doubled for the overlap of origins.
        Assert.Equal(Step * Step / 2, d.Value, 4 * 0.03 * Step * Step / 2);
        Assert.NotNull(d.Error);
        Assert.InRange(d.Error.Value / d.Value, 0.003, 0.06);
        Assert.InRange(Math.Abs(d.Value - Step * Step / 2) / d.Error.Value, 0, 4);
        // Random walk: exponent 1; 3 % is two standard errors of D over one decade of lags.
        Assert.Equal(1, result.Scalar("log-log slope A").Value, 0.05);
    }

    [Fact]
    public void FullMemoryThinsTheFrames()
    {
        // 1 MiB holds 21 frames of 4096 particles.
        var msd = new MeanSquareDisplacement(new() { MemoryMegabytes = 1, MaximumLag = 60 }, UnitSystem.LennardJones);
        var box = Box.Cubic(1000);
        for (var t = 0; t < 200; t++)
        {
            var positions = new double[3 * 4096];
            for (var i = 0; i < 4096; i++)
            {
                positions[3 * i] = 500 + (i % 2 == 0 ? 0.1 : -0.1) * t;
            }
            msd.Add(Samples.Frame(box, positions, time: t), Workers.Single);
        }
        var result = msd.Result(Workers.Single);
        var curve = result.Curve("⟨Δr²⟩", "A");
        Assert.Equal(16, curve.X[1]);
        // (0.1 · 48)², displacements of 20 stored as floats.
        Assert.Equal(0.01 * 48 * 48, curve.Y[3], 1e-3);
        Assert.Contains(result.Notes, n => n.Contains("dropped 4 times"));
    }

    [Fact]
    public void GapInTimeIsRefusedAndRepeatsArePassedOver()
    {
        var msd = new MeanSquareDisplacement(new(), UnitSystem.LennardJones);
        foreach (var t in new[] { 0.0, 0.0, 1, 1, 2, 2.5, 3 })
        {
            msd.Add(Samples.Frame(Box.Cubic(5), [1, 1, 1], time: t), Workers.Single);
        }
        Assert.Contains("4 frames 1 tau apart", msd.Result(Workers.Single).Notes[0]);
        var error = Assert.Throws<InputException>(() => msd.Add(Samples.Frame(Box.Cubic(5), [1, 1, 1], time: 5), Workers.Single));
        Assert.Contains("equal spacing", error.Message);
    }

    [Fact]
    public void OscillatorVelocitiesCorrelateAsACosine()
    {
        const double Omega = 2.5, Interval = 0.01;
        var vacf = new VelocityAutocorrelation(new() { MaximumLag = 3 }, UnitSystem.LennardJones);
        for (var t = 0; t < 2000; t++)
        {
            // Twelve phases evenly around the circle: sums over them are exact for every origin, and the centre of mass rests.
            var velocities = new double[36];
            for (var i = 0; i < 12; i++)
            {
                velocities[3 * i + i % 3] = 0;
                velocities[3 * i + 1] = Math.Cos(Omega * t * Interval + 2 * Math.PI * i / 12);
            }
            var frame = Samples.Frame(Box.Cubic(5), new double[36], time: t * Interval);
            frame.Velocities = velocities;
            vacf.Add(frame, Workers.Single);
        }
        var result = vacf.Result(Workers.Single);
        var c = result.Curve("⟨v(0)·v(t)⟩/⟨v²⟩", "A");
        var d = result.Curve("D(t)", "A");
        Assert.Equal(0.5, result.Scalar("mean squared velocity A").Value, 1e-6);
        for (var m = 0; m < c.X.Length; m++)
        {
            // Velocities are stored as floats.
            Assert.Equal(Math.Cos(Omega * c.X[m]), c.Y[m], 1e-6);
            // Trapezoidal rule: relative error (ωΔt)²/12 = 5e-5.
            Assert.Equal(0.5 / 3 * Math.Sin(Omega * c.X[m]) / Omega, d.Y[m], 1e-5);
        }
    }

    [Fact]
    public void MissingVelocitiesAreNamed()
    {
        var vacf = new VelocityAutocorrelation(new(), UnitSystem.LennardJones);
        var error = Assert.Throws<InputException>(() => vacf.Add(Samples.Frame(Box.Cubic(5), [1, 1, 1]), Workers.Single));
        Assert.Contains("output.trajectory.velocities", error.Message);
    }

    [Fact]
    public void EveryResultIsTheSameForAnyTeam()
    {
        var json = new[] { 1, 2, 4 }.Select(Measure).ToArray();
        Assert.Equal(json[0], json[1]);
        Assert.Equal(json[0], json[2]);
        var read = AnalysisResult.FromJson(json[0][2]);
        Assert.Equal(json[0][2], read.ToJson());

        static string[] Measure(int threads)
        {
            using var workers = new Workers(threads);
            var set = new ObservableSet(
                UnitSystem.Metal, new() { Maximum = 6 }, new(), new() { Maximum = 6, DirectEvery = 2 }, new(), new());
            var random = new Random(11);
            var frame = Samples.Fluorite(3, 5.1);
            frame.Velocities = new double[frame.Positions.Length];
            for (var t = 0; t < 12; t++)
            {
                for (var k = 0; k < frame.Positions.Length; k++)
                {
                    frame.Velocities[k] = Samples.Gaussian(random);
                    frame.Positions[k] += 0.05 * frame.Velocities[k];
                }
                frame.Time = t;
                frame.Box = Box.Cubic(15.3 + 0.01 * t);
                set.Add(frame, workers);
            }
            return [.. set.Results(workers).Select(r => r.ToJson())];
        }
    }

    [Fact]
    public void SetReportsWhatItCouldNotMeasure()
    {
        var set = new ObservableSet(UnitSystem.LennardJones, radialDistribution: new(), meanSquareDisplacement: new());
        set.Add(Samples.Fcc(3, 1.7), Workers.Single);
        var results = set.Results(Workers.Single);
        Assert.Equal(["cell", "radialDistribution", "meanSquareDisplacement"], results.Select(r => r.Name));
        Assert.Contains("at least 4", results[2].Notes[0]);
    }

    private static List<Configuration> Walk(Random random, int particles, int frames, double step)
    {
        var r = new double[3 * particles];
        var walk = new List<Configuration>();
        for (var t = 0; t < frames; t++)
        {
            walk.Add(Samples.Frame(Box.Cubic(1e3), (double[])r.Clone(), time: t));
            for (var k = 0; k < r.Length; k++)
            {
                r[k] += step * Samples.Gaussian(random);
            }
        }
        return walk;
    }
}
