// Sorting particles into cells and listing neighbours. One or two cells (aside) are at least as wide as the list reaches; particles lie in cell order afterwards, those of a cell by id, so that
// lists and sums are the same whatever order threads ran in. With several replicas, each has cells of its own and particles keep to their replica.
//
// graph_step says when (clock.cl): kernels of a graph whose list is not due do nothing.

#define SCAN_GROUP 256
#define SCAN_ITEMS 8

DEVICE int cell_index(const int4 p, const int nx, const int ny, const int nz)
{
    return ((int)HIGH_WORD(p.x, nx) * ny + (int)HIGH_WORD(p.y, ny)) * nz + (int)HIGH_WORD(p.z, nz);
}

// The sum of what the threads of a group before this one have; sums: one for each thread, the last is the sum of all.
DEVICE int scan_group(const int own, const int threads, LOCAL int* sums)
{
    sums[LOCAL_ID] = own;
    SYNC_GROUP();
    for (int step = 1; step < threads; step *= 2)
    {
        const int before = LOCAL_ID >= step ? sums[LOCAL_ID - step] : 0;
        SYNC_GROUP();
        sums[LOCAL_ID] += before;
        SYNC_GROUP();
    }
    return sums[LOCAL_ID] - own;
}

// cell_counts must be zero.
KERNEL void cell_count(
    GLOBAL const int4* positions, GLOBAL int* cells, GLOBAL int* cell_counts, const int nx, const int ny, const int nz,
    const int particles, const int replica_size, GLOBAL const int* ring, GLOBAL const int* control, const int graph_step)
{
    AWAIT_LAST();
    const int i = GLOBAL_ID;
    if (i < particles && LIST_IS_DUE(graph_step))
    {
        const int cell = (i / replica_size) * (nx * ny * nz) + cell_index(positions[i], nx, ny, nz);
        cells[i] = cell;
        ATOMIC_ADD(&cell_counts[cell], 1);
    }
}

// Exclusive sums of SCAN_GROUP * SCAN_ITEMS counts for each group; the group's total goes to totals.
KERNEL void scan_blocks(
    GLOBAL const int* counts, GLOBAL int* starts, GLOBAL int* totals, const int cells_total, GLOBAL const int* ring,
    GLOBAL const int* control, const int graph_step)
{
    LOCAL_ARRAY(int, sums, SCAN_GROUP);
    AWAIT_LAST();
    const int length = LIST_IS_DUE(graph_step) ? cells_total : 0;
    const int first = (GROUP_ID * SCAN_GROUP + LOCAL_ID) * SCAN_ITEMS;
    int own = 0;
    for (int k = 0; k < SCAN_ITEMS; k++)
    {
        own += first + k < length ? counts[first + k] : 0;
    }
    int start = scan_group(own, SCAN_GROUP, sums);
    for (int k = 0; k < SCAN_ITEMS; k++)
    {
        if (first + k < length)
        {
            starts[first + k] = start;
            start += counts[first + k];
        }
    }
    if (LOCAL_ID == SCAN_GROUP - 1)
    {
        totals[GROUP_ID] = sums[LOCAL_ID];
    }
}

// One group: makes totals exclusive sums of themselves.
KERNEL void scan_totals(
    GLOBAL int* totals, const int groups, GLOBAL const int* ring, GLOBAL const int* control, const int graph_step)
{
    LOCAL_ARRAY(int, sums, SCAN_GROUP);
    AWAIT_LAST();
    const int length = LIST_IS_DUE(graph_step) ? groups : 0;
    int carry = 0;
    for (int base = 0; base < length; base += SCAN_GROUP)
    {
        const int k = base + LOCAL_ID;
        const int own = k < length ? totals[k] : 0;
        const int before = scan_group(own, SCAN_GROUP, sums);
        if (k < length)
        {
            totals[k] = carry + before;
        }
        carry += sums[SCAN_GROUP - 1];
        SYNC_GROUP();
    }
}

// starts[length] = particles; cursors = starts. Leaves counts zero for the next list.
KERNEL void scan_finish(
    GLOBAL int* counts, GLOBAL int* starts, GLOBAL int* cursors, GLOBAL const int* totals, const int length, const int particles,
    GLOBAL const int* ring, GLOBAL const int* control, const int graph_step)
{
    AWAIT_LAST();
    const int k = GLOBAL_ID;
    if (!LIST_IS_DUE(graph_step))
    {
        return;
    }
    if (k < length)
    {
        const int start = starts[k] + totals[k / (SCAN_GROUP * SCAN_ITEMS)];
        starts[k] = start;
        cursors[k] = start;
        counts[k] = 0;
    }
    if (k == length)
    {
        starts[k] = particles;
    }
}

KERNEL void cell_scatter(
    GLOBAL const int* cells, GLOBAL int* cursors, GLOBAL int* order, const int particles, GLOBAL const int* ring,
    GLOBAL const int* control, const int graph_step)
{
    AWAIT_LAST();
    const int i = GLOBAL_ID;
    if (i < particles && LIST_IS_DUE(graph_step))
    {
        order[ATOMIC_ADD(&cursors[cells[i]], 1)] = i;
    }
}

// All of the above for few particles and cells, by one group: cells_total is no more than SORT_CELLS.
KERNEL void GROUP_OF(SORT_GROUP) cell_sort(
    GLOBAL const int4* positions, GLOBAL int* cells, GLOBAL int* starts, GLOBAL int* order, const int nx, const int ny, const int nz, const int cells_total,
    const int particles, const int replica_size, GLOBAL const int* ring, GLOBAL const int* control, const int graph_step)
{
    LOCAL_ARRAY(int, cursors, SORT_CELLS);
    LOCAL_ARRAY(int, sums, SORT_GROUP);
    AWAIT_LAST();
    const int due = LIST_IS_DUE(graph_step);
    const int last = due ? particles : 0;
    const int share = due ? (cells_total + SORT_GROUP - 1) / SORT_GROUP : 0;
    const int first = LOCAL_ID * share;
    const int end = first + share < cells_total ? first + share : cells_total;
    for (int c = first; c < end; c++)
    {
        cursors[c] = 0;
    }
    SYNC_GROUP();
    for (int i = LOCAL_ID; i < last; i += SORT_GROUP)
    {
        const int cell = (i / replica_size) * (nx * ny * nz) + cell_index(positions[i], nx, ny, nz);
        cells[i] = cell;
        ATOMIC_ADD(&cursors[cell], 1);
    }
    SYNC_GROUP();
    int own = 0;
    for (int c = first; c < end; c++)
    {
        own += cursors[c];
    }
    int start = scan_group(own, SORT_GROUP, sums);
    for (int c = first; c < end; c++)
    {
        const int members = cursors[c];
        starts[c] = start;
        cursors[c] = start;
        start += members;
    }
    if (due && LOCAL_ID == 0)
    {
        starts[cells_total] = particles;
    }
    SYNC_GROUP();
    for (int i = LOCAL_ID; i < last; i += SORT_GROUP)
    {
        order[ATOMIC_ADD(&cursors[cells[i]], 1)] = i;
    }
}

// Moves the particles into cell order, the members of a cell by id: whichever thread came first above must not matter. The place of each is the number of members before it.
KERNEL void cell_gather(
    GLOBAL const int* order, GLOBAL const int* cells, GLOBAL const int* starts, GLOBAL const int4* positions,
    GLOBAL const float4* velocities, GLOBAL const int4* images, GLOBAL const float4* forces, GLOBAL int4* new_positions,
    GLOBAL float4* new_velocities, GLOBAL int4* new_images, GLOBAL float4* new_forces, const int particles,
    GLOBAL const int* ring, GLOBAL const int* control, const int graph_step)
{
    AWAIT_LAST();
    const int i = GLOBAL_ID;
    if (i < particles && LIST_IS_DUE(graph_step))
    {
        const int from = order[i];
        const int4 image = images[from];
        const int start = starts[cells[from]];
        const int end = starts[cells[from] + 1];
        int place = start;
        for (int k = start; k < end; k++)
        {
            place += images[order[k]].w < image.w ? 1 : 0;
        }
        const int4 position = positions[from];
        const float4 velocity = velocities[from];
        const float4 force = forces[from];
        new_positions[place] = position;
        new_velocities[place] = velocity;
        new_images[place] = image;
        new_forces[place] = force;
    }
}

// A cell beyond the first or last of n is that at the other end.
DEVICE int wrapped(const int cell, const int n)
{
    return cell < 0 ? cell + n : cell >= n ? cell - n : cell;
}

// Puts them back where all other kernels look for them.
KERNEL void cell_settle(
    GLOBAL const int4* new_positions, GLOBAL const float4* new_velocities, GLOBAL const int4* new_images, GLOBAL const float4* new_forces,
    GLOBAL int4* positions, GLOBAL float4* velocities, GLOBAL int4* images, GLOBAL float4* forces, GLOBAL int4* reference,
    const int particles, GLOBAL const int* ring, GLOBAL const int* control, const int graph_step)
{
    AWAIT_LAST();
    const int i = GLOBAL_ID;
    if (i < particles && LIST_IS_DUE(graph_step))
    {
        const int4 position = new_positions[i];
        const float4 velocity = new_velocities[i];
        const int4 image = new_images[i];
        const float4 force = new_forces[i];
        positions[i] = position;
        reference[i] = position;
        velocities[i] = velocity;
        images[i] = image;
        forces[i] = force;
    }
}

// All neighbours closer than the list reaches, in the order of the cells as they are looked at. Counts go on beyond the capacity, so that the host learns what is needed; entries do not.
// The cells of a row along z lie side by side in memory: those to look at are one stretch of particles, or two where they wrap around. Of a stretch, TESTS_AT_ONCE particles (no
// more than there are) are loaded before the first is tested, and what was found of 32 is a word of bits.
// SEARCH_LANES threads share a particle, each with rows of its own: they count first, and each writes behind those before it. One alone writes four entries at a time.
KERNEL void neighbour_search(
    GLOBAL const int4* RESTRICT positions, GLOBAL const int* RESTRICT starts, GLOBAL int* RESTRICT counts, GLOBAL int* RESTRICT list, const int row_pitch, const int four_pitch,
    const int capacity, GLOBAL const float* RESTRICT box, GLOBAL int* RESTRICT control, GLOBAL const float* RESTRICT limits, const int nx, const int ny, const int nz,
    const int aside, const int particles, const int replica_size, GLOBAL const int* RESTRICT ring, const int graph_step)
{
#if SEARCH_LANES > 1
    LOCAL_ARRAY(int, found_by, SEARCH_GROUP);
#endif
    const int side = SEARCH_GROUP / SEARCH_LANES;
    const int lane = LOCAL_ID / side;
    const int i = GROUP_ID * side + LOCAL_ID % side;
    const int due = i < particles && LIST_IS_DUE(graph_step);
    const float radius_squared = limits[LIST_REACH];
    const int4 own = positions[due ? i : 0];
    const int first_cell = (i / replica_size) * (nx * ny * nz);
    const int cx = (int)HIGH_WORD(own.x, nx);
    const int cy = (int)HIGH_WORD(own.y, ny);
    const int cz = (int)HIGH_WORD(own.z, nz);
    // Along fewer cells than are looked at each is looked at once.
    const int span = 2 * aside + 1;
    const int span_x = nx < span ? nx : span;
    const int span_y = ny < span ? ny : span;
    const int x = nx < span ? 0 : cx - aside;
    const int y = ny < span ? 0 : cy - aside;
    const int z = nz < span ? cz : wrapped(cz - aside, nz);
    const int z_end = z + (nz < span ? nz : span);
    const int rows = due ? span_x * span_y : 0;
    const int last_row = (lane + 1) * rows / SEARCH_LANES;
    int count = 0;
#if SEARCH_LANES == 1
    int4 four = MAKE_INT4(i, i, i, i);
#else
    for (int writes = 0; writes < 2; writes++)
    {
#endif
    for (int r = lane * rows / SEARCH_LANES; r < last_row; r++)
    {
        const int row = first_cell + (wrapped(x + r / span_y, nx) * ny + wrapped(y + r % span_y, ny)) * nz;
        for (int stretch = 0; stretch < (z_end > nz ? 2 : 1); stretch++)
        {
            const int end = starts[row + (stretch == 1 ? z_end - nz : z_end < nz ? z_end : nz)];
            for (int base = starts[row + (stretch == 1 ? 0 : z)]; base < end; base += 32)
            {
                u32 near = 0u;
                for (int j = base; j < end && j < base + 32; j += TESTS_AT_ONCE)
                {
                    // Nothing is read beyond the last particle: the last tests are of those before, once more.
                    const int from = j < particles - TESTS_AT_ONCE ? j : particles - TESTS_AT_ONCE;
                    u32 found = 0u;
                    int4 others[TESTS_AT_ONCE];
                    UNROLL
                    for (int k = 0; k < TESTS_AT_ONCE; k++)
                    {
                        others[k] = positions[from + k];
                    }
                    UNROLL
                    for (int k = 0; k < TESTS_AT_ONCE; k++)
                    {
                        const float4 d = displacement(own, others[k], box);
                        // Rounded the same wherever it is computed: both passes must find the same.
                        found |= FMA(d.x, d.x, FMA(d.y, d.y, d.z * d.z)) < radius_squared ? 1u << k : 0u;
                    }
                    near |= (found >> (j - from)) << (j - base);
                }
                near &= end - base < 32 ? (1u << (end - base)) - 1u : 0xFFFFFFFFu;
                near &= (u32)(i - base) < 32u ? ~(1u << (i - base)) : 0xFFFFFFFFu;
#if SEARCH_LANES > 1
                if (writes == 0)
                {
                    count += COUNT_BITS(near);
                    near = 0u;
                }
#endif
                while (near != 0u)
                {
                    const int j = base + LOWEST_BIT(near);
                    near &= near - 1u;
#if SEARCH_LANES == 1
                    four = MAKE_INT4(four.y, four.z, four.w, j);
                    if ((count & 3) == 3 && count < capacity)
                    {
                        *(GLOBAL int4*)(list + LIST_PLACE(row_pitch, four_pitch, i, count & ~3)) = four;
                    }
#else
                    if (count < capacity)
                    {
                        list[LIST_PLACE(row_pitch, four_pitch, i, count)] = j;
                    }
#endif
                    count++;
                }
            }
        }
    }
#if SEARCH_LANES == 1
    const int whole = (count + 3) & ~3;
    if (due && whole > count && whole <= capacity)
    {
        for (int k = count; k < whole; k++)
        {
            four = MAKE_INT4(four.y, four.z, four.w, i);
        }
        *(GLOBAL int4*)(list + LIST_PLACE(row_pitch, four_pitch, i, count & ~3)) = four;
    }
#else
        if (writes == 0)
        {
            found_by[LOCAL_ID] = count;
            SYNC_GROUP();
            count = 0;
            for (int k = 0; k < lane; k++)
            {
                count += found_by[k * side + LOCAL_ID % side];
            }
        }
    }
    const int whole = (count + 3) & ~3;
    for (int k = count; k < whole && k < capacity && due && lane == SEARCH_LANES - 1; k++)
    {
        list[LIST_PLACE(row_pitch, four_pitch, i, k)] = i;
    }
#endif
    if (due && lane == SEARCH_LANES - 1)
    {
        counts[i] = count < capacity ? count : capacity;
        if (count > control[MOST_NEIGHBOURS])
        {
            ATOMIC_MAX(&control[MOST_NEIGHBOURS], count);
        }
    }
}

// One thread, in graphs: hands the clock on from the last step of the graph before to the first of this one. A list that found no room for all neighbours is none.
KERNEL void list_built(GLOBAL int* ring, GLOBAL int* control, GLOBAL float* limits, const int capacity, const int graph_step)
{
    AWAIT_LAST();
    if (GLOBAL_ID == 0)
    {
        const int built = LIST_IS_DUE(graph_step) && control[MOST_NEIGHBOURS] <= capacity;
        STEPS_DONE(0) = STEPS_DONE(STEPS_PER_GRAPH);
        IS_STALE(0) = built ? 0 : IS_STALE(STEPS_PER_GRAPH);
        if (built)
        {
            control[LISTS_LEFT] -= 1;
            limits[OUT_OF_DATE] = limits[OUT_OF_DATE_WHEN_NEW];
        }
    }
}
