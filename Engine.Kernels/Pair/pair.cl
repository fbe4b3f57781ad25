// Forces of pair interactions over full neighbour lists. The formulas stand before this text as pair_value(r2, row, tables) -> (energy, -U'(r)/r), printed from their C#
// definition, with PAIR_STRIDE columns for every ordered pair of species, the first of which is the squared cutoff.
// LANES threads share a particle, each with every LANES-th four of its neighbours; threads side by side have particles side by side, whose entries lie together.

#define PAIR_GROUP 128

// The rows of a particle's own species: one or two stay in registers.
#if PAIR_SPECIES == 1
#define LOAD_ROWS(a) float row[PAIR_STRIDE]; UNROLL for (int c = 0; c < PAIR_STRIDE; c++) { row[c] = parameters[c]; }
#define PICK_ROW(b)
#elif PAIR_SPECIES == 2
#define LOAD_ROWS(a) \
    float first_row[PAIR_STRIDE]; \
    float second_row[PAIR_STRIDE]; \
    UNROLL for (int c = 0; c < PAIR_STRIDE; c++) \
    { \
        first_row[c] = parameters[2 * PAIR_STRIDE * (a) + c]; \
        second_row[c] = parameters[2 * PAIR_STRIDE * (a) + PAIR_STRIDE + c]; \
    }
#define PICK_ROW(b) float row[PAIR_STRIDE]; UNROLL for (int c = 0; c < PAIR_STRIDE; c++) { row[c] = (b) == 0 ? first_row[c] : second_row[c]; }
#else
#define LOAD_ROWS(a) GLOBAL const float* rows = parameters + PAIR_STRIDE * PAIR_SPECIES * (a);
#define PICK_ROW(b) GLOBAL const float* row = rows + PAIR_STRIDE * (b);
#endif

// Tables that the forces read (STAGED_TABLES fours of floats) are copied to local memory first, where threads may read 32 places at once: before the kernel before this one has
// ended, which has no say in them. Those of the energy lie beyond them and are not looked up: of pair_value, the force alone is used.
KERNEL void GROUP_OF(FORCE_GROUP) pair_forces(
    GLOBAL const int4* positions, GLOBAL const int* counts, GLOBAL const int* list, const int pitch,
    GLOBAL const float* RESTRICT box, GLOBAL const float* RESTRICT parameters, GLOBAL const float* RESTRICT tables,
    GLOBAL float4* forces, GLOBAL int* ring, const int graph_step, const int particles)
{
#if LANES > 1
    LOCAL_ARRAY(float4, partial, FORCE_GROUP);
#endif
#if STAGED_TABLES > 0
    LOCAL_ROOM(float4, staged);
    for (int k = LOCAL_ID; k < STAGED_TABLES; k += FORCE_GROUP)
    {
        staged[k] = ((GLOBAL const float4*)tables)[k];
    }
    LOCAL const float* coefficients = (LOCAL const float*)staged;
#else
    GLOBAL const float* coefficients = tables;
#endif
    AWAIT_LAST();
    const int side = FORCE_GROUP / LANES;
    const int lane = LOCAL_ID / side;
    const int i = GROUP_ID * side + LOCAL_ID % side;
    // On their way before it is known whether they are needed.
    const int4 own = positions[i < particles ? i : 0];
    const int count = counts[i < particles ? i : 0];
    const int due = IS_DUE(graph_step);
    if (GLOBAL_ID == 0 && graph_step >= 0)
    {
        // What the next step will write, and nobody reads now.
        IS_STALE(RING_OUT((graph_step + 1) % STEPS_PER_GRAPH)) = 0;
    }
#if STAGED_TABLES > 0
    SYNC_GROUP();
#endif
    float fx = 0.0f;
    float fy = 0.0f;
    float fz = 0.0f;
    if (due && i < particles)
    {
        LOAD_ROWS(own.w)
        // The next four are on their way while these are evaluated.
        GLOBAL const int4* entry = (GLOBAL const int4*)list + (lane * (i64)pitch + i);
        int4 next = 4 * lane < count ? entry[0] : MAKE_INT4(i, i, i, i);
        for (int k = 4 * lane; k < count; k += 4 * LANES)
        {
            int4 others[4];
            others[0] = positions[next.x];
            others[1] = positions[next.y];
            others[2] = positions[next.z];
            others[3] = positions[next.w];
            entry += LANES * (i64)pitch;
            if (k + 4 * LANES < count)
            {
                next = entry[0];
            }
            // Without branches, so that all four are under way at once: seldom does none of the threads that run together need a pair.
            float4 d[4];
            float f[4];
            UNROLL
            for (int q = 0; q < 4; q++)
            {
                d[q] = displacement(own, others[q], box);
                const float r2 = d[q].x * d[q].x + d[q].y * d[q].y + d[q].z * d[q].z;
                PICK_ROW(others[q].w)
                const float value = pair_value(r2, row, coefficients).y;
                f[q] = r2 < row[0] && k + q < count ? value : 0.0f;
            }
            UNROLL
            for (int q = 0; q < 4; q++)
            {
                fx = FMA(-f[q], d[q].x, fx);
                fy = FMA(-f[q], d[q].y, fy);
                fz = FMA(-f[q], d[q].z, fz);
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
        LOAD_ROWS(own.w)
        for (int k = 0; k < count; k++)
        {
            const int4 other = positions[list[LIST_PLACE(pitch, i, k)]];
            const float4 d = displacement(own, other, box);
            const float r2 = d.x * d.x + d.y * d.y + d.z * d.z;
            PICK_ROW(other.w)
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
