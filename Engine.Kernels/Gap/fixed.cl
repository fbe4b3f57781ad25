// Forces that threads add to in any order with the same result: 64-bit integers in units of 2^-40 of the unit of force. What is added to one particle and taken from another
// cancels exactly. One of LARGEST_FORCE or more has no place among them; who finds one says so in control[OVERLOADED_PARTICLE].

#define FIXED_POINT ((double)((i64)1 << 40))

DEVICE i64 to_fixed(const double force)
{
    return force < LARGEST_FORCE && force > -LARGEST_FORCE ? ROUND_TO_I64(force * FIXED_POINT) : 0;
}
