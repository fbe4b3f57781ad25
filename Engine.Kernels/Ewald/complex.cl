// The product of two complex numbers.
DEVICE float2 turned(const float2 a, const float2 b)
{
    return MAKE_FLOAT2(FMA(a.x, b.x, -(a.y * b.y)), FMA(a.x, b.y, a.y * b.x));
}
