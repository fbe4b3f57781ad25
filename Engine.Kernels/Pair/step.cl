// The forces of a step and the motion of the next one in one kernel, for systems whose only forces are those of pairs: what a launch costs, and what forces cost on their way through
// memory, is saved. Particles move from positions to moved, which the next step exchanges: others still read the former. Groups have the particles that their threads had forces of.
KERNEL void GROUP_OF(FORCE_GROUP) pair_step(
    GLOBAL const int4* positions, GLOBAL int4* moved, GLOBAL const int* counts, GLOBAL const int* list, const int row_pitch, const int four_pitch,
    GLOBAL const float* RESTRICT box, GLOBAL const float* RESTRICT parameters, GLOBAL const float* RESTRICT tables, GLOBAL float4* forces, GLOBAL float4* velocities,
    GLOBAL int4* images, GLOBAL const int4* reference, GLOBAL const float4* RESTRICT schedule, GLOBAL const u32* RESTRICT key, GLOBAL const float* limits, GLOBAL int* ring,
    GLOBAL int* control, const int graph_step, const u32 stream, const int particles, const int replica_size)
{
#if LANES > 1
    LOCAL_ARRAY(float4, partial, FORCE_GROUP);
#endif
    STAGE_TABLES(coefficients)
    AWAIT_LAST();
    const int side = FORCE_GROUP / LANES;
    const int lane = LOCAL_ID % LANES;
    const int i = GROUP_ID * side + LOCAL_ID / LANES;
    const int4 own = positions[i < particles ? i : 0];
    const int count = counts[i < particles ? i : 0];
    // Of the step before this one, which may have been the last.
    const int due = IS_DUE(graph_step - 1);
    const int idle = begin_step(ring, control, graph_step);
    AWAIT_TABLES();
    float4 force = MAKE_FLOAT4(0.0f, 0.0f, 0.0f, 0.0f);
    if (due && i < particles)
    {
        force = pair_force(i, lane, own, count, positions, list, row_pitch, four_pitch, box, parameters, coefficients);
    }
#if LANES > 1
    // To the first threads of the group.
    force = sum_side_by_side(force, LANES, partial);
    if (lane == 0)
    {
        partial[LOCAL_ID / LANES] = force;
    }
    SYNC_GROUP();
    force = partial[LOCAL_ID < side ? LOCAL_ID : 0];
#endif
    const int mover = GROUP_ID * side + LOCAL_ID;
    if (LOCAL_ID < side && mover < particles)
    {
        if (due && idle)
        {
            forces[mover] = force;
        }
        move_particle(
            mover, force, idle, positions, moved, velocities, images, reference, schedule, box, key, limits, ring, control, graph_step, stream, replica_size);
    }
}
