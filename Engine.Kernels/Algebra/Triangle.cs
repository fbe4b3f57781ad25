using Engine.Kernels.Threading;

namespace Engine.Kernels.Algebra;

/// <summary>Symmetric matrices of which one triangle was computed.</summary>
public static unsafe class Triangle
{
    /// <summary>Edge of the squares that are turned at once: two of them stay in the first-level cache.</summary>
    private const int Side = 32;

    /// <summary>The lower triangle to the upper one.</summary>
    /// <param name="square">Of the host.</param>
    /// <param name="workers">The thread team.</param>
    public static void Mirror<T>(Matrix<T> square, Workers workers)
        where T : unmanaged
    {
        var (n, stride) = (square.Rows, (long)square.Stride);
        var elements = square.Elements;
        workers.Run((n + Side - 1) / Side, task =>
        {
            var (first, last) = (task * Side, Math.Min(n, (task + 1) * Side));
            for (var from = 0; from < last; from += Side)
            {
                for (var column = from; column < Math.Min(last, from + Side); column++)
                {
                    var source = elements + column;
                    var target = elements + column * stride;
                    for (var row = Math.Max(first, column + 1); row < last; row++)
                    {
                        target[row] = source[row * stride];
                    }
                }
            }
        });
    }
}
