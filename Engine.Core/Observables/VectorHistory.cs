using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>
/// One vector per particle and sampled frame, kept as floats within a memory limit, and their time correlations by Fourier transform
/// (zero-padded, so every pair of frames counts once; O(T log T)). Frames must be equally spaced in time.
/// </summary>
internal sealed class VectorHistory(string observable, int particles, int memoryMegabytes, bool thinWhenFull)
{
    /// <summary>Particles whose power spectra are summed by one task.</summary>
    private const int ParticlesPerTask = 64;

    /// <summary>Tasks in flight between two ordered sums: bounds the memory of their spectra.</summary>
    private const int TasksPerWave = 64;

    private readonly int capacity = Math.Max(16, (int)Math.Min(int.MaxValue / 2, (long)memoryMegabytes * 1024 * 1024 / (12L * particles)));
    private readonly List<float[]> frames = [];
    private double firstTime;
    private double lastTime;

    /// <summary>Stored frames.</summary>
    public int Count => frames.Count;

    /// <summary>Time between stored frames.</summary>
    public double Interval { get; private set; }

    /// <summary>How often every second frame was dropped.</summary>
    public int Thinnings { get; private set; }

    /// <summary>Frames that came when the memory was full.</summary>
    public long Refused { get; private set; }

    /// <summary>Time from the first to the last stored frame.</summary>
    public double Duration => Interval * (Count - 1);

    /// <summary>
    /// Whether a frame at this time is the next on the grid. Frames that repeat a time or fall between grid points are passed over; a gap is an error.
    /// </summary>
    public bool Wants(Configuration frame)
    {
        if (frames.Count == 0)
        {
            return true;
        }
        if (frames.Count == 1 && Interval == 0)
        {
            return frame.Time > lastTime;
        }
        var steps = (frame.Time - lastTime) / Interval;
        const double Slack = 1e-3;
        if (steps > 1 + Slack)
        {
            throw new InputException(
                $"{observable} needs frames {Interval:G6} apart in time as the first ones were, but the frame of step {frame.Step} comes {frame.Time - lastTime:G6} after the one before it; analyse stretches of equal spacing apart");
        }
        return steps >= 1 - Slack;
    }

    /// <summary>Stores a frame that <see cref="Wants"/> accepted.</summary>
    public void Add(double time, float[] vectors)
    {
        if (frames.Count == 0)
        {
            firstTime = time;
        }
        else if (frames.Count == 1)
        {
            Interval = time - firstTime;
        }
        if (frames.Count == capacity && !thinWhenFull)
        {
            Refused++;
            lastTime = time;
            return;
        }
        frames.Add(vectors);
        lastTime = time;
        if (thinWhenFull && frames.Count > capacity && frames.Count % 2 == 1)
        {
            var kept = (frames.Count + 1) / 2;
            for (var t = 0; t < kept; t++)
            {
                frames[t] = frames[2 * t];
            }
            frames.RemoveRange(kept, frames.Count - kept);
            Interval *= 2;
            Thinnings++;
        }
    }

    /// <inheritdoc cref="ITrajectoryObservable.Exchange"/>
    public void Exchange(StateStream state)
    {
        state.List(frames, [], state.Values);
        firstTime = state.Value(firstTime);
        lastTime = state.Value(lastTime);
        Interval = state.Value(Interval);
        Thinnings = state.Value(Thinnings);
        Refused = state.Value(Refused);
    }

    /// <summary>
    /// Σ_{i of members} Σ_{t=from}^{to−1−m} v_i(t)·v_i(t + m)/(to − from − m) for the lags m = 0 … <paramref name="lags"/> − 1.
    /// </summary>
    public double[] Correlation(int[] members, int from, int to, int lags, Workers workers)
    {
        var length = to - from;
        var transform = new FourierTransform(FourierTransform.LengthFor(length + lags));
        var power = new double[transform.Length];
        var tasks = (members.Length + ParticlesPerTask - 1) / ParticlesPerTask;
        var partial = new double[Math.Min(tasks, TasksPerWave)][];
        for (var wave = 0; wave < tasks; wave += TasksPerWave)
        {
            var first = wave;
            var inWave = Math.Min(TasksPerWave, tasks - wave);
            workers.Run(inWave, task =>
            {
                var begin = (first + task) * ParticlesPerTask;
                partial[task] = Power(members.AsSpan(begin, Math.Min(ParticlesPerTask, members.Length - begin)), from, length, transform);
            });
            for (var task = 0; task < inWave; task++)
            {
                for (var k = 0; k < power.Length; k++)
                {
                    power[k] += partial[task][k];
                }
            }
        }
        // The power spectrum is real and even up to an odd part that vanishes in the real result: its forward transform over N is the inverse.
        var imaginary = new double[power.Length];
        transform.Forward(power, imaginary);
        var correlation = new double[lags];
        for (var m = 0; m < lags; m++)
        {
            correlation[m] = power[m] / transform.Length / (length - m);
        }
        return correlation;
    }

    /// <summary>Σ_{i of members} |v_i(t)|² for t = from … to − 1.</summary>
    public double[] SquaredNorms(int[] members, int from, int to, Workers workers)
    {
        var norms = new double[to - from];
        workers.Run(norms.Length, t =>
        {
            var frame = frames[from + t];
            var sum = 0.0;
            foreach (var i in members)
            {
                double x = frame[3 * i], y = frame[3 * i + 1], z = frame[3 * i + 2];
                sum += x * x + y * y + z * z;
            }
            norms[t] = sum;
        });
        return norms;
    }

    private double[] Power(ReadOnlySpan<int> members, int from, int length, FourierTransform transform)
    {
        var power = new double[transform.Length];
        var re = new double[transform.Length];
        var im = new double[transform.Length];
        foreach (var i in members)
        {
            // x + iy in one transform: |F|² then holds both autocorrelations.
            for (var pass = 0; pass < 2; pass++)
            {
                Array.Clear(re);
                Array.Clear(im);
                for (var t = 0; t < length; t++)
                {
                    var frame = frames[from + t];
                    re[t] = pass == 0 ? frame[3 * i] : frame[3 * i + 2];
                    im[t] = pass == 0 ? frame[3 * i + 1] : 0;
                }
                transform.Forward(re, im);
                for (var k = 0; k < power.Length; k++)
                {
                    power[k] += re[k] * re[k] + im[k] * im[k];
                }
            }
        }
        return power;
    }
}
