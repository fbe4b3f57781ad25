// The reciprocal part of the Ewald sum. Wave vectors are integer triples (h, k, l) in runs of EWALD_RUN that differ in h by one each: runs has h of the first, k, l, unused. The
// phase of a particle is h x + k y + l z in units of 2^-32 revolutions, exact because integers wrap around; within a run exp(iKr) is multiplied by exp(2 pi i x) from one to the
// next. weights: 8 pi k_e / V exp(-K^2/4g^2) / K^2 of each wave of each run, 0 for those that do not count; one of K and -K does. vectors: what K grows by within a run in real units,
// then K of the first wave of each run. count: how many of the runs there is room for. charges by species.

#define EWALD_GROUP 128

// (cos, sin) of a phase: quarters of a revolution are exact; polynomials fitted to an eighth to either side are off by 2e-9 at most, and by 6e-8 rounded.
DEVICE float2 unit_of(const u32 phase)
{
    const u32 quarter = phase + 0x20000000u;
    const float x = (float)(int)(phase - (quarter & 0xC0000000u)) * 1.4629180793e-9f;
    const float x2 = x * x;
    const float sine = FMA(x * x2, FMA(x2, FMA(x2, -1.9496031e-4f, 8.3319818e-3f), -0.16666651f), x);
    const float cosine = FMA(x2, FMA(x2, FMA(x2, FMA(x2, 2.4438872e-5f, -1.3887371e-3f), 4.1666647e-2f), -0.5f), 1.0f);
    const int odd = (quarter & 0x40000000u) != 0u;
    const float c = odd ? sine : cosine;
    const float s = odd ? cosine : sine;
    return MAKE_FLOAT2(((quarter + 0x40000000u) & 0x80000000u) != 0u ? -c : c, (quarter & 0x80000000u) != 0u ? -s : s);
}

DEVICE float2 unit_of_run(const int4 p, const int4 run)
{
    return unit_of((u32)run.x * (u32)p.x + (u32)run.y * (u32)p.y + (u32)run.z * (u32)p.z);
}

// One group for each run: S = sum q exp(iKr) of its waves, as (re, im), and the same times their weights, for the forces. What a thread sums goes from float to double every
// EWALD_CHUNK particles.
KERNEL void ewald_structure(
    GLOBAL const int4* RESTRICT positions, GLOBAL const float* RESTRICT charges, GLOBAL const int4* RESTRICT runs, GLOBAL const float* RESTRICT weights,
    GLOBAL const int* RESTRICT count, GLOBAL double* RESTRICT structure, GLOBAL float2* RESTRICT weighted, GLOBAL const int* RESTRICT ring, const int graph_step, const int particles)
{
    LOCAL_ARRAY(double, sums, 2 * EWALD_RUN * (EWALD_GROUP + 1));
    const int4 run = runs[GROUP_ID];
    const int due = IS_DUE(graph_step) && GROUP_ID < count[0];
    const int last = due ? particles : 0;
    double total[2 * EWALD_RUN];
    UNROLL
    for (int c = 0; c < 2 * EWALD_RUN; c++)
    {
        total[c] = (double)0.0f;
    }
    for (int first = LOCAL_ID; first < last; first += EWALD_CHUNK * EWALD_GROUP)
    {
        float part[2 * EWALD_RUN];
        UNROLL
        for (int c = 0; c < 2 * EWALD_RUN; c++)
        {
            part[c] = 0.0f;
        }
        for (int i = first; i < last && i < first + EWALD_CHUNK * EWALD_GROUP; i += EWALD_GROUP)
        {
            const int4 p = positions[i];
            const float q = charges[p.w];
            const float2 step = unit_of((u32)p.x);
            const float2 start = unit_of_run(p, run);
            float2 wave = MAKE_FLOAT2(q * start.x, q * start.y);
            UNROLL
            for (int m = 0; m < EWALD_RUN; m++)
            {
                part[2 * m] += wave.x;
                part[2 * m + 1] += wave.y;
                wave = turned(wave, step);
            }
        }
        UNROLL
        for (int c = 0; c < 2 * EWALD_RUN; c++)
        {
            total[c] += (double)part[c];
        }
    }
    // One double of a column is in another bank than that of the next.
    UNROLL
    for (int c = 0; c < 2 * EWALD_RUN; c++)
    {
        sums[c * (EWALD_GROUP + 1) + LOCAL_ID] = total[c];
    }
    SYNC_GROUP();
    LOCAL double* own = sums + LOCAL_ID % (2 * EWALD_RUN) * (EWALD_GROUP + 1) + LOCAL_ID / (2 * EWALD_RUN) * (2 * EWALD_RUN);
    for (int k = 1; k < 2 * EWALD_RUN; k++)
    {
        own[0] += own[k];
    }
    SYNC_GROUP();
    // A step that does nothing leaves the sums of the one before.
    if (LOCAL_ID < EWALD_RUN && due)
    {
        LOCAL double* re = sums + 2 * LOCAL_ID * (EWALD_GROUP + 1);
        LOCAL double* im = re + EWALD_GROUP + 1;
        for (int k = 2 * EWALD_RUN; k < EWALD_GROUP; k += 2 * EWALD_RUN)
        {
            re[0] += re[k];
            im[0] += im[k];
        }
        const int wave = EWALD_RUN * GROUP_ID + LOCAL_ID;
        structure[2 * wave] = re[0];
        structure[2 * wave + 1] = im[0];
        weighted[wave] = MAKE_FLOAT2(weights[wave] * (float)re[0], weights[wave] * (float)im[0]);
    }
}

// Adds F = q sum K weight Im[exp(iKr) conj S] to the forces, unless the step they belong to did nothing. EWALD_LANES threads share a particle, each with every EWALD_LANES-th run:
// Ewald sums are for some thousand particles, which alone would not fill a device. Threads side by side have particles side by side and the same run, of which all read the same.
KERNEL void ewald_forces(
    GLOBAL const int4* RESTRICT positions, GLOBAL const float* RESTRICT charges, GLOBAL const int4* RESTRICT runs, GLOBAL const float4* RESTRICT vectors,
    GLOBAL const float2* RESTRICT weighted, GLOBAL const int* RESTRICT count, GLOBAL float4* RESTRICT forces, GLOBAL const int* RESTRICT ring, const int graph_step, const int particles)
{
    LOCAL_ARRAY(float4, partial, EWALD_FORCE_GROUP);
    const int side = EWALD_FORCE_GROUP / EWALD_LANES;
    const int i = GROUP_ID * side + LOCAL_ID % side;
    const int lane = LOCAL_ID / side;
    const int due = IS_DUE(graph_step) && i < particles;
    const int last = due ? count[0] : 0;
    const int4 p = positions[due ? i : 0];
    const float2 step = unit_of((u32)p.x);
    float fx = 0.0f;
    float fy = 0.0f;
    float fz = 0.0f;
    // Of the waves: how far they are from the first of their run, times what they give.
    float along = 0.0f;
    for (int k = lane; k < last; k += EWALD_LANES)
    {
        float2 wave = unit_of_run(p, runs[k]);
        const float4 v = vectors[1 + k];
        float together = 0.0f;
        UNROLL
        for (int m = 0; m < EWALD_RUN; m++)
        {
            const float2 s = weighted[EWALD_RUN * k + m];
            const float im = FMA(wave.y, s.x, -(wave.x * s.y));
            together += im;
            along = FMA((float)m, im, along);
            wave = turned(wave, step);
        }
        fx = FMA(together, v.x, fx);
        fy = FMA(together, v.y, fy);
        fz = FMA(together, v.z, fz);
    }
    const float4 growth = vectors[0];
    const float4 sum = sum_lanes(MAKE_FLOAT4(FMA(along, growth.x, fx), FMA(along, growth.y, fy), FMA(along, growth.z, fz), 0.0f), EWALD_LANES, partial);
    if (lane == 0 && due)
    {
        const float q = charges[p.w];
        const float4 f = forces[i];
        forces[i] = MAKE_FLOAT4(FMA(q, sum.x, f.x), FMA(q, sum.y, f.y), FMA(q, sum.z, f.z), f.w);
    }
}
