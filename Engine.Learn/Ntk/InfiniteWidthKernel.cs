using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;

namespace Engine.Learn.Ntk;

/// <summary>
/// The neural tangent kernel of a dense network of infinite width in the NTK parameterisation, z = (s/√width) W φ(x) + t b with standard normal weights: A. Jacot, F. Gabriel and
/// C. Hongler, NeurIPS 2018. Layer by layer Σ' = s² E[φ(u) φ(v)] + t² and Θ' = Σ' + s² Θ E[φ'(u) φ'(v)] over u, v normal with covariance Σ. A reference for networks of finite width,
/// whose kernels differ from it by a relative amount that falls with the root of the width.
/// </summary>
/// <param name="HiddenLayers">Number of hidden layers; 0: a linear model.</param>
/// <param name="Activation">φ.</param>
/// <param name="WeightScale">s.</param>
/// <param name="BiasScale">t.</param>
public sealed record InfiniteWidthKernel(int HiddenLayers, InfiniteWidthActivation Activation, double WeightScale = 1, double BiasScale = 0)
{
    /// <summary>Θ of one output between two inputs of the same length.</summary>
    public double Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double First(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
            WeightScale * WeightScale * TensorPrimitives.Dot(a, b) / a.Length + BiasScale * BiasScale;
        var (xx, yy, xy) = (First(x, x), First(y, y), First(x, y));
        var theta = xy;
        for (var layer = 0; layer < HiddenLayers; layer++)
        {
            var (value, slope) = Expectations(xx, yy, xy);
            var (nextX, nextY) = (Next(Expectations(xx, xx, xx).Value), Next(Expectations(yy, yy, yy).Value));
            (xx, yy, xy) = (nextX, nextY, Next(value));
            theta = xy + WeightScale * WeightScale * theta * slope;
        }
        return theta;
    }

    /// <summary>Θ of all pairs of rows, [n, m].</summary>
    public MatrixBuffer<double> Of(Matrix<double> rows, Matrix<double> columns, Workers workers)
    {
        var kernel = new MatrixBuffer<double>(rows.Rows, columns.Rows);
        workers.Run(rows.Rows, i =>
        {
            for (var j = 0; j < columns.Rows; j++)
            {
                kernel.Matrix[i, j] = Of(rows.Row(i), columns.Row(j));
            }
        });
        return kernel;
    }

    private double Next(double expectation) => WeightScale * WeightScale * expectation + BiasScale * BiasScale;

    /// <summary>E[φ(u) φ(v)] and E[φ'(u) φ'(v)]: Y. Cho and L. K. Saul, NIPS 2009 (relu); C. K. I. Williams, NIPS 1996 (erf).</summary>
    private (double Value, double Slope) Expectations(double uu, double vv, double uv)
    {
        if (Activation == InfiniteWidthActivation.Erf)
        {
            var product = (1 + 2 * uu) * (1 + 2 * vv);
            return (2 / Math.PI * Math.Asin(2 * uv / Math.Sqrt(product)), 4 / Math.PI / Math.Sqrt(product - 4 * uv * uv));
        }
        var length = Math.Sqrt(uu * vv);
        var cosine = length > 0 ? Math.Clamp(uv / length, -1, 1) : 0;
        var angle = Math.Acos(cosine);
        return (length / (2 * Math.PI) * (Math.Sqrt(1 - cosine * cosine) + (Math.PI - angle) * cosine), (Math.PI - angle) / (2 * Math.PI));
    }
}
