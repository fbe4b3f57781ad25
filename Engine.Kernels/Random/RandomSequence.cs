namespace Engine.Kernels.Random;

/// <summary>
/// Random numbers one after another for a single decision of a run (a thermostat's factor, a placement): draw number, step and stream are the
/// counter of <see cref="Philox"/>, the seed is the key, so a restart at a step needs no stored state.
/// </summary>
public struct RandomSequence(ulong seed, RandomStream stream, long step)
{
    private uint draw;

    /// <summary>Uniform in (0, 1], 53 bits.</summary>
    public double NextUniform()
    {
        var (w0, w1, _, _) = Philox.Generate(seed, stream, draw++, step);
        return ((((ulong)w0 << 32 | w1) >> 11) + 1) * (1 / 9007199254740992.0);
    }

    /// <summary>A whole number from 0 to <paramref name="count"/> − 1: 1 − <see cref="NextUniform"/> is in [0, 1).</summary>
    public int NextBelow(int count) => Math.Min(count - 1, (int)(count * (1 - NextUniform())));

    /// <summary>All numbers from 0 to <paramref name="count"/> − 1 in random order.</summary>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        Shuffle<int>(order);
        return order;
    }

    /// <summary>Brings elements into a random order (Fisher–Yates).</summary>
    public void Shuffle<T>(Span<T> elements)
    {
        for (var k = elements.Length - 1; k > 0; k--)
        {
            var other = NextBelow(k + 1);
            (elements[k], elements[other]) = (elements[other], elements[k]);
        }
    }

    /// <summary>Standard normal (see <see cref="NormalNoise"/>).</summary>
    public double NextNormal()
    {
        var (w0, w1, w2, w3) = Philox.Generate(seed, stream, draw++, step);
        return NormalNoise.FromWords(w0, w1, w2, w3).X;
    }

    /// <summary>
    /// Gamma-distributed with the given shape (½ or ≥ 1) and scale 1: G. Marsaglia and W. W. Tsang, ACM Trans. Math. Softw. 26, 363 (2000);
    /// shape ½ is half the square of a normal number, shape 0 is 0.
    /// </summary>
    public double NextGamma(double shape)
    {
        if (shape < 1)
        {
            var normal = shape == 0 ? 0 : NextNormal();
            return shape is 0 or 0.5
                ? 0.5 * normal * normal
                : throw new ArgumentOutOfRangeException(nameof(shape), shape, "The shape must be 0, ½ or at least 1.");
        }
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = NextNormal();
            var v = 1 + c * x;
            if (v <= 0)
            {
                continue;
            }
            v = v * v * v;
            if (Math.Log(NextUniform()) < 0.5 * x * x + d - d * v + d * Math.Log(v))
            {
                return d * v;
            }
        }
    }
}
