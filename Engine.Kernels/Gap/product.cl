// C = A Bᵀ for matrices stored by rows, whose rows are multiples of PRODUCT_ROWS (of A) and PRODUCT_COLUMNS (of B) and inner dimension of PRODUCT_DEPTH (the rest is zeros). A group
// for each block of C, column blocks first; a thread has ROWS_OWN x COLUMNS_OWN elements of it.
//
// With SPARSE_SUM, C are dot products t of descriptors and sparse points, and what is left of them is dE/dt = zeta w t^(zeta - 1), with w by columns; energies gets
// sum w t^zeta over the columns of each block: [row][column block].
//
// Where there are tensor cores for doubles (TENSOR_CORES), a group takes two column blocks side by side, and groups beyond these have nothing to do: 128 x 128 elements ask the
// cache for two thirds of what two blocks would. A warp has 64 x 32 of them. Tiles of depth TENSOR_DEPTH arrive in a ring of
// TENSOR_STAGES, and a warp reads its operands of one stage while it multiplies those of the last. Half of the pairs of doubles in a tile's rows change places with the other half
// in every second two rows, so that no two lanes of a read meet in a bank.

#define PRODUCT_GROUP 256
#define PRODUCT_ROWS 128
#define PRODUCT_COLUMNS 64
#define PRODUCT_DEPTH 16
#define ROWS_OWN 8
#define COLUMNS_OWN 4
#define ACROSS (PRODUCT_COLUMNS / COLUMNS_OWN)
// Local memory has sixteen banks of doubles. Threads side by side take columns side by side, and rows of the tiles start half and a quarter of the banks apart, so that no two of
// sixteen meet, neither those that write nor those that read.
#define A_PITCH (PRODUCT_ROWS + 8)
#define B_PITCH (PRODUCT_COLUMNS + 4)
#define SUMS_PITCH (ACROSS + 1)
#define LARGEST_WHOLE_EXPONENT 16

// An exponent whose powers are products, or -1.
DEVICE int whole_exponent(const double exponent)
{
    const int whole = (int)exponent;
    return (double)whole == exponent && whole >= 0 && whole < LARGEST_WHOLE_EXPONENT ? whole : -1;
}

DEVICE double power_of(const double t, const double exponent, const int whole)
{
    double result = 1;
    for (int k = 0; k < whole; k++)
    {
        result *= t;
    }
    return whole < 0 ? POW_OF(t, exponent) : result;
}

#ifdef TENSOR_CORES

#define TENSOR_COLUMNS (2 * PRODUCT_COLUMNS)
#define TENSOR_DEPTH 8
#define TENSOR_STAGES 3
#define TENSOR_TILE (PRODUCT_ROWS * TENSOR_DEPTH)
#define TENSOR_STAGE (2 * TENSOR_TILE)
// Pairs of doubles in a row of a tile, and rows that the group fetches at once.
#define ROW_PAIRS (TENSOR_DEPTH / 2)
#define FETCHED_ROWS (PRODUCT_GROUP / ROW_PAIRS)
// A warp has ROW_TILES x COLUMN_TILES times the 16 x 8 elements of an instruction.
#define ROW_TILES 4
#define COLUMN_TILES 4
#define TENSOR_SUMS_PITCH 20
// Where a lane has the element of its rows m = 0, 1, .. (each the eighth after the last) and columns n = 0, 1, .. (two of every eight).
#define SUM_OF(m, n) (((m) / 2 * COLUMN_TILES + (n) / 2) * 4 + (m) % 2 * 2 + (n) % 2)

// Starts to copy this thread's share of a stage.
DEVICE void fetch(LOCAL double* own, GLOBAL const double* a, GLOBAL const double* b, const i64 a_further, const i64 b_further)
{
    COPY_PAIR(own, a);
    COPY_PAIR(own + FETCHED_ROWS * TENSOR_DEPTH, a + a_further);
    COPY_PAIR(own + TENSOR_TILE, b);
    COPY_PAIR(own + TENSOR_TILE + FETCHED_ROWS * TENSOR_DEPTH, b + b_further);
}

#endif

KERNEL void product(
    GLOBAL const double* RESTRICT a, GLOBAL const double* RESTRICT b, GLOBAL double* RESTRICT c, const int depth, const int columns, GLOBAL const double* RESTRICT weights,
    const double zeta, GLOBAL double* RESTRICT energies, GLOBAL const int* RESTRICT ring, const int graph_step)
{
#ifdef TENSOR_CORES
    LOCAL_ARRAY(double2, pairs, TENSOR_STAGES * TENSOR_STAGE / 2);
    LOCAL double* tiles = (LOCAL double*)pairs;
    const int blocks = columns / PRODUCT_COLUMNS;
    const int blocks_across = (blocks + 1) / 2;
    const int first_row = GROUP_ID / blocks_across * PRODUCT_ROWS;
    const int first_column = GROUP_ID % blocks_across * TENSOR_COLUMNS;
    const int due = IS_DUE(graph_step) && first_row < GROUP_COUNT / blocks * PRODUCT_ROWS;
    const int stages = due ? depth / TENSOR_DEPTH : 0;
    // The last block of a row may be half as wide: half of the warps have nothing to multiply then, and B's tile is the same half twice.
    const int sides = columns - first_column > PRODUCT_COLUMNS ? 2 : 1;
    const int lane = LOCAL_ID % 32;
    const int warp = LOCAL_ID / 32;
    const int busy = due && warp / 4 < sides;
    const int warp_row = warp % 2 * (16 * ROW_TILES);
    const int warp_column = warp / 2 * (8 * COLUMN_TILES);
    const int fetched_row = LOCAL_ID / ROW_PAIRS;
    const int fetched_pair = LOCAL_ID % ROW_PAIRS;
    LOCAL double* fetched = tiles + fetched_row * TENSOR_DEPTH + 2 * (fetched_pair ^ (fetched_row & 2));
    GLOBAL const double* a_next = a + (first_row + fetched_row) * (i64)depth + 2 * fetched_pair;
    GLOBAL const double* b_next = b + (first_column + fetched_row) * (i64)depth + 2 * fetched_pair;
    const i64 a_further = FETCHED_ROWS * (i64)depth;
    const i64 b_further = sides == 2 ? a_further : 0;
    // A lane reads the elements t = lane % 4 and t + 4 of every eighth row from g = lane / 4 on.
    const int t = lane % 4;
    const int g = lane / 4;
    const int near = g * TENSOR_DEPTH + 2 * (t / 2 ^ (g & 2)) + t % 2;
    LOCAL const double* a_near = tiles + warp_row * TENSOR_DEPTH + near;
    LOCAL const double* b_near = tiles + TENSOR_TILE + warp_column * TENSOR_DEPTH + near;
    const int far = (near ^ 4) - near;
    double sum[ROW_TILES * COLUMN_TILES * 4];
    // Operands of one stage and of the next.
    double left[2 * 4 * ROW_TILES];
    double right[2 * 2 * COLUMN_TILES];
    UNROLL
    for (int k = 0; k < ROW_TILES * COLUMN_TILES * 4; k++)
    {
        sum[k] = 0;
    }
    for (int stage = 0; stage < TENSOR_STAGES; stage++)
    {
        if (stage < stages)
        {
            fetch(fetched + stage * TENSOR_STAGE, a_next, b_next, a_further, b_further);
            a_next += TENSOR_DEPTH;
            b_next += TENSOR_DEPTH;
        }
        COPY_COMMIT();
    }
    COPY_WAIT(TENSOR_STAGES - 1);
    SYNC_GROUP();
    UNROLL
    for (int m = 0; m < ROW_TILES; m++)
    {
        left[4 * m] = a_near[(2 * m) * 8 * TENSOR_DEPTH];
        left[4 * m + 1] = a_near[(2 * m + 1) * 8 * TENSOR_DEPTH];
        left[4 * m + 2] = a_near[(2 * m) * 8 * TENSOR_DEPTH + far];
        left[4 * m + 3] = a_near[(2 * m + 1) * 8 * TENSOR_DEPTH + far];
    }
    UNROLL
    for (int n = 0; n < COLUMN_TILES; n++)
    {
        right[2 * n] = b_near[n * 8 * TENSOR_DEPTH];
        right[2 * n + 1] = b_near[n * 8 * TENSOR_DEPTH + far];
    }
    int place = 0;
    for (int pair = 0; pair < stages; pair += 2)
    {
        UNROLL
        for (int odd = 0; odd < 2; odd++)
        {
            // The next stage is there, and this one, which all have read, makes room. Behind the last one, what is read is not used.
            COPY_WAIT(TENSOR_STAGES - 2);
            SYNC_GROUP();
            if (pair + odd + TENSOR_STAGES < stages)
            {
                fetch(fetched + place, a_next, b_next, a_further, b_further);
                a_next += TENSOR_DEPTH;
                b_next += TENSOR_DEPTH;
            }
            COPY_COMMIT();
            place = place == (TENSOR_STAGES - 1) * TENSOR_STAGE ? 0 : place + TENSOR_STAGE;
            if (busy)
            {
                const int now = odd;
                const int then = 1 - odd;
                UNROLL
                for (int m = 0; m < ROW_TILES; m++)
                {
                    const int next = 4 * (then * ROW_TILES + m);
                    left[next] = a_near[place + (2 * m) * 8 * TENSOR_DEPTH];
                    left[next + 1] = a_near[place + (2 * m + 1) * 8 * TENSOR_DEPTH];
                    left[next + 2] = a_near[place + (2 * m) * 8 * TENSOR_DEPTH + far];
                    left[next + 3] = a_near[place + (2 * m + 1) * 8 * TENSOR_DEPTH + far];
                    right[2 * (then * COLUMN_TILES + m)] = b_near[place + m * 8 * TENSOR_DEPTH];
                    right[2 * (then * COLUMN_TILES + m) + 1] = b_near[place + m * 8 * TENSOR_DEPTH + far];
                    UNROLL
                    for (int n = 0; n < COLUMN_TILES; n++)
                    {
                        const int k = 4 * (m * COLUMN_TILES + n);
                        const int i = 4 * (now * ROW_TILES + m);
                        const int j = 2 * (now * COLUMN_TILES + n);
                        TENSOR_PRODUCT(
                            sum[k], sum[k + 1], sum[k + 2], sum[k + 3], left[i], left[i + 1], left[i + 2], left[i + 3], right[j], right[j + 1]);
                    }
                }
            }
        }
    }
#ifdef SPARSE_SUM
    // All have read the tiles.
    SYNC_GROUP();
    LOCAL double* sums = tiles;
    const int whole = whole_exponent(zeta - 1);
    if (busy)
    {
        double own_weights[2 * COLUMN_TILES];
        UNROLL
        for (int n = 0; n < 2 * COLUMN_TILES; n++)
        {
            own_weights[n] = weights[first_column + warp_column + n / 2 * 8 + 2 * t + n % 2];
        }
        UNROLL
        for (int m = 0; m < 2 * ROW_TILES; m++)
        {
            // Powers side by side: their loop stands here once for all columns.
            double power[2 * COLUMN_TILES];
            UNROLL
            for (int n = 0; n < 2 * COLUMN_TILES; n++)
            {
                power[n] = 1;
            }
            if (whole < 0)
            {
                UNROLL
                for (int n = 0; n < 2 * COLUMN_TILES; n++)
                {
                    power[n] = POW_OF(sum[SUM_OF(m, n)], zeta - 1);
                }
            }
            for (int k = 0; k < whole; k++)
            {
                UNROLL
                for (int n = 0; n < 2 * COLUMN_TILES; n++)
                {
                    power[n] *= sum[SUM_OF(m, n)];
                }
            }
            double energy = 0.0;
            UNROLL
            for (int n = 0; n < 2 * COLUMN_TILES; n++)
            {
                const double slope = own_weights[n] == 0 ? 0 : own_weights[n] * power[n];
                energy += slope * sum[SUM_OF(m, n)];
                sum[SUM_OF(m, n)] = zeta * slope;
            }
            sums[(warp_row + m * 8 + g) * TENSOR_SUMS_PITCH + warp / 2 * 4 + t] = energy;
        }
    }
    SYNC_GROUP();
    const int side = LOCAL_ID / PRODUCT_ROWS;
    if (due && side < sides)
    {
        double energy = 0.0;
        for (int k = 0; k < 8; k++)
        {
            energy += sums[LOCAL_ID % PRODUCT_ROWS * TENSOR_SUMS_PITCH + 8 * side + k];
        }
        energies[(first_row + LOCAL_ID % PRODUCT_ROWS) * (i64)blocks + first_column / PRODUCT_COLUMNS + side] = energy;
    }
#endif
    if (busy)
    {
        GLOBAL double2* own = (GLOBAL double2*)(c + (first_row + warp_row + g) * (i64)columns + first_column + warp_column + 2 * t);
        UNROLL
        for (int m = 0; m < 2 * ROW_TILES; m++)
        {
            UNROLL
            for (int n = 0; n < COLUMN_TILES; n++)
            {
                own[n * 4] = MAKE_DOUBLE2(sum[SUM_OF(m, 2 * n)], sum[SUM_OF(m, 2 * n + 1)]);
            }
            own += 4 * (i64)columns;
        }
    }
#else
    LOCAL_ARRAY(double, a_tile, PRODUCT_DEPTH * A_PITCH);
    LOCAL_ARRAY(double, b_tile, PRODUCT_DEPTH * B_PITCH);
    const int due = IS_DUE(graph_step);
    const int blocks = columns / PRODUCT_COLUMNS;
    const int first_row = GROUP_ID / blocks * PRODUCT_ROWS;
    const int first_column = GROUP_ID % blocks * PRODUCT_COLUMNS;
    const int across = LOCAL_ID % ACROSS;
    const int down = LOCAL_ID / ACROSS;
    // What this thread fetches: every other element of a row of A's tile, every fourth of a row of B's.
    const int a_row = LOCAL_ID / 2;
    const int b_row = LOCAL_ID / 4;
    double sum[ROWS_OWN * COLUMNS_OWN];
    for (int k = 0; k < ROWS_OWN * COLUMNS_OWN; k++)
    {
        sum[k] = 0;
    }
    for (int start = 0; start < depth && due; start += PRODUCT_DEPTH)
    {
        for (int k = LOCAL_ID % 2; k < PRODUCT_DEPTH; k += 2)
        {
            a_tile[k * A_PITCH + a_row] = a[(first_row + a_row) * (i64)depth + start + k];
        }
        for (int k = LOCAL_ID % 4; k < PRODUCT_DEPTH; k += 4)
        {
            b_tile[k * B_PITCH + b_row] = b[(first_column + b_row) * (i64)depth + start + k];
        }
        SYNC_GROUP();
        for (int k = 0; k < PRODUCT_DEPTH; k++)
        {
            double row[ROWS_OWN];
            for (int m = 0; m < ROWS_OWN; m++)
            {
                row[m] = a_tile[k * A_PITCH + down * ROWS_OWN + m];
            }
            for (int n = 0; n < COLUMNS_OWN; n++)
            {
                const double element = b_tile[k * B_PITCH + across + n * ACROSS];
                for (int m = 0; m < ROWS_OWN; m++)
                {
                    sum[m * COLUMNS_OWN + n] += row[m] * element;
                }
            }
        }
        SYNC_GROUP();
    }
#ifdef SPARSE_SUM
    // A's tile has been used.
    LOCAL double* sums = a_tile;
    const int whole = whole_exponent(zeta - 1);
    for (int m = 0; m < ROWS_OWN; m++)
    {
        double energy = 0.0;
        for (int n = 0; n < COLUMNS_OWN; n++)
        {
            const double t = sum[m * COLUMNS_OWN + n];
            const double w = weights[first_column + across + n * ACROSS];
            const double slope = w == 0 ? 0 : w * power_of(t, zeta - 1, whole);
            energy += slope * t;
            sum[m * COLUMNS_OWN + n] = zeta * slope;
        }
        sums[(down * ROWS_OWN + m) * SUMS_PITCH + across] = energy;
    }
    SYNC_GROUP();
    if (LOCAL_ID < PRODUCT_ROWS && due)
    {
        double energy = 0.0;
        for (int k = 0; k < ACROSS; k++)
        {
            energy += sums[LOCAL_ID * SUMS_PITCH + k];
        }
        energies[(first_row + LOCAL_ID) * (i64)blocks + GROUP_ID % blocks] = energy;
    }
#endif
    for (int m = 0; m < ROWS_OWN && due; m++)
    {
        for (int n = 0; n < COLUMNS_OWN; n++)
        {
            c[(first_row + down * ROWS_OWN + m) * (i64)columns + first_column + across + n * ACROSS] = sum[m * COLUMNS_OWN + n];
        }
    }
#endif
}
