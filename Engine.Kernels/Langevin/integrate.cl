// A step of all particles with the forces that are there, see move.cl.
KERNEL void integrate(
    GLOBAL const int4* positions, GLOBAL int4* moved, GLOBAL float4* velocities, GLOBAL int4* images, GLOBAL const float4* forces, GLOBAL const int4* reference,
    GLOBAL const float4* RESTRICT schedule, GLOBAL const float* RESTRICT box, GLOBAL const u32* RESTRICT key, GLOBAL const float* limits, GLOBAL int* ring,
    GLOBAL int* control, const int graph_step, const u32 stream, const int particles, const int replica_size)
{
    AWAIT_LAST();
    const int i = GLOBAL_ID;
    const int idle = begin_step(ring, control, graph_step);
    if (i < particles)
    {
        move_particle(
            i, forces[i], idle, positions, moved, velocities, images, reference, schedule, box, key, limits, ring, control, graph_step, stream, replica_size);
    }
}
