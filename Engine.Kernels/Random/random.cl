// Philox4x32-10 (J. K. Salmon et al., SC11, 2011), the same words as on the processor: key = seed, counter = (particle, step low, step high, stream).

typedef struct
{
    u32 w0, w1, w2, w3;
} philox_words;

DEVICE philox_words philox(u32 c0, u32 c1, u32 c2, u32 c3, u32 k0, u32 k1)
{
    philox_words w;
    for (int round = 0; round < 10; round++)
    {
        const u32 h0 = HIGH_WORD(0xD2511F53u, c0);
        const u32 l0 = 0xD2511F53u * c0;
        const u32 h1 = HIGH_WORD(0xCD9E8D57u, c2);
        const u32 l1 = 0xCD9E8D57u * c2;
        c0 = h1 ^ c1 ^ k0;
        c1 = l1;
        c2 = h0 ^ c3 ^ k1;
        c3 = l0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    w.w0 = c0;
    w.w1 = c1;
    w.w2 = c2;
    w.w3 = c3;
    return w;
}

// sqrt(-2 ln((w + 1) / 2^32)). Near u = 1 a float has no digits left for ln u, so that -ln u is taken from 1 - u there.
DEVICE float normal_radius(const u32 w)
{
    const u32 rest = 0xFFFFFFFFu - w;
    const float v = (float)rest * 2.3283064e-10f;
    const float near_one = v * FMA(v, FMA(v, 0.33333333f, 0.5f), 1.0f);
    const float u = ((float)w + 1.0f) * 2.3283064e-10f;
    return SQRT(2.0f * (v < 0.01f ? near_one : -LOG(u)));
}

// Three standard normal numbers by G. E. P. Box and M. E. Muller (Ann. Math. Stat. 29, 610 (1958)), as on the processor but in float.
DEVICE float4 normal_noise(const u32 particle, const u32 step_low, const u32 step_high, const u32 stream, const u32 k0, const u32 k1)
{
    const philox_words w = philox(particle, step_low, step_high, stream, k0, k1);
    const float r0 = normal_radius(w.w0);
    const float r1 = normal_radius(w.w2);
    const float theta = ((float)(int)((w.w1 >> 1) - 0x40000000u) + 0.5f) * 4.6566129e-10f;
    const float phi = ((float)(int)(w.w3 - 0x80000000u) + 0.5f) * 2.3283064e-10f;
    const float cosine = COSPI(theta);
    return MAKE_FLOAT4(r0 * SINPI(theta), r0 * ((w.w1 & 1u) == 0u ? cosine : -cosine), r1 * SINPI(phi), 0.0f);
}

// For tests: the words themselves.
KERNEL void philox_test(GLOBAL u32* words, const u32 stream, const u32 step_low, const u32 step_high, const u32 k0, const u32 k1, const int count)
{
    const int i = GLOBAL_ID;
    if (i < count)
    {
        const philox_words w = philox((u32)i, step_low, step_high, stream, k0, k1);
        words[4 * i] = w.w0;
        words[4 * i + 1] = w.w1;
        words[4 * i + 2] = w.w2;
        words[4 * i + 3] = w.w3;
    }
}

// For tests: normal numbers.
KERNEL void normal_test(GLOBAL float4* noise, const u32 stream, const u32 step_low, const u32 step_high, const u32 k0, const u32 k1, const int count)
{
    const int i = GLOBAL_ID;
    if (i < count)
    {
        noise[i] = normal_noise((u32)i, step_low, step_high, stream, k0, k1);
    }
}
