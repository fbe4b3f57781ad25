using System.Xml.Linq;
using Engine.Kernels.Errors;

namespace Engine.Core.Gap;

/// <summary>
/// Pair potentials of a QUIP Glue_params stanza: natural cubic splines, or with given slopes at their ends, a straight line before the first point and cut at the last. What a fit has subtracted and a prediction adds.
/// Embedding terms are not known here.
/// </summary>
public sealed class GlueCore
{
    private readonly Dictionary<(int, int), Spline> splines = [];

    /// <param name="stanza">The element Glue_params.</param>
    /// <exception cref="InputException">It is not understood.</exception>
    public GlueCore(XElement stanza)
    {
        var atomicNumbers = stanza.Elements("per_type_data").ToDictionary(e => (string?)e.Attribute("type") ?? "", e => GapFile.Integer(e, "atomic_num"));
        if (stanza.Descendants("potential_density").Concat(stanza.Descendants("density")).Any(e => e.Elements("point").Any()))
        {
            throw new InputException("Glue_params has densities; expected pair potentials only: embedding terms are not implemented");
        }
        foreach (var pair in stanza.Elements("per_pair_data"))
        {
            int Number(string attribute) => atomicNumbers.TryGetValue((string?)pair.Attribute(attribute) ?? "", out var z)
                ? z
                : throw new InputException($"Glue_params has a pair of {attribute} '{(string?)pair.Attribute(attribute)}', expected one of the types {string.Join(", ", atomicNumbers.Keys)} of per_type_data");
            var (first, second) = (Number("type1"), Number("type2"));
            var curve = pair.Element("potential_pair") ?? throw new InputException("Glue_params has a per_pair_data without potential_pair; expected its points");
            var points = curve.Elements("point").Select(p => (R: GapFile.Number(p, "r"), E: GapFile.Number(p, "E"))).ToArray();
            double? Slope(string name) => curve.Attribute(name) is null ? null : GapFile.Number(curve, name);
            if (points.Length < 2 || points.Zip(points.Skip(1)).Any(p => !(p.Second.R > p.First.R)))
            {
                throw new InputException($"Glue_params has {points.Length} points for a pair; expected at least two, at rising r");
            }
            splines[(Math.Min(first, second), Math.Max(first, second))] = new(points, Slope("y1"), Slope("yn"));
        }
    }

    /// <summary>Farthest distance at which a pair interacts [Å].</summary>
    public double Cutoff => splines.Values.Select(s => s.Cutoff).DefaultIfEmpty(0).Max();

    /// <summary>Atomic numbers of the pairs.</summary>
    public IEnumerable<(int First, int Second)> Pairs => splines.Keys;

    /// <summary>Energy [eV] and derivative [eV/Å] of a pair; 0 where it has none, and beyond its last point.</summary>
    public (double Energy, double Derivative) At(int first, int second, double r) =>
        splines.TryGetValue((Math.Min(first, second), Math.Max(first, second)), out var spline) ? spline.At(r) : (0, 0);

    /// <summary>Points of a pair's spline [Å]; none where it has none.</summary>
    public IEnumerable<double> Breakpoints(int first, int second) =>
        splines.TryGetValue((Math.Min(first, second), Math.Max(first, second)), out var spline) ? spline.Points : [];

    private sealed class Spline
    {
        private readonly (double R, double E)[] points;
        private readonly double[] curvature;

        public Spline((double R, double E)[] points, double? firstSlope, double? lastSlope)
        {
            this.points = points;
            curvature = Curvatures(firstSlope, lastSlope);
        }

        public double Cutoff => points[^1].R;

        public IEnumerable<double> Points => points.Select(p => p.R);

        public (double Energy, double Derivative) At(double r)
        {
            if (r >= Cutoff)
            {
                return (0, 0);
            }
            if (r < points[0].R)
            {
                // The cubic would turn back; QUIP, too, goes on with the slope at the first point.
                var (start, slope) = At(points[0].R);
                return (start + (r - points[0].R) * slope, slope);
            }
            var i = Array.FindLastIndex(points, p => p.R <= r);
            i = Math.Clamp(i, 0, points.Length - 2);
            var h = points[i + 1].R - points[i].R;
            var (a, b) = ((points[i + 1].R - r) / h, (r - points[i].R) / h);
            var (ea, eb, ca, cb) = (points[i].E, points[i + 1].E, curvature[i], curvature[i + 1]);
            return (
                a * ea + b * eb + ((a * a * a - a) * ca + (b * b * b - b) * cb) * h * h / 6,
                (eb - ea) / h + ((3 * b * b - 1) * cb - (3 * a * a - 1) * ca) * h / 6);
        }

        /// <summary>Second derivatives at the points: the tridiagonal system of a cubic spline.</summary>
        private double[] Curvatures(double? firstSlope, double? lastSlope)
        {
            var n = points.Length;
            var (y, u) = (new double[n], new double[n]);
            if (firstSlope is { } first)
            {
                var h = points[1].R - points[0].R;
                y[0] = -0.5;
                u[0] = 3 / h * ((points[1].E - points[0].E) / h - first);
            }
            for (var i = 1; i < n - 1; i++)
            {
                var (left, right) = (points[i].R - points[i - 1].R, points[i + 1].R - points[i].R);
                var share = left / (left + right);
                var p = share * y[i - 1] + 2;
                y[i] = (share - 1) / p;
                var change = (points[i + 1].E - points[i].E) / right - (points[i].E - points[i - 1].E) / left;
                u[i] = (6 * change / (left + right) - share * u[i - 1]) / p;
            }
            var (q, last) = (0.0, 0.0);
            if (lastSlope is { } slope)
            {
                var h = points[n - 1].R - points[n - 2].R;
                q = 0.5;
                last = 3 / h * (slope - (points[n - 1].E - points[n - 2].E) / h);
            }
            y[n - 1] = (last - q * u[n - 2]) / (q * y[n - 2] + 1);
            for (var i = n - 2; i >= 0; i--)
            {
                y[i] = y[i] * y[i + 1] + u[i];
            }
            return y;
        }
    }
}
