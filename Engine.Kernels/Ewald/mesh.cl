// The reciprocal part of the Ewald sum on a mesh of MESH_X x MESH_Y x MESH_Z points: smooth particle mesh Ewald with splines of eighth order, U. Essmann et al., J. Chem. Phys. 103, 8577 (1995). What MeshSum is on
// the processor, in float. Charges are added to the points as 32-bit fixed point, which has no order; whole lines are transformed in local memory, LINES_X, _Y or _Z of them by a group.
//
// mesh: charges by [x][y][z], zero between the steps. waves: by [x][y][z], half of them along y: a real mesh has n and -n alike, and K/2 is left out. potential: by [x][y][z].
// shape: of the cell, 2 pi times the axes of reciprocal space, then (4 pi k_e / V, 1 / 4g^2, -, -). splines: coefficients of the weights, [power][point]. turns: (cos, sin) of all parts of a
// revolution that an axis has. undo: |b|^2 by n_x, then n_y, then n_z. scale: what a charge is multiplied by to be fixed point; unit: its inverse.
//
// MESH_HALF is a multiple of eight, so that lines along x and z fill whole groups.

#define MESH_GROUP 128
#define SPLINE 8
#define MESH_HALF (MESH_Y / 2)
#define WAVE_PLANE (MESH_HALF * MESH_Z)
#define FORWARD -1.0f
#define BACK 1.0f

// A quarter of the range of fixed point. A point with more than the whole would be taken for one of the other sign, but then one near it has between one and seven quarters, which is seen: from the point that
// gets most of a charge outwards, shares fall by factors between two, about a point of the mesh, and four, about the middle of eight.
#define MOST_CHARGE 0x20000000

// Where a charge is on an axis of that many points: the lowest of those that it is shared out among; fraction: how far it is beyond the highest.
DEVICE int lowest_point(const int place, const int points)
{
    const int lowest = (int)HIGH_WORD(place, points) - (SPLINE - 1);
    return lowest < 0 ? lowest + points : lowest;
}

DEVICE float fraction_of(const int place, const int points)
{
    return (float)(((u32)place * (u32)points) >> 8) * 5.9604645e-8f - 0.5f;
}

// The weight of one of the eight points.
DEVICE float weight_of(const float t, const int point, GLOBAL const float* splines)
{
    float sum = splines[(SPLINE - 1) * SPLINE + point];
    UNROLL
    for (int power = SPLINE - 2; power >= 0; power--)
    {
        sum = FMA(sum, t, splines[power * SPLINE + point]);
    }
    return sum;
}

// Its derivative by the place, in units of the points.
DEVICE float slope_of(const float t, const int point, GLOBAL const float* splines)
{
    float sum = 7.0f * splines[(SPLINE - 1) * SPLINE + point];
    UNROLL
    for (int power = SPLINE - 2; power >= 1; power--)
    {
        sum = FMA(sum, t, (float)power * splines[power * SPLINE + point]);
    }
    return sum;
}

DEVICE int wrapped(const int point, const int points)
{
    return point < points ? point : point - points;
}

// Eight threads side by side share a particle, each with one point along z.
KERNEL void GROUP_OF(MESH_GROUP) mesh_spread(
    GLOBAL const int4* positions, GLOBAL const float* RESTRICT charges, GLOBAL const float* RESTRICT splines, GLOBAL int* mesh, const float scale,
    GLOBAL const int* ring, const int graph_step, const int particles)
{
    LOCAL_ARRAY(float2, weights, MESH_GROUP);
    AWAIT_LAST();
    if (IS_DUE(graph_step))
    {
        const int i = GLOBAL_ID / SPLINE;
        const int lane = LOCAL_ID % SPLINE;
        const int4 p = positions[i < particles ? i : 0];
        weights[LOCAL_ID] = MAKE_FLOAT2(
            weight_of(fraction_of(p.x, MESH_X), lane, splines), weight_of(fraction_of(p.y, MESH_Y), lane, splines));
        SYNC_GROUP();
        const float charge = charges[p.w];
        if (i < particles && charge != 0.0f)
        {
            LOCAL const float2* own = weights + LOCAL_ID - lane;
            const float q = scale * charge * weight_of(fraction_of(p.z, MESH_Z), lane, splines);
            const int z = wrapped(lowest_point(p.z, MESH_Z) + lane, MESH_Z);
            int x = lowest_point(p.x, MESH_X);
            for (int a = 0; a < SPLINE; a++)
            {
                const float along = q * own[a].x;
                int y = lowest_point(p.y, MESH_Y);
                for (int b = 0; b < SPLINE; b++)
                {
                    ATOMIC_ADD(mesh + (x * MESH_Y + y) * MESH_Z + z, ROUND_TO_INT(along * own[b].y));
                    y = wrapped(y + 1, MESH_Y);
                }
                x = wrapped(x + 1, MESH_X);
            }
        }
    }
}

// Along y, from real charges: two of them are one complex number, and a line of half the length is taken apart.
KERNEL void GROUP_OF(MESH_GROUP) mesh_forward_y(
    GLOBAL int* mesh, GLOBAL const float2* RESTRICT turns, GLOBAL float2* waves, const float unit, GLOBAL int* control, GLOBAL const int* ring, const int graph_step)
{
    LOCAL_ARRAY(float2, lines, 2 * MESH_HALF * PITCH(LINES_Y));
    AWAIT_LAST();
    if (IS_DUE(graph_step))
    {
        const int across = (MESH_Z + LINES_Y - 1) / LINES_Y;
        const int x = GROUP_ID / across;
        const int first = GROUP_ID % across * LINES_Y;
        for (int i = LOCAL_ID; i < MESH_HALF * LINES_Y; i += MESH_GROUP)
        {
            const int line = i % LINES_Y;
            const int k = i / LINES_Y;
            if (first + line < MESH_Z)
            {
                const int at = (x * MESH_Y + 2 * k) * MESH_Z + first + line;
                const int even = mesh[at];
                const int odd = mesh[at + MESH_Z];
                if ((even > MOST_CHARGE) | (even < -MOST_CHARGE) | (odd > MOST_CHARGE) | (odd < -MOST_CHARGE))
                {
                    control[MESH_IS_FULL] = 1;
                }
                lines[k * PITCH(LINES_Y) + line] = MAKE_FLOAT2(unit * (float)even, unit * (float)odd);
                mesh[at] = 0;
                mesh[at + MESH_Z] = 0;
            }
        }
        LOCAL float2* found = transform_lines(lines, lines + MESH_HALF * PITCH(LINES_Y), MESH_HALF, LINES_Y, turns, 2, FORWARD);
        for (int i = LOCAL_ID; i < MESH_HALF * LINES_Y; i += MESH_GROUP)
        {
            const int line = i % LINES_Y;
            const int k = i / LINES_Y;
            if (first + line < MESH_Z)
            {
                const float2 own = found[k * PITCH(LINES_Y) + line];
                const float2 mirror = found[(k == 0 ? 0 : MESH_HALF - k) * PITCH(LINES_Y) + line];
                const float2 turn = turns[k];
                const float2 even = MAKE_FLOAT2(0.5f * (own.x + mirror.x), 0.5f * (own.y - mirror.y));
                const float2 odd = MAKE_FLOAT2(0.5f * (own.y + mirror.y), 0.5f * (mirror.x - own.x));
                waves[x * WAVE_PLANE + k * MESH_Z + first + line] = plus(even, turned(odd, MAKE_FLOAT2(turn.x, -turn.y)));
            }
        }
    }
}

// Along z, there (FORWARD) or BACK.
KERNEL void GROUP_OF(MESH_GROUP) mesh_along_z(
    GLOBAL const float2* RESTRICT turns, GLOBAL float2* waves, const float sign, GLOBAL const int* ring, const int graph_step)
{
    LOCAL_ARRAY(float2, lines, 2 * MESH_Z * PITCH(LINES_Z));
    AWAIT_LAST();
    if (IS_DUE(graph_step))
    {
        const int first = GROUP_ID * LINES_Z;
        for (int i = LOCAL_ID; i < LINES_Z * MESH_Z; i += MESH_GROUP)
        {
            lines[i % MESH_Z * PITCH(LINES_Z) + i / MESH_Z] = waves[first * MESH_Z + i];
        }
        LOCAL float2* found = transform_lines(lines, lines + MESH_Z * PITCH(LINES_Z), MESH_Z, LINES_Z, turns, 1, sign);
        for (int i = LOCAL_ID; i < LINES_Z * MESH_Z; i += MESH_GROUP)
        {
            waves[first * MESH_Z + i] = found[i % MESH_Z * PITCH(LINES_Z) + i / MESH_Z];
        }
    }
}

// Along x, there, times the influence function, and back. with_sums: energy and six components of 2 sum E (1/K^2 + 1/4g^2) K K of each
// group go to partials, as reduce.cl has them.
KERNEL void GROUP_OF(MESH_GROUP) mesh_convolve(
    GLOBAL const float2* RESTRICT turns, GLOBAL const float4* RESTRICT shape, GLOBAL const float* RESTRICT undo, GLOBAL float2* waves, GLOBAL double* partials,
    const int with_sums, GLOBAL const int* ring, const int graph_step)
{
    LOCAL_ARRAY(float2, lines, 2 * MESH_X * PITCH(LINES_X));
    LOCAL_ARRAY(double, sums, 8 * MESH_GROUP);
    AWAIT_LAST();
    if (IS_DUE(graph_step))
    {
        const int first = GROUP_ID * LINES_X;
        const float4 along = shape[0];
        for (int i = LOCAL_ID; i < MESH_X * LINES_X; i += MESH_GROUP)
        {
            lines[i / LINES_X * PITCH(LINES_X) + i % LINES_X] = waves[i / LINES_X * WAVE_PLANE + first + i % LINES_X];
        }
        LOCAL float2* found = transform_lines(lines, lines + MESH_X * PITCH(LINES_X), MESH_X, LINES_X, turns, 1, FORWARD);
        if (with_sums)
        {
            for (int c = 0; c < 8; c++)
            {
                sums[c * MESH_GROUP + LOCAL_ID] = (double)0.0f;
            }
        }
        for (int i = LOCAL_ID; i < MESH_X * LINES_X; i += MESH_GROUP)
        {
            const int wave = first + i % LINES_X;
            const int nx = i / LINES_X;
            const int ny = wave / MESH_Z;
            const int nz = wave % MESH_Z;
            const float hx = (float)(2 * nx <= MESH_X ? nx : nx - MESH_X);
            const float hz = (float)(2 * nz <= MESH_Z ? nz : nz - MESH_Z);
            const float kx = FMA(hx, along.x, FMA((float)ny, shape[1].x, hz * shape[2].x));
            const float ky = FMA(hx, along.y, FMA((float)ny, shape[1].y, hz * shape[2].y));
            const float kz = FMA(hx, along.z, FMA((float)ny, shape[1].z, hz * shape[2].z));
            const float squared = FMA(kx, kx, FMA(ky, ky, kz * kz));
            // K = 0 does not count.
            const float inverse = nx + wave == 0 ? 0.0f : 1.0f / squared;
            const float influence = shape[3].x * undo[nx] * undo[MESH_X + ny] * undo[MESH_X + MESH_Y + nz] * inverse * EXP(-shape[3].y * squared);
            LOCAL float2* own = found + nx * PITCH(LINES_X) + i % LINES_X;
            const float2 s = own[0];
            own[0] = MAKE_FLOAT2(influence * s.x, influence * s.y);
            if (with_sums)
            {
                // n and -n are one wave here, but for n_y = 0.
                const float energy = (ny == 0 ? 0.5f : 1.0f) * influence * FMA(s.x, s.x, s.y * s.y);
                const float part = 2.0f * energy * (inverse + shape[3].y);
                LOCAL double* own_sums = sums + LOCAL_ID;
                own_sums[0] += (double)energy;
                own_sums[MESH_GROUP] += (double)(part * kx * kx);
                own_sums[2 * MESH_GROUP] += (double)(part * ky * ky);
                own_sums[3 * MESH_GROUP] += (double)(part * kz * kz);
                own_sums[4 * MESH_GROUP] += (double)(part * kx * ky);
                own_sums[5 * MESH_GROUP] += (double)(part * kx * kz);
                own_sums[6 * MESH_GROUP] += (double)(part * ky * kz);
            }
        }
        if (with_sums)
        {
            reduce_group(sums, partials);
        }
        found = transform_lines(found, found == lines ? lines + MESH_X * PITCH(LINES_X) : lines, MESH_X, LINES_X, turns, 1, BACK);
        for (int i = LOCAL_ID; i < MESH_X * LINES_X; i += MESH_GROUP)
        {
            waves[i / LINES_X * WAVE_PLANE + first + i % LINES_X] = found[i / LINES_X * PITCH(LINES_X) + i % LINES_X];
        }
    }
}

// Along y, back to what is real.
KERNEL void GROUP_OF(MESH_GROUP) mesh_back_y(
    GLOBAL const float2* RESTRICT turns, GLOBAL const float2* waves, GLOBAL float* potential, GLOBAL const int* ring, const int graph_step)
{
    LOCAL_ARRAY(float2, lines, 2 * MESH_HALF * PITCH(LINES_Y));
    AWAIT_LAST();
    if (IS_DUE(graph_step))
    {
        const int across = (MESH_Z + LINES_Y - 1) / LINES_Y;
        const int x = GROUP_ID / across;
        const int first = GROUP_ID % across * LINES_Y;
        LOCAL float2* packed = lines + MESH_HALF * PITCH(LINES_Y);
        for (int i = LOCAL_ID; i < MESH_HALF * LINES_Y; i += MESH_GROUP)
        {
            const int line = i % LINES_Y;
            if (first + line < MESH_Z)
            {
                lines[i / LINES_Y * PITCH(LINES_Y) + line] = waves[x * WAVE_PLANE + i / LINES_Y * MESH_Z + first + line];
            }
        }
        SYNC_GROUP();
        for (int i = LOCAL_ID; i < MESH_HALF * LINES_Y; i += MESH_GROUP)
        {
            const int line = i % LINES_Y;
            const int k = i / LINES_Y;
            if (first + line < MESH_Z)
            {
                const float2 own = lines[k * PITCH(LINES_Y) + line];
                const float2 other = lines[(k == 0 ? 0 : MESH_HALF - k) * PITCH(LINES_Y) + line];
                // The wave K/2, which mirrors 0, is none.
                const float2 mirror = k == 0 ? MAKE_FLOAT2(0.0f, 0.0f) : MAKE_FLOAT2(other.x, -other.y);
                const float2 odd = turned(plus_times(own, -1.0f, mirror), turns[k]);
                packed[k * PITCH(LINES_Y) + line] = plus_i(plus(own, mirror), 1.0f, odd);
            }
        }
        LOCAL float2* found = transform_lines(packed, lines, MESH_HALF, LINES_Y, turns, 2, BACK);
        for (int i = LOCAL_ID; i < MESH_HALF * LINES_Y; i += MESH_GROUP)
        {
            const int line = i % LINES_Y;
            const int k = i / LINES_Y;
            if (first + line < MESH_Z)
            {
                const float2 both = found[k * PITCH(LINES_Y) + line];
                const int at = (x * MESH_Y + 2 * k) * MESH_Z + first + line;
                potential[at] = both.x;
                potential[at + MESH_Z] = both.y;
            }
        }
    }
}

// Adds F = -q grad of the potential to the forces. Eight threads side by side share a particle, each with one point along z.
KERNEL void GROUP_OF(MESH_GROUP) mesh_forces(
    GLOBAL const int4* positions, GLOBAL const float* RESTRICT charges, GLOBAL const float* RESTRICT splines, GLOBAL const float* potential,
    GLOBAL const float4* RESTRICT shape, GLOBAL float4* forces, GLOBAL const int* ring, const int graph_step, const int particles)
{
    LOCAL_ARRAY(float4, shared_weights, MESH_GROUP);
    LOCAL_ARRAY(float4, partial, MESH_GROUP);
    AWAIT_LAST();
    if (IS_DUE(graph_step))
    {
        const int i = GLOBAL_ID / SPLINE;
        const int lane = LOCAL_ID % SPLINE;
        const int4 p = positions[i < particles ? i : 0];
        const float tx = fraction_of(p.x, MESH_X);
        const float ty = fraction_of(p.y, MESH_Y);
        const float tz = fraction_of(p.z, MESH_Z);
        shared_weights[LOCAL_ID] = MAKE_FLOAT4(weight_of(tx, lane, splines), slope_of(tx, lane, splines), weight_of(ty, lane, splines), slope_of(ty, lane, splines));
        SYNC_GROUP();
        LOCAL const float4* own = shared_weights + LOCAL_ID - lane;
        const int z = wrapped(lowest_point(p.z, MESH_Z) + lane, MESH_Z);
        float along_x = 0.0f;
        float along_y = 0.0f;
        float along_z = 0.0f;
        int x = lowest_point(p.x, MESH_X);
        for (int a = 0; a < SPLINE; a++)
        {
            float sum = 0.0f;
            float slope = 0.0f;
            int y = lowest_point(p.y, MESH_Y);
            for (int b = 0; b < SPLINE; b++)
            {
                const float v = potential[(x * MESH_Y + y) * MESH_Z + z];
                sum = FMA(own[b].z, v, sum);
                slope = FMA(own[b].w, v, slope);
                y = wrapped(y + 1, MESH_Y);
            }
            along_x = FMA(own[a].y, sum, along_x);
            along_y = FMA(own[a].x, slope, along_y);
            along_z = FMA(own[a].x, sum, along_z);
            x = wrapped(x + 1, MESH_X);
        }
        const float weight = weight_of(tz, lane, splines);
        const float4 sum = sum_side_by_side(MAKE_FLOAT4(weight * along_x, weight * along_y, slope_of(tz, lane, splines) * along_z, 0.0f), SPLINE, partial);
        if (lane == 0 && i < particles)
        {
            // The axes are 2 pi times the gradient of the fractions.
            const float q = -charges[p.w] * 0.15915494f;
            const float gx = q * (float)MESH_X * sum.x;
            const float gy = q * (float)MESH_Y * sum.y;
            const float gz = q * (float)MESH_Z * sum.z;
            const float4 f = forces[i];
            forces[i] = MAKE_FLOAT4(
                FMA(gx, shape[0].x, FMA(gy, shape[1].x, FMA(gz, shape[2].x, f.x))), FMA(gx, shape[0].y, FMA(gy, shape[1].y, FMA(gz, shape[2].y, f.y))),
                FMA(gx, shape[0].z, FMA(gy, shape[1].z, FMA(gz, shape[2].z, f.z))), f.w);
        }
    }
}
