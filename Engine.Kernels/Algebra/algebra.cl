// The lower triangle of a symmetric matrix, stored by rows, copied to the upper one: a group for each row.
KERNEL void mirror_float(GLOBAL float *a, int n, int stride)
{
    int row = GROUP_ID, column = row + 1 + LOCAL_ID;
    for (; column < n; column += GROUP_SIZE) {
        a[row * (i64)stride + column] = a[column * (i64)stride + row];
    }
}

KERNEL void mirror_double(GLOBAL double *a, int n, int stride)
{
    int row = GROUP_ID, column = row + 1 + LOCAL_ID;
    for (; column < n; column += GROUP_SIZE) {
        a[row * (i64)stride + column] = a[column * (i64)stride + row];
    }
}
