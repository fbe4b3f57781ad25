// Cubics on a uniform grid, as CubicTable has them: p is scale, offset, last interval, first coefficient; four coefficients for each interval.

DEVICE float table_value(GLOBAL const float* tables, GLOBAL const float* p, const float x)
{
    const float s = FMA(x, p[0], p[1]);
    const float whole = MIN(MAX(FLOOR(s), 0.0f), p[2]);
    const float t = s - whole;
    const float4 c = ((GLOBAL const float4*)(tables + (int)p[3]))[(int)whole];
    return FMA(FMA(FMA(c.w, t, c.z), t, c.y), t, c.x);
}

DEVICE float table_derivative(GLOBAL const float* tables, GLOBAL const float* p, const float x)
{
    const float s = FMA(x, p[0], p[1]);
    const float whole = MIN(MAX(FLOOR(s), 0.0f), p[2]);
    const float t = s - whole;
    const float4 c = ((GLOBAL const float4*)(tables + (int)p[3]))[(int)whole];
    return FMA(FMA(3.0f * c.w, t, 2.0f * c.z), t, c.y) * p[0];
}

#define TABLE_VALUE(tables, p, x) table_value(tables, p, x)
#define TABLE_DERIVATIVE(tables, p, x) table_derivative(tables, p, x)
