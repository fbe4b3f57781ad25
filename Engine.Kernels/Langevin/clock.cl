// Steps are launched ahead of what the host knows. A turn is one integration and one force evaluation; turns stand in a ring of TURNS, and turn s reads the state that
// turn s - 1 left: ring[2 s] steps done of the segment, ring[2 s + 1] whether the list is out of date. A turn that finds the list out of date, or the segment done, does
// nothing and hands the state on; so a trajectory does not depend on when the host looks. No turn writes what it reads.

#define RING_IN(turn) ((turn) == 0 ? TURNS : (turn))
#define RING_OUT(turn) ((turn) + 1)
#define STEPS_DONE(entry) ring[2 * (entry)]
#define IS_STALE(entry) ring[2 * (entry) + 1]

// Whether something that belongs to a turn is to be computed: alone (turn < 0), or as the second half of a turn that did move the particles and found the list good.
#define IS_DUE(turn) ((turn) < 0 || (STEPS_DONE(RING_OUT(turn)) != STEPS_DONE(RING_IN(turn)) && IS_STALE(RING_OUT(turn)) == 0))

// control: [0] one more than the largest number (over replicas) of a particle that cannot be right, [1] most neighbours that any particle has, [2] steps of this segment,
// [3] whether a particle has come near the end of its cell along an open axis, [4] like [0], of a particle that another one is at the same place of, or so near that the force has
// no measure (fixed.cl).
#define BROKEN_PARTICLE 0
#define MOST_NEIGHBOURS 1
#define SEGMENT_LENGTH 2
#define NEAR_OPEN_END 3
#define OVERLOADED_PARTICLE 4
