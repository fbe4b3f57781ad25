// Discrete Fourier transforms X_k = sum_j x_j exp(sign 2 pi i j k / length) of lines side by side in local memory, by a group: mixed radix 2, 3, 4 and 5, self-sorting (T. G. Stockham, AFIPS
// Spring Joint Computer Conference 28, 229 (1966)). Point j of line l is at [j * PITCH(lines) + l], so that neither points nor lines of one thread after the other fall into one bank.

#define PITCH(lines) ((lines) > 1 ? (lines) + 1 : 1)

// a + i turn b, where turn is 1 or -1.
DEVICE float2 plus_i(const float2 a, const float turn, const float2 b)
{
    return MAKE_FLOAT2(FMA(-turn, b.y, a.x), FMA(turn, b.x, a.y));
}

DEVICE float2 plus(const float2 a, const float2 b)
{
    return MAKE_FLOAT2(a.x + b.x, a.y + b.y);
}

// a + factor b.
DEVICE float2 plus_times(const float2 a, const float factor, const float2 b)
{
    return MAKE_FLOAT2(FMA(factor, b.x, a.x), FMA(factor, b.y, a.y));
}

// from: the lines, which are overwritten; to: room for as many; turns: (cos, sin) of 2 pi j / (length * step). Returns which of the two holds the result, for all threads of the group to read.
DEVICE LOCAL float2* transform_lines(LOCAL float2* from, LOCAL float2* to, const int length, const int lines, GLOBAL const float2* turns, const int step, const float sign)
{
    const int pitch = PITCH(lines);
    int rest = length;
    int stride = 1;
    SYNC_GROUP();
    while (rest > 1)
    {
        const int radix = rest % 4 == 0 ? 4 : rest % 2 == 0 ? 2 : rest % 3 == 0 ? 3 : 5;
        const int blocks = rest / radix;
        const int apart = blocks * stride * pitch;
        const int next = stride * pitch;
        for (int i = LOCAL_ID; i < lines * blocks * stride; i += GROUP_SIZE)
        {
            const int line = i % lines;
            const int at = i / lines;
            const int block = at / stride;
            LOCAL const float2* source = from + at * pitch + line;
            LOCAL float2* target = to + (at + block * (radix - 1) * stride) * pitch + line;
            const int turn = block * stride * step;
            const float2 a = source[0];
            const float2 b = source[apart];
            float2 x1;
            float2 x2 = b;
            float2 x3 = b;
            float2 x4 = b;
            if (radix == 2)
            {
                target[0] = plus(a, b);
                x1 = plus_times(a, -1.0f, b);
            }
            else if (radix == 3)
            {
                const float2 c = source[2 * apart];
                const float2 sum = plus(b, c);
                const float2 middle = plus_times(a, -0.5f, sum);
                const float2 off = plus_times(b, -1.0f, c);
                target[0] = plus(a, sum);
                x1 = plus_i(middle, sign * 0.86602540f, off);
                x2 = plus_i(middle, sign * -0.86602540f, off);
            }
            else if (radix == 4)
            {
                const float2 c = source[2 * apart];
                const float2 d = source[3 * apart];
                const float2 even = plus(a, c);
                const float2 odd = plus(b, d);
                const float2 even_off = plus_times(a, -1.0f, c);
                const float2 odd_off = plus_times(b, -1.0f, d);
                target[0] = plus(even, odd);
                x1 = plus_i(even_off, sign, odd_off);
                x2 = plus_times(even, -1.0f, odd);
                x3 = plus_i(even_off, -sign, odd_off);
            }
            else
            {
                const float2 c = source[2 * apart];
                const float2 d = source[3 * apart];
                const float2 e = source[4 * apart];
                const float2 outer = plus(b, e);
                const float2 inner = plus(c, d);
                const float2 outer_off = plus_times(b, -1.0f, e);
                const float2 inner_off = plus_times(c, -1.0f, d);
                const float2 m1 = plus_times(plus_times(a, 0.30901699f, outer), -0.80901699f, inner);
                const float2 m2 = plus_times(plus_times(a, -0.80901699f, outer), 0.30901699f, inner);
                const float2 t1 = plus_times(MAKE_FLOAT2(0.95105652f * outer_off.x, 0.95105652f * outer_off.y), 0.58778525f, inner_off);
                const float2 t2 = plus_times(MAKE_FLOAT2(0.58778525f * outer_off.x, 0.58778525f * outer_off.y), -0.95105652f, inner_off);
                target[0] = plus(plus(a, outer), inner);
                x1 = plus_i(m1, sign, t1);
                x2 = plus_i(m2, sign, t2);
                x3 = plus_i(m2, -sign, t2);
                x4 = plus_i(m1, -sign, t1);
            }
            const float2 w1 = turns[turn];
            target[next] = turned(x1, MAKE_FLOAT2(w1.x, sign * w1.y));
            if (radix > 2)
            {
                const float2 w2 = turns[2 * turn];
                target[2 * next] = turned(x2, MAKE_FLOAT2(w2.x, sign * w2.y));
            }
            if (radix > 3)
            {
                const float2 w3 = turns[3 * turn];
                target[3 * next] = turned(x3, MAKE_FLOAT2(w3.x, sign * w3.y));
            }
            if (radix > 4)
            {
                const float2 w4 = turns[4 * turn];
                target[4 * next] = turned(x4, MAKE_FLOAT2(w4.x, sign * w4.y));
            }
        }
        SYNC_GROUP();
        LOCAL float2* other = from;
        from = to;
        to = other;
        rest = blocks;
        stride *= radix;
    }
    return from;
}
