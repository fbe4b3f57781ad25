// The reciprocal part of the Ewald sum. Wave vectors are integer triples (h, k, l); the phase of a particle is h x + k y + l z in units of 2^-32 revolutions, exact because integers
// wrap around. waves: h, k, l, unused; one of K and -K is listed. vectors: K in
// real units and 8 pi k_e / V exp(-K^2/4g^2) / K^2. count: how many of the waves there is room for. charges by species.

#define EWALD_GROUP 128

DEVICE u32 phase_of(const int4 p, const int4 wave)
{
    return (u32)wave.x * (u32)p.x + (u32)wave.y * (u32)p.y + (u32)wave.z * (u32)p.z;
}

// One group for each wave vector: S = sum q exp(iKr), as (re, im).
KERNEL void ewald_structure(
    GLOBAL const int4* RESTRICT positions, GLOBAL const float* RESTRICT charges, GLOBAL const int4* RESTRICT waves, GLOBAL const int* RESTRICT count,
    GLOBAL double* RESTRICT structure, GLOBAL const int* RESTRICT ring, const int graph_step, const int particles)
{
    LOCAL_ARRAY(double, re, EWALD_GROUP);
    LOCAL_ARRAY(double, im, EWALD_GROUP);
    const int4 wave = waves[GROUP_ID];
    const int due = IS_DUE(graph_step);
    const int last = due && GROUP_ID < count[0] ? particles : 0;
    double a = 0.0;
    double b = 0.0;
    for (int i = LOCAL_ID; i < last; i += EWALD_GROUP)
    {
        const int4 p = positions[i];
        const float phase_over_pi = (float)(int)phase_of(p, wave) * 4.6566129e-10f;
        const float q = charges[p.w];
        a += (double)(q * COSPI(phase_over_pi));
        b += (double)(q * SINPI(phase_over_pi));
    }
    re[LOCAL_ID] = a;
    im[LOCAL_ID] = b;
    SYNC_GROUP();
    for (int width = EWALD_GROUP / 2; width > 0; width /= 2)
    {
        if (LOCAL_ID < width)
        {
            re[LOCAL_ID] += re[LOCAL_ID + width];
            im[LOCAL_ID] += im[LOCAL_ID + width];
        }
        SYNC_GROUP();
    }
    // A step that does nothing leaves the sums of the one before.
    if (LOCAL_ID == 0 && due)
    {
        structure[2 * GROUP_ID] = re[0];
        structure[2 * GROUP_ID + 1] = im[0];
    }
}

// Adds F = q sum K weight Im[exp(iKr) conj S] to the forces, unless the step they belong to did nothing. EWALD_LANES threads share a particle, each with every EWALD_LANES-th wave:
// Ewald sums are for some thousand particles, which alone would not fill a device.
KERNEL void ewald_forces(
    GLOBAL const int4* RESTRICT positions, GLOBAL const float* RESTRICT charges, GLOBAL const int4* RESTRICT waves, GLOBAL const float4* RESTRICT vectors,
    GLOBAL const double* RESTRICT structure, GLOBAL const int* RESTRICT count, GLOBAL float4* RESTRICT forces, GLOBAL const int* RESTRICT ring, const int graph_step, const int particles)
{
    LOCAL_ARRAY(float4, partial, EWALD_GROUP);
    const int i = GLOBAL_ID / EWALD_LANES;
    const int lane = LOCAL_ID % EWALD_LANES;
    const int due = IS_DUE(graph_step) && i < particles;
    const int waves_total = due ? count[0] : 0;
    const int4 p = positions[due ? i : 0];
    float fx = 0.0f;
    float fy = 0.0f;
    float fz = 0.0f;
    for (int k = lane; k < waves_total; k += EWALD_LANES)
    {
        const float phase_over_pi = (float)(int)phase_of(p, waves[k]) * 4.6566129e-10f;
        const float4 v = vectors[k];
        const float im = SINPI(phase_over_pi) * (float)structure[2 * k] - COSPI(phase_over_pi) * (float)structure[2 * k + 1];
        fx = FMA(v.w * im, v.x, fx);
        fy = FMA(v.w * im, v.y, fy);
        fz = FMA(v.w * im, v.z, fz);
    }
    const float4 sum = sum_lanes(MAKE_FLOAT4(fx, fy, fz, 0.0f), EWALD_LANES, partial);
    if (lane == 0 && due)
    {
        const float q = charges[p.w];
        const float4 f = forces[i];
        forces[i] = MAKE_FLOAT4(FMA(q, sum.x, f.x), FMA(q, sum.y, f.y), FMA(q, sum.z, f.z), f.w);
    }
}
