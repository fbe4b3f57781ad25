using System.Collections.Concurrent;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;

namespace Engine.Kernels.Ewald;

/// <summary>
/// The mesh on which the reciprocal part of an Ewald sum is computed: smooth particle mesh Ewald, U. Essmann et al., J. Chem. Phys. 103, 8577 (1995). A pure function of box, splitting and cutoff, as the
/// vectors of a plain sum are: resuming a run finds the same mesh.
/// </summary>
internal sealed record EwaldMesh
{
    /// <summary>No mesh has more points than this: waves and potential take 2 to 3 GiB on the processor.</summary>
    private const double MostPoints = 1 << 27;

    /// <summary>Points along y come in such multiples: the half of them that a real mesh needs fills vectors.</summary>
    private const int MultipleY = 2 * FourierLines.Lines;

    /// <summary>A spacing takes some hundredths of a second to find, and a run asks for it several times.</summary>
    private static readonly ConcurrentDictionary<(double Splitting, double Cutoff), double> Known = [];

    private EwaldMesh(int x, int y, int z) => (X, Y, Z) = (x, y, z);

    /// <summary>Points along the first edge of the cell.</summary>
    public int X { get; }

    /// <summary>Points along the second edge; a multiple of 16.</summary>
    public int Y { get; }

    /// <summary>Points along the third edge.</summary>
    public int Z { get; }

    /// <param name="box">Periodic along all axes.</param>
    /// <param name="spacing">Points are no farther apart than this along the edges of the cell [length], <see cref="Spacing"/>.</param>
    /// <exception cref="InputException">That would be more than <see cref="MostPoints"/>.</exception>
    public static EwaldMesh For(Box box, double spacing)
    {
        var axes = ReciprocalAxes.Of(box);
        double nx = Points(box.A.Length, axes.X), ny = Points(box.B.Length, axes.Y), nz = Points(box.C.Length, axes.Z);
        (nx, ny, nz) = (Math.Max(nx, BSpline.Order), Math.Max(Math.Ceiling(ny / MultipleY), 1), Math.Max(nz, BSpline.Order));
        RequireFew(nx * ny * MultipleY * nz);
        var mesh = new EwaldMesh(Smooth((int)nx), MultipleY * Smooth((int)ny), Smooth((int)nz));
        RequireFew((double)mesh.X * mesh.Y * mesh.Z);
        return mesh;

        void RequireFew(double points)
        {
            if (!(points <= MostPoints))
            {
                throw new InputException(FormattableString.Invariant(
                    $"the mesh of the Ewald sum would have {points:n0} points in a cell of {box.LengthX:g4} × {box.LengthY:g4} × {box.LengthZ:g4}, expected at most {MostPoints:n0}; give a longer cutoff, a larger accuracy or a smaller cell"));
            }
        }

        // In a skewed cell the waves that a mesh takes for others are longer by edge over width, and forces are worse in proportion, which splines of eighth order make up for by an eighth root.
        double Points(double edge, Vector3d axis) => Math.Ceiling(edge / spacing * Math.Pow(edge * axis.Length, 1.0 / BSpline.Order));
    }

    /// <summary>
    /// The spacing of a mesh [length] whose forces between charges are as far from those of all wave vectors as those of the wave vectors up to a cutoff are, in the mean over all places of two charges. The force
    /// that the mesh lets a charge have on itself comes on top: in dilute systems it is the larger part, below the accuracy asked for.
    /// </summary>
    /// <remarks>
    /// With charges anywhere the mean square error of the force between two unit charges is (1/V²) Σ_K Σ_m K_m² [(G W_m² − g_m)² + G² W_m² Σ_{l≠m} W_l²] over the K of the mesh and the
    /// K_m that it takes for the same, with g = 4π exp(−K²/4g²)/K², W the transform of the spline and G = g_0/(Σ_m W_m)² what the mesh multiplies with (V. Ballenegger, J. J. Cerdà, C. Holm, J. Chem.
    /// Theory Comput. 8, 936 (2012)); for many particles the sum is an integral, here over the middles of 16 × 16 × 16 pieces of an octant, which the others mirror. Left out by a cutoff are (1/V²) Σ K² g² beyond it.
    /// </remarks>
    /// <param name="splitting">g [1/length].</param>
    /// <param name="cutoff">Largest |K| of the sum that is matched [1/length]; above 14 g, where only rounding is left to gain, eight points for half of its wavelength are enough.</param>
    public static double Spacing(double splitting, double cutoff) => Known.GetOrAdd((splitting, cutoff), static key => FindSpacing(key.Splitting, key.Cutoff));

    private static double FindSpacing(double splitting, double cutoff)
    {
        // Lengths in units of 1/g. ∫ K² g² d³K/(2π)³ = 8 ∫ exp(−K²/2) dK.
        var largest = cutoff / splitting;
        var allowed = 8 * TailOfGaussian(largest);
        var (fine, coarse) = (Math.PI / largest / 8, Math.PI / largest * 8);
        for (var k = 0; k < 16; k++)
        {
            var middle = Math.Sqrt(fine * coarse);
            (fine, coarse) = MeanSquareError(middle) <= allowed ? (middle, coarse) : (fine, middle);
        }
        return fine / splitting;
    }

    /// <summary>∫ exp(−x²/2) dx from a on, by its continued fraction; a > 0.</summary>
    private static double TailOfGaussian(double a)
    {
        var fraction = a;
        for (var k = 200; k > 0; k--)
        {
            fraction = a + k / fraction;
        }
        return Math.Exp(-a * a / 2) / fraction;
    }

    private static double MeanSquareError(double spacing)
    {
        const int pieces = 16;
        const int images = 3;
        var place = new double[pieces, images];
        var weight = new double[pieces, images];
        for (var i = 0; i < pieces; i++)
        {
            for (var m = 0; m < images; m++)
            {
                var x = Math.PI * ((i + 0.5) / (2 * pieces) + m - images / 2);
                place[i, m] = 2 * x / spacing;
                weight[i, m] = Math.Pow(Math.Sin(x) / x, BSpline.Order);
            }
        }
        var total = 0.0;
        for (var i = 0; i < pieces; i++)
        {
            for (var j = 0; j < pieces; j++)
            {
                for (var l = 0; l < pieces; l++)
                {
                    // The image in the middle is what the mesh is to give; the others are summed apart, so that nothing cancels.
                    double restOfWeights = 0, restOfSquares = 0;
                    const int middle = images * images * images / 2;
                    for (var m = 0; m < images * images * images; m++)
                    {
                        var (_, w) = Image(i, j, l, m);
                        restOfWeights += m == middle ? 0 : w;
                        restOfSquares += m == middle ? 0 : w * w;
                    }
                    var (k0, w0) = Image(i, j, l, middle);
                    var (g0, all) = (Influence(k0), w0 + restOfWeights);
                    var mesh = g0 / (all * all);
                    var missing = mesh * restOfWeights * (2 * w0 + restOfWeights);
                    total += k0 * (missing * missing + mesh * mesh * w0 * w0 * restOfSquares);
                    for (var m = 0; m < images * images * images; m++)
                    {
                        if (m != middle)
                        {
                            var (k, w) = Image(i, j, l, m);
                            var off = mesh * w * w - Influence(k);
                            total += k * (off * off + mesh * mesh * w * w * (w0 * w0 + restOfSquares - w * w));
                        }
                    }
                }
            }
        }
        return 8 * total / Math.Pow(2 * pieces * spacing, 3);

        // K² and W.
        (double Squared, double Weight) Image(int i, int j, int l, int m)
        {
            int a = m % images, b = m / images % images, c = m / (images * images);
            return (place[i, a] * place[i, a] + place[j, b] * place[j, b] + place[l, c] * place[l, c], weight[i, a] * weight[j, b] * weight[l, c]);
        }

        static double Influence(double squared) => 4 * Math.PI * Math.Exp(-squared / 4) / squared;
    }

    private static int Smooth(int least)
    {
        while (!FourierLines.IsSmooth(least))
        {
            least++;
        }
        return least;
    }
}
