// The force of pair interactions on a particle, over full neighbour lists. The formulas stand before this text as pair_value(r2, row, tables) -> (energy, -U'(r)/r), printed from their C#
// definition, with PAIR_STRIDE columns for every ordered pair of species, the first of which is the squared cutoff.
// LANES threads side by side share a particle and take its neighbours in turn. Those lie in the order of cells, so that threads which run together read positions that lie together: what
// a gather costs is the number of lines of the first-level cache that it touches. Where each particle has one thread, threads side by side have particles side by side.

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
#if STAGED_TABLES > 0
#define STAGE_TABLES(coefficients) \
    LOCAL_ROOM(float4, staged); \
    for (int k = LOCAL_ID; k < STAGED_TABLES; k += FORCE_GROUP) \
    { \
        staged[k] = ((GLOBAL const float4*)tables)[k]; \
    } \
    LOCAL const float* coefficients = (LOCAL const float*)staged;
#define AWAIT_TABLES() SYNC_GROUP()
#else
#define STAGE_TABLES(coefficients) GLOBAL const float* coefficients = tables;
#define AWAIT_TABLES()
#endif

// What a thread has of the force on particle i, of which it is number lane.
DEVICE float4 pair_force(
    const int i, const int lane, const int4 own, const int count, GLOBAL const int4* positions, GLOBAL const int* list, const int row_pitch, const int four_pitch,
    GLOBAL const float* box, GLOBAL const float* parameters, GLOBAL const float* coefficients)
{
    float fx = 0.0f;
    float fy = 0.0f;
    float fz = 0.0f;
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
            const float r2 = FMA(d[q].x, d[q].x, FMA(d[q].y, d[q].y, d[q].z * d[q].z));
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
    return MAKE_FLOAT4(fx, fy, fz, 0.0f);
}
