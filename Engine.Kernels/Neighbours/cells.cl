// Sorting particles into cells and listing neighbours. Cells are at least as wide as the list reaches; particles lie in cell order afterwards, those of a cell by id, so that
// lists and sums are the same whatever order threads ran in. With several replicas, each has cells of its own and particles keep to their replica.
//
// graph_step says when (clock.cl): kernels of a graph whose list is not due do nothing.

#define SCAN_GROUP 256
#define SCAN_ITEMS 8

DEVICE int cell_index(const int4 p, const int nx, const int ny, const int nz)
{
    return ((int)HIGH_WORD(p.x, nx) * ny + (int)HIGH_WORD(p.y, ny)) * nz + (int)HIGH_WORD(p.z, nz);
}

// cell_counts must be zero.
KERNEL void cell_count(
    GLOBAL const int4* RESTRICT positions, GLOBAL int* RESTRICT cells, GLOBAL int* RESTRICT cell_counts, const int nx, const int ny, const int nz,
    const int particles, const int replica_size, GLOBAL const int* RESTRICT ring, GLOBAL const int* RESTRICT control, const int graph_step)
{
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
    GLOBAL const int* RESTRICT counts, GLOBAL int* RESTRICT starts, GLOBAL int* RESTRICT totals, const int cells_total, GLOBAL const int* RESTRICT ring,
    GLOBAL const int* RESTRICT control, const int graph_step)
{
    LOCAL_ARRAY(int, sums, SCAN_GROUP);
    const int length = LIST_IS_DUE(graph_step) ? cells_total : 0;
    const int first = (GROUP_ID * SCAN_GROUP + LOCAL_ID) * SCAN_ITEMS;
    int own = 0;
    for (int k = 0; k < SCAN_ITEMS; k++)
    {
        own += first + k < length ? counts[first + k] : 0;
    }
    sums[LOCAL_ID] = own;
    SYNC_GROUP();
    for (int step = 1; step < SCAN_GROUP; step *= 2)
    {
        const int before = LOCAL_ID >= step ? sums[LOCAL_ID - step] : 0;
        SYNC_GROUP();
        sums[LOCAL_ID] += before;
        SYNC_GROUP();
    }
    int start = sums[LOCAL_ID] - own;
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
    GLOBAL int* RESTRICT totals, const int groups, GLOBAL const int* RESTRICT ring, GLOBAL const int* RESTRICT control, const int graph_step)
{
    LOCAL_ARRAY(int, sums, SCAN_GROUP);
    const int length = LIST_IS_DUE(graph_step) ? groups : 0;
    int carry = 0;
    for (int base = 0; base < length; base += SCAN_GROUP)
    {
        const int k = base + LOCAL_ID;
        const int own = k < length ? totals[k] : 0;
        sums[LOCAL_ID] = own;
        SYNC_GROUP();
        for (int step = 1; step < SCAN_GROUP; step *= 2)
        {
            const int before = LOCAL_ID >= step ? sums[LOCAL_ID - step] : 0;
            SYNC_GROUP();
            sums[LOCAL_ID] += before;
            SYNC_GROUP();
        }
        if (k < length)
        {
            totals[k] = carry + sums[LOCAL_ID] - own;
        }
        carry += sums[SCAN_GROUP - 1];
        SYNC_GROUP();
    }
}

// starts[length] = particles; cursors = starts. Leaves counts zero for the next list.
KERNEL void scan_finish(
    GLOBAL int* RESTRICT counts, GLOBAL int* RESTRICT starts, GLOBAL int* RESTRICT cursors, GLOBAL const int* RESTRICT totals, const int length, const int particles,
    GLOBAL const int* RESTRICT ring, GLOBAL const int* RESTRICT control, const int graph_step)
{
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
    GLOBAL const int* RESTRICT cells, GLOBAL int* RESTRICT cursors, GLOBAL int* RESTRICT order, const int particles, GLOBAL const int* RESTRICT ring,
    GLOBAL const int* RESTRICT control, const int graph_step)
{
    const int i = GLOBAL_ID;
    if (i < particles && LIST_IS_DUE(graph_step))
    {
        order[ATOMIC_ADD(&cursors[cells[i]], 1)] = i;
    }
}

// Moves the particles into cell order, the members of a cell by id: whichever thread came first above must not matter. The place of each is the number of members before it.
KERNEL void cell_gather(
    GLOBAL const int* RESTRICT order, GLOBAL const int* RESTRICT cells, GLOBAL const int* RESTRICT starts, GLOBAL const int4* RESTRICT positions,
    GLOBAL const float4* RESTRICT velocities, GLOBAL const int4* RESTRICT images, GLOBAL const float4* RESTRICT forces, GLOBAL int4* RESTRICT new_positions,
    GLOBAL float4* RESTRICT new_velocities, GLOBAL int4* RESTRICT new_images, GLOBAL float4* RESTRICT new_forces, const int particles,
    GLOBAL const int* RESTRICT ring, GLOBAL const int* RESTRICT control, const int graph_step)
{
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
        new_positions[place] = positions[from];
        new_velocities[place] = velocities[from];
        new_images[place] = image;
        new_forces[place] = forces[from];
    }
}

// A cell beyond the first or last of n is that at the other end.
DEVICE int wrapped(const int cell, const int n)
{
    return cell < 0 ? cell + n : cell >= n ? cell - n : cell;
}

// Puts them back where all other kernels look for them.
KERNEL void cell_settle(
    GLOBAL const int4* RESTRICT new_positions, GLOBAL const float4* RESTRICT new_velocities, GLOBAL const int4* RESTRICT new_images, GLOBAL const float4* RESTRICT new_forces,
    GLOBAL int4* RESTRICT positions, GLOBAL float4* RESTRICT velocities, GLOBAL int4* RESTRICT images, GLOBAL float4* RESTRICT forces, GLOBAL int4* RESTRICT reference,
    const int particles, GLOBAL const int* RESTRICT ring, GLOBAL const int* RESTRICT control, const int graph_step)
{
    const int i = GLOBAL_ID;
    if (i < particles && LIST_IS_DUE(graph_step))
    {
        const int4 position = new_positions[i];
        positions[i] = position;
        reference[i] = position;
        velocities[i] = new_velocities[i];
        images[i] = new_images[i];
        forces[i] = new_forces[i];
    }
}

// All neighbours closer than the list reaches, in cell order. Counts go on beyond the capacity, so that the host learns what is needed; entries do not.
// The cells of a row along z lie side by side in memory: three of them are one stretch of particles, or two where they wrap around. Of a stretch, TESTS_AT_ONCE particles (no
// more than there are) are loaded before the first is tested, and what was found of 32 is a word of bits, so that threads side by side write their entries together.
KERNEL void neighbour_search(
    GLOBAL const int4* RESTRICT positions, GLOBAL const int* RESTRICT starts, GLOBAL int* RESTRICT counts, GLOBAL int* RESTRICT list, const int pitch,
    const int capacity, GLOBAL const float* RESTRICT box, GLOBAL int* RESTRICT control, GLOBAL const float* RESTRICT limits, const int nx, const int ny, const int nz,
    const int particles, const int replica_size, GLOBAL const int* RESTRICT ring, const int graph_step)
{
    const int i = GLOBAL_ID;
    if (i >= particles || !LIST_IS_DUE(graph_step))
    {
        return;
    }
    const float radius_squared = limits[LIST_REACH];
    const int4 own = positions[i];
    const int first_cell = (i / replica_size) * (nx * ny * nz);
    const int cx = (int)HIGH_WORD(own.x, nx);
    const int cy = (int)HIGH_WORD(own.y, ny);
    const int cz = (int)HIGH_WORD(own.z, nz);
    // With two cells along an axis the left and the right one are the same, with one all three.
    const int z = nz < 3 ? cz : wrapped(cz - 1, nz);
    const int z_end = z + (nz < 3 ? nz : 3);
    GLOBAL int* entry = list + i;
    int count = 0;
    for (int dx = nx < 3 ? 0 : -1; dx <= (nx < 2 ? 0 : 1); dx++)
    {
        for (int dy = ny < 3 ? 0 : -1; dy <= (ny < 2 ? 0 : 1); dy++)
        {
            const int row = first_cell + (wrapped(cx + dx, nx) * ny + wrapped(cy + dy, ny)) * nz;
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
                            found |= d.x * d.x + d.y * d.y + d.z * d.z < radius_squared ? 1u << k : 0u;
                        }
                        near |= (found >> (j - from)) << (j - base);
                    }
                    near &= end - base < 32 ? (1u << (end - base)) - 1u : 0xFFFFFFFFu;
                    near &= (u32)(i - base) < 32u ? ~(1u << (i - base)) : 0xFFFFFFFFu;
                    while (near != 0u)
                    {
                        if (count < capacity)
                        {
                            *entry = base + LOWEST_BIT(near);
                            entry += pitch;
                        }
                        count++;
                        near &= near - 1u;
                    }
                }
            }
        }
    }
    counts[i] = count < capacity ? count : capacity;
    if (count > control[MOST_NEIGHBOURS])
    {
        ATOMIC_MAX(&control[MOST_NEIGHBOURS], count);
    }
}

// One thread, in graphs: hands the clock on from the last step of the graph before to the first of this one. A list that found no room for all neighbours is none.
KERNEL void list_built(GLOBAL int* RESTRICT ring, GLOBAL int* RESTRICT control, GLOBAL float* RESTRICT limits, const int capacity, const int graph_step)
{
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
