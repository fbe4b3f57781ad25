// Steps are launched ahead of what the host knows, in graphs of STEPS_PER_GRAPH: each is one integration and one force evaluation. graph_step numbers them within their graph, 0 to
// STEPS_PER_GRAPH - 1; step s reads the state that the one before it left (the first of a graph that of the last): ring[2 s] steps done of the segment, ring[2 s + 1] whether the list is
// out of date. One that finds the list out of date, or the segment done, does nothing and hands the state on; so a trajectory does not depend on when the host looks. None
// writes what it reads.

#define RING_IN(graph_step) ((graph_step) == 0 ? STEPS_PER_GRAPH : (graph_step))
#define RING_OUT(graph_step) ((graph_step) + 1)
#define STEPS_DONE(entry) ring[2 * (entry)]
#define IS_STALE(entry) ring[2 * (entry) + 1]

// Whether forces of a step are to be computed: on their own (graph_step < 0), or as the second half of a step that did move the particles and found the list good.
#define IS_DUE(graph_step) ((graph_step) < 0 || (STEPS_DONE(RING_OUT(graph_step)) != STEPS_DONE(RING_IN(graph_step)) && IS_STALE(RING_OUT(graph_step)) == 0))

// control: [0] one more than the largest number (over replicas) of a particle that cannot be right, [1] most neighbours that any particle has, [2] steps of this segment,
// [3] whether a particle has come near the end of its cell along an open axis, [4] like [0], of a particle that another one is at the same place of, or so near that the force has
// no measure (fixed.cl).
#define BROKEN_PARTICLE 0
#define MOST_NEIGHBOURS 1
#define SEGMENT_LENGTH 2
#define NEAR_OPEN_END 3
#define OVERLOADED_PARTICLE 4
