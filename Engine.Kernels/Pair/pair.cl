// Forces of pair interactions over full neighbour lists. The formulas stand before this text as pair_value(r2, row, tables) -> (energy, -U'(r)/r), printed from their C#
// definition, with PAIR_STRIDE columns for every ordered pair of species, the first of which is the squared cutoff.
// list: neighbour k of particle i at list[k * pitch + i]. LANES threads share a particle; those side by side have particles side by side, whose entries lie together.

#define PAIR_GROUP 128

#if PAIR_SPECIES == 1
// There is one row only: it stays in registers.
#define LOAD_ROW float row[PAIR_STRIDE]; UNROLL for (int c = 0; c < PAIR_STRIDE; c++) { row[c] = parameters[c]; }
#define PICK_ROW(a, b)
#else
#define LOAD_ROW
#define PICK_ROW(a, b) GLOBAL const float* row = parameters + PAIR_STRIDE * ((a) * PAIR_SPECIES + (b));
#endif

KERNEL void pair_forces(
    GLOBAL const int4* RESTRICT positions, GLOBAL const int* RESTRICT counts, GLOBAL const int* RESTRICT list, const int pitch,
    GLOBAL const float* RESTRICT box, GLOBAL const float* RESTRICT parameters, GLOBAL const float* RESTRICT tables,
    GLOBAL float4* RESTRICT forces, GLOBAL int* RESTRICT ring, const int graph_step, const int particles)
{
    LOCAL_ARRAY(float4, partial, PAIR_GROUP);
    const int due = IS_DUE(graph_step);
    if (GLOBAL_ID == 0 && graph_step >= 0)
    {
        // What the next step will write, and nobody reads now.
        IS_STALE(RING_OUT((graph_step + 1) % STEPS_PER_GRAPH)) = 0;
    }
    const int side = PAIR_GROUP / LANES;
    const int lane = LOCAL_ID / side;
    const int i = GROUP_ID * side + LOCAL_ID % side;
    float fx = 0.0f;
    float fy = 0.0f;
    float fz = 0.0f;
    if (due && i < particles)
    {
        const int4 own = positions[i];
        const int count = counts[i];
        LOAD_ROW
        // The next neighbour is on its way while this one is evaluated.
        GLOBAL const int* entry = list + (lane * (i64)pitch + i);
        int4 next = positions[lane < count ? entry[0] : i];
        for (int k = lane; k < count; k += LANES)
        {
            const int4 other = next;
            entry += LANES * (i64)pitch;
            next = positions[k + LANES < count ? entry[0] : i];
            const float4 d = displacement(own, other, box);
            const float r2 = d.x * d.x + d.y * d.y + d.z * d.z;
            PICK_ROW(own.w, other.w)
            if (r2 < row[0])
            {
                const float f = pair_value(r2, row, tables).y;
                fx = FMA(-f, d.x, fx);
                fy = FMA(-f, d.y, fy);
                fz = FMA(-f, d.z, fz);
            }
        }
    }
#if LANES > 1
    const float4 sum = sum_lanes(MAKE_FLOAT4(fx, fy, fz, 0.0f), LANES, partial);
#else
    const float4 sum = MAKE_FLOAT4(fx, fy, fz, 0.0f);
#endif
    if (due && i < particles && lane == 0)
    {
        forces[i] = sum;
    }
}

// Energy, virial -sum over pairs of r (x) dU/dr (xx yy zz xy xz yz) and smallest squared distance; each pair counts half from either side. Writes no forces: what is
// sampled never changes the trajectory. Eight doubles for each group.
KERNEL void pair_sums(
    GLOBAL const int4* RESTRICT positions, GLOBAL const int* RESTRICT counts, GLOBAL const int* RESTRICT list, const int pitch,
    GLOBAL const float* RESTRICT box, GLOBAL const float* RESTRICT parameters, GLOBAL const float* RESTRICT tables,
    GLOBAL double* RESTRICT partials, const int replica_size)
{
    LOCAL_ARRAY(double, sums, 8 * PAIR_GROUP);
    const int i = particle_of_replica(replica_size);
    float e = 0.0f;
    float xx = 0.0f, yy = 0.0f, zz = 0.0f, xy = 0.0f, xz = 0.0f, yz = 0.0f;
    float closest = 3.0e38f;
    if (i >= 0)
    {
        const int4 own = positions[i];
        const int count = counts[i];
        LOAD_ROW
        for (int k = 0; k < count; k++)
        {
            const int4 other = positions[list[k * (i64)pitch + i]];
            const float4 d = displacement(own, other, box);
            const float r2 = d.x * d.x + d.y * d.y + d.z * d.z;
            PICK_ROW(own.w, other.w)
            if (r2 < row[0])
            {
                const float2 value = pair_value(r2, row, tables);
                e += value.x;
                xx = FMA(value.y * d.x, d.x, xx);
                yy = FMA(value.y * d.y, d.y, yy);
                zz = FMA(value.y * d.z, d.z, zz);
                xy = FMA(value.y * d.x, d.y, xy);
                xz = FMA(value.y * d.x, d.z, xz);
                yz = FMA(value.y * d.y, d.z, yz);
                closest = MIN(closest, r2);
            }
        }
    }
    LOCAL double* own_sums = sums + LOCAL_ID;
    own_sums[0] = 0.5 * (double)e;
    own_sums[GROUP_SIZE] = 0.5 * (double)xx;
    own_sums[2 * GROUP_SIZE] = 0.5 * (double)yy;
    own_sums[3 * GROUP_SIZE] = 0.5 * (double)zz;
    own_sums[4 * GROUP_SIZE] = 0.5 * (double)xy;
    own_sums[5 * GROUP_SIZE] = 0.5 * (double)xz;
    own_sums[6 * GROUP_SIZE] = 0.5 * (double)yz;
    own_sums[7 * GROUP_SIZE] = (double)closest;
    reduce_group(sums, partials);
}
