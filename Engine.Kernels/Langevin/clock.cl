// Steps are launched ahead of what the host knows, in graphs: first the list of neighbours, if it is out of date, then STEPS_PER_GRAPH times a motion and the forces after it, each a
// kernel, or all but the first motion and the last forces in kernels of both (step.cl). graph_step numbers the steps within their graph, from 0. Step s reads entry s of the ring, which
// the one before it left (forces of that one also entry s - 1), and leaves entry s + 1: ring[2 s] steps done of the segment, ring[2 s + 1] whether the list is out of date. It clears the
// latter of entry s + 2, or 1 at the end, which nobody reads then. A step that finds the list out of date, or the segment done, hands on the state and the positions as they are; so a trajectory does
// not depend on when the host looks. Entry 0 is what list_built makes of the last entry of the graph before.

#define STEPS_DONE(entry) ring[2 * (entry)]
#define IS_STALE(entry) ring[2 * (entry) + 1]
#define RING_IN(graph_step) (graph_step)
#define RING_OUT(graph_step) ((graph_step) + 1)

// In place of a step: as they are, and once a graph has built a list.
#define AT_ONCE -1
#define AFTER_LIST -2

// control: [0] one more than the largest number (over replicas) of a particle that cannot be right, [1] most neighbours that any particle has, [2] steps of this segment,
// [3] whether a particle has come near the end of its cell along an open axis, [4] like [0], of a particle that another one is at the same place of, or so near that the force has
// no measure (fixed.cl), [5] lists that may be built before the host chooses the next skin, [6] whether more charge came to a point of the mesh of an Ewald sum than it has room for.
#define BROKEN_PARTICLE 0
#define MOST_NEIGHBOURS 1
#define SEGMENT_LENGTH 2
#define NEAR_OPEN_END 3
#define OVERLOADED_PARTICLE 4
#define LISTS_LEFT 5
#define MESH_IS_FULL 6

// limits: squared displacement since the list was built beyond which it is out of date, that beyond which something is wrong, the first of these as it is for a list of the present
// cell, and the square of how far the list reaches.
#define OUT_OF_DATE 0
#define RUNAWAY 1
#define OUT_OF_DATE_WHEN_NEW 2
#define LIST_REACH 3

// Conditions below are joined by & and |, so that all they read is on its way at once.

// Whether a list is to be built: at once, or by a graph that finds the last one out of date and nothing that is the host's to mend.
#define LIST_IS_DUE(graph_step) ((graph_step) == AT_ONCE || ((IS_STALE(STEPS_PER_GRAPH) != 0) & (control[LISTS_LEFT] > 0) & (control[BROKEN_PARTICLE] == 0) \
    & (control[NEAR_OPEN_END] == 0) & (control[OVERLOADED_PARTICLE] == 0) & (control[MESH_IS_FULL] == 0)))

// Whether forces are to be computed: at once, after a list that this graph has built, or as the second half of a step that did move the particles and found the list good.
#define IS_DUE(graph_step) ((graph_step) == AT_ONCE || ((graph_step) == AFTER_LIST ? (IS_STALE(STEPS_PER_GRAPH) != 0) & (IS_STALE(0) == 0) \
    : (STEPS_DONE(RING_OUT(graph_step)) != STEPS_DONE(RING_IN(graph_step))) & (IS_STALE(RING_OUT(graph_step)) == 0)))
