// Forces of pair interactions over full neighbour lists. The formulas stand before this text as pair_value(r2, row, tables) -> (energy, -U'(r)/r), printed from their C#
// definition, with PAIR_STRIDE columns for every ordered pair of species, the first of which is the squared cutoff.
// LANES threads side by side share a particle and take its neighbours in turn. Those lie in the order of cells, so that threads which run together read positions that lie together: what
// a gather costs is the number of lines of the first-level cache that it touches. Where each particle has one thread, threads side by side have particles side by side.

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

// The numbers of four neighbours of a thread: k, k + LANES and so on; at the end of the list the particle itself. entry: where the first of them is listed.
#if LANES == 1
#define FOUR_NEIGHBOURS(k) ((k) < count ? *(GLOBAL const int4*)entry : MAKE_INT4(i, i, i, i))
#define NEXT_ENTRY (entry + four_pitch)
#else
#define NEIGHBOUR(k, q) ((k) + (q) * LANES < count ? entry[(q) * LANES] : i)
#define FOUR_NEIGHBOURS(k) MAKE_INT4(NEIGHBOUR(k, 0), NEIGHBOUR(k, 1), NEIGHBOUR(k, 2), NEIGHBOUR(k, 3))
#define NEXT_ENTRY (entry + 4 * LANES)
#endif

// Tables that the forces read (STAGED_TABLES fours of floats) are copied to local memory first, where threads may read 32 places at once: before the kernel before this one has
// ended, which has no say in them. Those of the energy lie beyond them and are not looked up: of pair_value, the force alone is used.
KERNEL void GROUP_OF(FORCE_GROUP) pair_forces(
    GLOBAL const int4* positions, GLOBAL const int* counts, GLOBAL const int* list, const int row_pitch, const int four_pitch,
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
    const int lane = LOCAL_ID % LANES;
    const int i = GROUP_ID * (FORCE_GROUP / LANES) + LOCAL_ID / LANES;
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
        GLOBAL const int* entry = list + LIST_PLACE(row_pitch, four_pitch, i, 0) + lane;
        int4 four = FOUR_NEIGHBOURS(lane);
        int4 others[4] = {positions[four.x], positions[four.y], positions[four.z], positions[four.w]};
        entry = NEXT_ENTRY;
        four = FOUR_NEIGHBOURS(lane + 4 * LANES);
        for (int k = lane; k < count; k += 4 * LANES)
        {
            // While these are evaluated, the next four are on their way, and the numbers of those after them.
            const int4 next[4] = {positions[four.x], positions[four.y], positions[four.z], positions[four.w]};
            entry = NEXT_ENTRY;
            four = FOUR_NEIGHBOURS(k + 8 * LANES);
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
                f[q] = r2 < row[0] && k + q * LANES < count ? value : 0.0f;
                others[q] = next[q];
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
    const float4 sum = sum_side_by_side(MAKE_FLOAT4(fx, fy, fz, 0.0f), LANES, partial);
#else
    const float4 sum = MAKE_FLOAT4(fx, fy, fz, 0.0f);
#endif
    if (due && i < particles && lane == 0)
    {
        forces[i] = sum;
    }
}

// Energy, virial -sum over pairs of r (x) dU/dr (xx yy zz xy xz yz) and smallest squared distance; each pair counts half from either side. Writes no forces: what is
// sampled never changes the trajectory. Eight doubles for each group; LANES threads side by side share a particle.
KERNEL void pair_sums(
    GLOBAL const int4* RESTRICT positions, GLOBAL const int* RESTRICT counts, GLOBAL const int* RESTRICT list, const int row_pitch, const int four_pitch,
    GLOBAL const float* RESTRICT box, GLOBAL const float* RESTRICT parameters, GLOBAL const float* RESTRICT tables,
    GLOBAL double* RESTRICT partials, const int replica_size)
{
    LOCAL_ARRAY(double, sums, 8 * PAIR_GROUP);
    const int thread = particle_of_replica(LANES * replica_size);
    float e = 0.0f;
    float xx = 0.0f, yy = 0.0f, zz = 0.0f, xy = 0.0f, xz = 0.0f, yz = 0.0f;
    float closest = 3.0e38f;
    if (thread >= 0)
    {
        const int i = thread / LANES;
        const int4 own = positions[i];
        const int count = counts[i];
        LOAD_ROWS(own.w)
        for (int k = thread % LANES; k < count; k += LANES)
        {
            const int4 other = positions[list[LIST_PLACE(row_pitch, four_pitch, i, k)]];
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
