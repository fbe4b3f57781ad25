// Tangent kernels theta of networks, a layer at a time: theta_ij += sum over positions p of sample i and q of sample j of (scale a_p.a_q + offset) (g_p.g_q), with the layer's inputs a and the
// derivatives g of the network's outputs by what it hands on. Both products meet in registers, and neither goes to memory. An element is summed in an order that depends on its
// two samples and the number of planes: not on the samples beside them, nor on how many groups there are.

#define NTK_GROUP 256
#define TILE 64
// Columns of a stage: of doubles half as many, in the same room.
#define DEPTH ((int)(64 / sizeof(REAL)))
#define OWN 4
#define ACROSS (TILE / OWN)
// Four more than there are rows: four elements side by side lie in one word of four, and those of the next row in other banks.
#define STAGE_ROW (TILE + 4)
#define STAGE (DEPTH * STAGE_ROW)
// What a thread fetches of a stage: so many elements side by side of one row, by pairs where they lie so.
#define SHARE (TILE * DEPTH / NTK_GROUP)
#define JOINED(a, b) a##b
#define VECTOR_OF(type, length) JOINED(type, length)
#define REAL_PAIR VECTOR_OF(REAL, 2)
// The rows and columns of a thread's elements: rows side by side, columns in pairs.
#define FIRST_ROW (OWN * (LOCAL_ID / ACROSS))
#define FIRST_COLUMN (2 * (LOCAL_ID % ACROSS))
#define COLUMN_AFTER(n) ((n) / 2 * (2 * ACROSS) + (n) % 2)
// Rows that are turned against each other, for the same reason.
#define IN_TILE(row, column) ((row) * TILE + (((column) + (row)) & (TILE - 1)))

// Elements of a product that are summed in the precision of the factors; their sums, in double.
#define CHUNK 1024

#define TABLE_GROUP 32

// A thread's elements of the product of what is staged, from where its first row and column lie.
#define MULTIPLY_STAGED(left, right, sum) \
    UNROLL \
    for (int depth = 0; depth < DEPTH; depth++) \
    { \
        REAL row[OWN]; \
        REAL column[OWN]; \
        UNROLL \
        for (int m = 0; m < OWN; m++) \
        { \
            row[m] = left[depth * STAGE_ROW + m]; \
        } \
        UNROLL \
        for (int n = 0; n < OWN; n++) \
        { \
            column[n] = right[depth * STAGE_ROW + COLUMN_AFTER(n)]; \
        } \
        UNROLL \
        for (int k = 0; k < OWN * OWN; k++) \
        { \
            sum[k] += row[k / OWN] * column[k % OWN]; \
        } \
    }

// The next elements of a row, of which there are so many, and then zeros. by_pairs: pairs of them lie as a vector does.
#define READ_SHARE(share, from, elements, by_pairs) \
    if (by_pairs && (elements) >= SHARE) \
    { \
        UNROLL \
        for (int k = 0; k < SHARE; k += 2) \
        { \
            const REAL_PAIR pair = *(GLOBAL const REAL_PAIR*)((from) + k); \
            share[k] = pair.x; \
            share[k + 1] = pair.y; \
        } \
    } \
    else \
    { \
        UNROLL \
        for (int k = 0; k < SHARE; k++) \
        { \
            share[k] = k < (elements) ? (from)[k] : (REAL)0; \
        } \
    }

#define WRITE_SHARE(stage, share) \
    UNROLL \
    for (int k = 0; k < SHARE; k++) \
    { \
        (stage)[(fetched_column + k) * STAGE_ROW + fetched_row] = share[k]; \
    }

// The row of an element of a lower triangle, rows of which follow each other.
DEVICE int row_of_triangle(const i64 element)
{
    i64 row = (i64)((SQRT_OF((double)(8 * element + 1)) - 1) / 2);
    if (row * (row + 1) / 2 > element)
    {
        row--;
    }
    if ((row + 1) * (row + 2) / 2 <= element)
    {
        row++;
    }
    return (int)row;
}

// A group for each pair of a bundle of rows and one of columns (lower: not above the diagonal), for each of 'splits' outputs of the rows and for each of 'planes' of theta, which have
// every so many-th chunk. A bundle is some panels of positions: one with whole samples, or several that make up one sample. Panels: first position, positions, first sample, samples.
// With more than one split, an output of the rows meets each of 'loops' outputs of the columns; with one, output k of the rows meets output k of the columns.
KERNEL void ntk_products(
    GLOBAL const REAL* RESTRICT row_inputs, GLOBAL const REAL* RESTRICT column_inputs, const int input_width, GLOBAL const REAL* RESTRICT row_gradients,
    GLOBAL const REAL* RESTRICT column_gradients, const int gradient_stride, const int gradient_width, GLOBAL const int* RESTRICT row_offsets,
    GLOBAL const int* RESTRICT column_offsets, GLOBAL const int4* RESTRICT row_panels, GLOBAL const int4* RESTRICT column_panels, GLOBAL const int* RESTRICT row_bundles,
    GLOBAL const int* RESTRICT column_bundles, const int first_bundle, const int columns, const int lower, const int splits, const int loops, const int planes,
    const int plane_rows, const double scale, const double offset, GLOBAL double* RESTRICT theta, const int stride, const int sample_step, const int first_row,
    const int row_shift, const int column_shift)
{
    // Two stages of either matrix, which are half as long, or the products.
    LOCAL_ARRAY(double, tile, TILE * TILE);
    LOCAL REAL* left = (LOCAL REAL*)tile;
    LOCAL REAL* right = left + 2 * STAGE;
    const int fetched_row = LOCAL_ID / (DEPTH / SHARE);
    const int fetched_column = LOCAL_ID % (DEPTH / SHARE) * SHARE;
    const int plane = GROUP_ID % planes;
    const int split = GROUP_ID / planes % splits;
    const i64 pair = GROUP_ID / planes / splits + (lower ? first_bundle * (i64)(first_bundle + 1) / 2 : first_bundle * (i64)columns);
    const int u = lower ? row_of_triangle(pair) : (int)(pair / columns);
    const int v = lower ? (int)(pair - u * (i64)(u + 1) / 2) : (int)(pair % columns);
    for (int s = row_bundles[u]; s < row_bundles[u + 1]; s++)
    {
        for (int t = column_bundles[v]; t < column_bundles[v + 1]; t++)
        {
            const int4 here = row_panels[s];
            const int4 there = column_panels[t];
            REAL inputs[OWN * OWN];
            // Of derivatives, over the chunks of a pair of outputs.
            double summed[OWN * OWN];
            UNROLL
            for (int k = 0; k < OWN * OWN; k++)
            {
                inputs[k] = 0;
                summed[k] = 0;
            }
            // First the products of inputs, then those of derivatives, output by output and chunk by chunk.
            const int chunks = (gradient_width + CHUNK - 1) / CHUNK;
            for (int pass = input_width > 0 ? -1 : plane; pass < loops * chunks; pass += pass < 0 ? 1 : planes)
            {
                const int output = pass < 0 ? 0 : pass / chunks;
                const int row_output = splits > 1 ? split : output;
                const int row_stride = pass < 0 ? input_width : gradient_stride;
                const int chunk = pass < 0 ? 0 : pass % chunks * CHUNK;
                const int width = pass < 0 ? input_width : gradient_width - chunk < CHUNK ? gradient_width - chunk : CHUNK;
                GLOBAL const REAL* rows = row_inputs;
                GLOBAL const REAL* others = column_inputs;
                if (pass >= 0)
                {
                    rows = row_gradients + row_output * gradient_width + chunk;
                    others = column_gradients + output * gradient_width + chunk;
                }
                rows += (here.x + fetched_row) * (i64)row_stride + fetched_column;
                others += (there.x + fetched_row) * (i64)row_stride + fetched_column;
                const int row_end = fetched_row < here.y ? width - fetched_column : 0;
                const int other_end = fetched_row < there.y ? width - fetched_column : 0;
                const int by_pairs = row_stride % 2 == 0 && (pass < 0 || gradient_width % 2 == 0);
                REAL row_share[SHARE];
                REAL other_share[SHARE];
                REAL sum[OWN * OWN];
                UNROLL
                for (int k = 0; k < OWN * OWN; k++)
                {
                    sum[k] = 0;
                }
                READ_SHARE(row_share, rows, row_end, by_pairs)
                READ_SHARE(other_share, others, other_end, by_pairs)
                WRITE_SHARE(left, row_share)
                WRITE_SHARE(right, other_share)
                SYNC_GROUP();
                int stage = 0;
                for (int start = 0; start < width; start += DEPTH)
                {
                    // The next stage is on its way while this one is multiplied.
                    const int next = start + DEPTH;
                    if (next < width)
                    {
                        READ_SHARE(row_share, rows + next, row_end - next, by_pairs)
                        READ_SHARE(other_share, others + next, other_end - next, by_pairs)
                    }
                    LOCAL const REAL* own_rows = left + stage * STAGE + FIRST_ROW;
                    LOCAL const REAL* own_columns = right + stage * STAGE + FIRST_COLUMN;
                    MULTIPLY_STAGED(own_rows, own_columns, sum)
                    stage = 1 - stage;
                    if (next < width)
                    {
                        WRITE_SHARE(left + stage * STAGE, row_share)
                        WRITE_SHARE(right + stage * STAGE, other_share)
                    }
                    SYNC_GROUP();
                }
                UNROLL
                for (int k = 0; k < OWN * OWN; k++)
                {
                    if (pass < 0)
                    {
                        inputs[k] = sum[k];
                    }
                    else
                    {
                        summed[k] += (double)sum[k];
                    }
                }
                const int pass_after = pass + planes;
                if (pass >= 0 && (pass_after >= loops * chunks || pass_after / chunks != output))
                {
                    UNROLL
                    for (int k = 0; k < OWN * OWN; k++)
                    {
                        tile[IN_TILE(FIRST_ROW + k / OWN, FIRST_COLUMN + COLUMN_AFTER(k % OWN))] = (scale * (double)inputs[k] + offset) * summed[k];
                        summed[k] = 0;
                    }
                    SYNC_GROUP();
                    // Over the columns of a sample, to where the first of them was.
                    for (int k = LOCAL_ID; k < here.y * there.w; k += NTK_GROUP)
                    {
                        const int row = k / there.w;
                        const int sample = there.z + k % there.w;
                        const int from = column_offsets[sample] < there.x ? 0 : column_offsets[sample] - there.x;
                        const int end = column_offsets[sample + 1] - there.x < there.y ? column_offsets[sample + 1] - there.x : there.y;
                        double total = 0;
                        for (int column = from; column < end; column++)
                        {
                            total += tile[IN_TILE(row, column)];
                        }
                        if (from < end)
                        {
                            tile[IN_TILE(row, from)] = total;
                        }
                    }
                    SYNC_GROUP();
                    // Over the rows of a sample.
                    for (int k = LOCAL_ID; k < here.w * there.w; k += NTK_GROUP)
                    {
                        const int i = here.z + k / there.w;
                        const int j = there.z + k % there.w;
                        const int from = row_offsets[i] < here.x ? 0 : row_offsets[i] - here.x;
                        const int end = row_offsets[i + 1] - here.x < here.y ? row_offsets[i + 1] - here.x : here.y;
                        const int column = column_offsets[j] < there.x ? 0 : column_offsets[j] - there.x;
                        double total = 0;
                        for (int row = from; row < end && column_offsets[j] < column_offsets[j + 1]; row++)
                        {
                            total += tile[IN_TILE(row, column)];
                        }
                        theta[(plane * (i64)plane_rows + first_row + i * sample_step + row_output * row_shift) * stride + j * sample_step + output * column_shift] += total;
                    }
                    SYNC_GROUP();
                }
            }
        }
    }
}

// Gradients by some rows of a layer's weights for some outputs, [sample][output][row][input]: sums over positions of g a. A group for each tile of outputs and rows by inputs of each
// sample. Without inputs, those by the bias.
KERNEL void ntk_gradients(
    GLOBAL const REAL* RESTRICT inputs, const int input_width, GLOBAL const REAL* RESTRICT gradients, const int gradient_stride, const int gradient_width,
    GLOBAL const int* RESTRICT offsets, const int first_output, const int outputs, const int first_row, const int rows, GLOBAL REAL* RESTRICT formed)
{
    LOCAL_ARRAY(REAL, left, STAGE);
    LOCAL_ARRAY(REAL, right, STAGE);
    const int width = input_width > 0 ? input_width : 1;
    const int tiles_across = (width + TILE - 1) / TILE;
    const int tiles = (outputs * rows + TILE - 1) / TILE * tiles_across;
    const int sample = GROUP_ID / tiles;
    const int first = GROUP_ID % tiles / tiles_across * TILE;
    const int first_input = GROUP_ID % tiles % tiles_across * TILE;
    const int end = offsets[sample + 1];
    REAL sum[OWN * OWN];
    UNROLL
    for (int k = 0; k < OWN * OWN; k++)
    {
        sum[k] = 0;
    }
    // A thread fetches the same column of every so many-th position.
    const int fetched = LOCAL_ID % TILE;
    const int in_rows = first + fetched < outputs * rows;
    const int in_width = first_input + fetched < width;
    GLOBAL const REAL* derivatives = gradients + (first_output + (first + fetched) / rows) * gradient_width + first_row + (first + fetched) % rows;
    for (int start = offsets[sample]; start < end; start += DEPTH)
    {
        UNROLL
        for (int k = 0; k < SHARE; k++)
        {
            const int depth = LOCAL_ID / TILE + k * (NTK_GROUP / TILE);
            const int position = start + depth;
            left[depth * STAGE_ROW + fetched] = position < end && in_rows ? derivatives[position * (i64)gradient_stride] : (REAL)0;
            right[depth * STAGE_ROW + fetched] = position >= end || !in_width ? (REAL)0 : input_width > 0 ? inputs[position * (i64)input_width + first_input + fetched] : (REAL)1;
        }
        SYNC_GROUP();
        LOCAL const REAL* own_rows = left + FIRST_ROW;
        LOCAL const REAL* own_columns = right + FIRST_COLUMN;
        MULTIPLY_STAGED(own_rows, own_columns, sum)
        SYNC_GROUP();
    }
    UNROLL
    for (int k = 0; k < OWN * OWN; k++)
    {
        const int element = first + FIRST_ROW + k / OWN;
        const int input = first_input + FIRST_COLUMN + COLUMN_AFTER(k % OWN);
        if (element < outputs * rows && input < width)
        {
            formed[(sample * (i64)(outputs * rows) + element) * width + input] = sum[k];
        }
    }
}

// Tables: two samples have a product for each row that both read. Tokens of a sample ascend, without repetition. A group for each sample of the rows, TABLE_GROUP of the columns, and
// split (see above): it walks the tokens of two samples in step, and a thread has every TABLE_GROUP-th element of their products.
KERNEL void ntk_table(
    GLOBAL const int* RESTRICT row_tokens, GLOBAL const int* RESTRICT column_tokens, GLOBAL const REAL* RESTRICT row_gradients, GLOBAL const REAL* RESTRICT column_gradients,
    const int gradient_stride, const int gradient_width, GLOBAL const int* RESTRICT row_offsets, GLOBAL const int* RESTRICT column_offsets, const int first_sample,
    const int columns, const int lower, const int splits, const int loops, const double scale, GLOBAL double* RESTRICT theta, const int stride, const int sample_step,
    const int first_row, const int row_shift, const int column_shift)
{
    LOCAL_ARRAY(double, sums, TABLE_GROUP * (TABLE_GROUP + 1));
    const int split = GROUP_ID % splits;
    const int tiles_across = (columns + TABLE_GROUP - 1) / TABLE_GROUP;
    const int i = first_sample + GROUP_ID / splits / tiles_across;
    const int first = GROUP_ID / splits % tiles_across * TABLE_GROUP;
    const int wanted = lower ? i + 1 : columns;
    const int count = wanted - first < TABLE_GROUP ? wanted - first : TABLE_GROUP;
    for (int pass = 0; pass < loops; pass++)
    {
        const int row_output = splits > 1 ? split : pass;
        for (int n = 0; n < count; n++)
        {
            double total = 0;
            int p = row_offsets[i];
            int q = column_offsets[first + n];
            while (p < row_offsets[i + 1] && q < column_offsets[first + n + 1])
            {
                const int here = row_tokens[p];
                const int there = column_tokens[q];
                if (here == there)
                {
                    GLOBAL const REAL* g = row_gradients + p * (i64)gradient_stride + row_output * gradient_width;
                    GLOBAL const REAL* h = column_gradients + q * (i64)gradient_stride + pass * gradient_width;
                    REAL product = 0;
                    for (int k = LOCAL_ID; k < gradient_width; k += TABLE_GROUP)
                    {
                        product += g[k] * h[k];
                    }
                    total += (double)product;
                }
                p += here <= there;
                q += there <= here;
            }
            sums[n * (TABLE_GROUP + 1) + LOCAL_ID] = total;
        }
        SYNC_GROUP();
        if (LOCAL_ID < count)
        {
            double total = 0;
            for (int k = 0; k < TABLE_GROUP; k++)
            {
                total += sums[LOCAL_ID * (TABLE_GROUP + 1) + k];
            }
            theta[(first_row + i * sample_step + row_output * row_shift) * (i64)stride + (first + LOCAL_ID) * sample_step + pass * column_shift] += scale * total;
        }
        SYNC_GROUP();
    }
}

// The first plane becomes the sum of all, in order.
KERNEL void ntk_planes(GLOBAL double* RESTRICT theta, const int planes, const int plane_rows, const int stride, const int first_row)
{
    const int row = first_row + GROUP_ID;
    for (int column = LOCAL_ID; column < stride; column += NTK_GROUP)
    {
        double total = 0;
        for (int plane = 0; plane < planes; plane++)
        {
            total += theta[(plane * (i64)plane_rows + row) * stride + column];
        }
        theta[row * (i64)stride + column] = total;
    }
}

// What passes of a network leave, output by output (pass_rows rows of each), as the other kernels read it: rows with the outputs side by side. Row r of an output becomes its row r, or with
// lists (listed: 1) the sum, in order, of its rows order[k] from k = starts[r] to starts[r + 1]; with directions (collapses: 1), one row is the sum over outputs of theirs times directions.
// bad[place] becomes the largest rows - r of all r with something that is no number.
KERNEL void ntk_arrange(
    GLOBAL const REAL* RESTRICT passes, const int pass_rows, const int pass_stride, const int outputs, const int width, const int listed, GLOBAL const int* RESTRICT starts,
    GLOBAL const int* RESTRICT order, const int collapses, GLOBAL const REAL* RESTRICT directions, GLOBAL REAL* RESTRICT arranged, const int first_row, const int rows,
    GLOBAL int* RESTRICT bad, const int place)
{
    const int kept = collapses ? 1 : outputs;
    const int row = GLOBAL_ID / (kept * width);
    const int column = GLOBAL_ID % (kept * width);
    if (row >= rows)
    {
        return;
    }
    REAL total = 0;
    for (int c = collapses ? 0 : column / width; c < (collapses ? outputs : column / width + 1); c++)
    {
        const REAL factor = collapses ? directions[c * width + column] : (REAL)1;
        const int end = listed ? starts[row + 1] : row + 1;
        for (int k = listed ? starts[row] : row; k < end; k++)
        {
            total += factor * passes[(c * (i64)pass_rows + (listed ? order[k] : k)) * pass_stride + column % width];
        }
    }
    arranged[(first_row + row) * (i64)(kept * width) + column] = total;
    if (!(total - total == 0))
    {
        ATOMIC_MAX(&bad[place], rows - row);
    }
}
