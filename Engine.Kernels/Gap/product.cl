// C = A B for matrices stored by rows, whose rows are multiples of PRODUCT_ROWS, columns of PRODUCT_COLUMNS and inner dimension of PRODUCT_DEPTH (the rest is zeros). A group for
// each block of C, column blocks first; a thread has ROWS_OWN x COLUMNS_OWN elements of it.
//
// With SPARSE_SUM, C are dot products t of descriptors and sparse points, and what is left of them is dE/dt = zeta w t^(zeta - 1), with w by columns; energies gets
// sum w t^zeta over the columns of each block: [row][column block].

#define PRODUCT_GROUP 256
#define PRODUCT_ROWS 128
#define PRODUCT_COLUMNS 64
#define PRODUCT_DEPTH 16
#define ROWS_OWN 8
#define COLUMNS_OWN 4
#define ACROSS (PRODUCT_COLUMNS / COLUMNS_OWN)
// Local memory has sixteen banks of doubles. Threads side by side take columns side by side, and rows of A's tile start half the banks apart, so that no two of sixteen meet.
#define A_PITCH (PRODUCT_ROWS + 8)
#define SUMS_PITCH (ACROSS + 1)
#define LARGEST_WHOLE_EXPONENT 16

DEVICE double power_of(const double t, const double exponent)
{
    const int whole = (int)exponent;
    if ((double)whole == exponent && whole >= 0 && whole < LARGEST_WHOLE_EXPONENT)
    {
        double result = 1;
        for (int k = 0; k < whole; k++)
        {
            result *= t;
        }
        return result;
    }
    return POW_OF(t, exponent);
}

KERNEL void product(
    GLOBAL const double* RESTRICT a, GLOBAL const double* RESTRICT b, GLOBAL double* RESTRICT c, const int depth, const int columns, GLOBAL const double* RESTRICT weights,
    const double zeta, GLOBAL double* RESTRICT energies, GLOBAL const int* RESTRICT ring, const int turn)
{
    LOCAL_ARRAY(double, a_tile, PRODUCT_DEPTH * A_PITCH);
    LOCAL_ARRAY(double, b_tile, PRODUCT_DEPTH * PRODUCT_COLUMNS);
    const int due = IS_DUE(turn);
    const int blocks = columns / PRODUCT_COLUMNS;
    const int first_row = GROUP_ID / blocks * PRODUCT_ROWS;
    const int first_column = GROUP_ID % blocks * PRODUCT_COLUMNS;
    const int across = LOCAL_ID % ACROSS;
    const int down = LOCAL_ID / ACROSS;
    // What this thread fetches: every other element of a row of A's tile, every sixteenth of a row of B's.
    const int a_row = LOCAL_ID / 2;
    const int a_column = LOCAL_ID % 2;
    double sum[ROWS_OWN * COLUMNS_OWN];
    for (int k = 0; k < ROWS_OWN * COLUMNS_OWN; k++)
    {
        sum[k] = 0;
    }
    for (int start = 0; start < depth && due; start += PRODUCT_DEPTH)
    {
        for (int k = a_column; k < PRODUCT_DEPTH; k += 2)
        {
            a_tile[k * A_PITCH + a_row] = a[(first_row + a_row) * (i64)depth + start + k];
        }
        for (int n = 0; n < COLUMNS_OWN; n++)
        {
            b_tile[down * PRODUCT_COLUMNS + across + n * ACROSS] = b[(start + down) * (i64)columns + first_column + across + n * ACROSS];
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
                const double element = b_tile[k * PRODUCT_COLUMNS + across + n * ACROSS];
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
    for (int m = 0; m < ROWS_OWN; m++)
    {
        double energy = 0.0;
        for (int n = 0; n < COLUMNS_OWN; n++)
        {
            const double t = sum[m * COLUMNS_OWN + n];
            const double w = weights[first_column + across + n * ACROSS];
            const double slope = w == 0 ? 0 : w * power_of(t, zeta - 1);
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
}
