using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;

namespace Engine.Kernels.Soap;

/// <summary>The kernels over vectors of eight doubles, in one register or two.</summary>
internal sealed unsafe class SoapVectorKernels<V>(SoapSettings settings) : SoapKernels(settings)
    where V : struct, ILanes<V, double>
{
    private const int LargestWholeExponent = 16;

    public override void Expand(Neighbourhood neighbours, int centreChannel, SoapScratch scratch, double* c)
    {
        new Span<double>(c, CoefficientLength).Clear();
        var y = Room(scratch, gradients: false);
        var radial = scratch.Radial.Pointer;
        for (var block = 0; block < neighbours.Count; block += Width)
        {
            Harmonics.Evaluate(V.Load(neighbours.X + block), V.Load(neighbours.Y + block), V.Load(neighbours.Z + block), scratch.Matrix.Pointer, y, null);
            for (var j = block; j < Math.Min(block + Width, neighbours.Count); j++)
            {
                EvaluateRadial(neighbours.R[j], radial, derivative: false);
                var target = c + neighbours.Channel[j] * ChannelsPerSpecies;
                for (var l = 0; l <= Settings.LMax; l++)
                {
                    for (var v = 0; v < ChannelsPerSpecies; v += Width)
                    {
                        var r = V.Load(radial + l * ChannelsPerSpecies + v);
                        for (var lm = l * l; lm < (l + 1) * (l + 1); lm++)
                        {
                            var place = target + lm * Stride + v;
                            V.Store(place, V.MultiplyAdd(r, V.LoadBroadcast(y + lm * Width + (j - block)), V.Load(place)));
                        }
                    }
                }
            }
        }
        for (var s = 0; s < Settings.Species; s++)
        {
            c[s * ChannelsPerSpecies] += Settings.CentreInAllChannels || s == centreChannel ? CentreCoefficient : 0;
        }
    }

    public override double PowerSpectrum(double* c, SoapScratch scratch, Span<double> p)
    {
        scratch.Matrix.Require(Math.Max(Stride, Harmonics.ScratchLength));
        var row = scratch.Matrix.Pointer;
        var degrees = Settings.LMax + 1;
        for (var l = 0; l < degrees; l++)
        {
            var factor = Settings.HasDegreeFactor ? 1 / Math.Sqrt(2 * l + 1) : 1;
            for (var i = 0; i < Padded.Length; i++)
            {
                for (var v = 0; v <= Padded[i]; v += Width)
                {
                    var sum = V.Broadcast(0);
                    for (var lm = l * l; lm < (l + 1) * (l + 1); lm++)
                    {
                        sum = V.MultiplyAdd(V.LoadBroadcast(c + lm * Stride + Padded[i]), V.Load(c + lm * Stride + v), sum);
                    }
                    V.Store(row + v, sum);
                }
                for (var j = FirstPartner(i); j <= i; j += PartnerStep)
                {
                    p[Component(i, j) * degrees + l] = row[Padded[j]] * (i == j ? factor : factor * Math.Sqrt(2));
                }
            }
        }
        var square = 0.0;
        for (var k = 0; k < p.Length - 1; k++)
        {
            square += p[k] * p[k];
        }
        var norm = Settings.Normalise ? Math.Sqrt(square) : 1;
        for (var k = 0; k < p.Length - 1 && norm > 0; k++)
        {
            p[k] /= norm;
        }
        p[^1] = Settings.CovarianceSigma0;
        return norm;
    }

    public override void Adjoint(double* c, ReadOnlySpan<double> p, double norm, ReadOnlySpan<double> g, SoapScratch scratch, double* b)
    {
        new Span<double>(b, CoefficientLength).Clear();
        if (!(norm > 0))
        {
            return;
        }
        scratch.Matrix.Require(Stride * Stride);
        var matrix = scratch.Matrix.Pointer;
        var degrees = Settings.LMax + 1;
        var along = 0.0;
        if (Settings.Normalise)
        {
            for (var k = 0; k < p.Length - 1; k++)
            {
                along += g[k] * p[k];
            }
        }
        for (var l = 0; l < degrees; l++)
        {
            new Span<double>(matrix, Stride * Stride).Clear();
            var factor = (Settings.HasDegreeFactor ? 1 / Math.Sqrt(2 * l + 1) : 1) / norm;
            for (var i = 0; i < Padded.Length; i++)
            {
                for (var j = FirstPartner(i); j <= i; j += PartnerStep)
                {
                    var k = Component(i, j) * degrees + l;
                    var h = (g[k] - along * p[k]) * factor * (i == j ? 2 : Math.Sqrt(2));
                    matrix[Padded[i] * Stride + Padded[j]] = h;
                    matrix[Padded[j] * Stride + Padded[i]] = h;
                }
            }
            for (var lm = l * l; lm < (l + 1) * (l + 1); lm++)
            {
                for (var v = 0; v < Stride; v += Width)
                {
                    var sum = V.Broadcast(0);
                    foreach (var j in Padded)
                    {
                        sum = V.MultiplyAdd(V.LoadBroadcast(c + lm * Stride + j), V.Load(matrix + j * Stride + v), sum);
                    }
                    V.Store(b + lm * Stride + v, sum);
                }
            }
        }
    }

    public override void Backward(Neighbourhood neighbours, double* b, SoapScratch scratch, Span<double> gradient)
    {
        var y = Room(scratch, gradients: true);
        var radial = scratch.Radial.Pointer;
        var slopes = radial + ChannelsPerSpecies * (Settings.LMax + 1);
        var component = Width * Harmonics.Count;
        double* gx = y + component, gy = y + 2 * component, gz = y + 3 * component;
        for (var block = 0; block < neighbours.Count; block += Width)
        {
            Harmonics.Evaluate(V.Load(neighbours.X + block), V.Load(neighbours.Y + block), V.Load(neighbours.Z + block), scratch.Matrix.Pointer, y, gx);
            for (var j = block; j < Math.Min(block + Width, neighbours.Count); j++)
            {
                EvaluateRadial(neighbours.R[j], radial, derivative: true);
                var source = b + neighbours.Channel[j] * ChannelsPerSpecies;
                var lane = j - block;
                V along = V.Broadcast(0), x = V.Broadcast(0), yy = V.Broadcast(0), z = V.Broadcast(0), degree = V.Broadcast(0);
                for (var l = 0; l <= Settings.LMax; l++)
                {
                    for (var v = 0; v < ChannelsPerSpecies; v += Width)
                    {
                        V s0 = V.Broadcast(0), s1 = V.Broadcast(0), s2 = V.Broadcast(0), s3 = V.Broadcast(0);
                        for (var lm = l * l; lm < (l + 1) * (l + 1); lm++)
                        {
                            var coefficient = V.Load(source + lm * Stride + v);
                            var place = lm * Width + lane;
                            s0 = V.MultiplyAdd(V.LoadBroadcast(y + place), coefficient, s0);
                            s1 = V.MultiplyAdd(V.LoadBroadcast(gx + place), coefficient, s1);
                            s2 = V.MultiplyAdd(V.LoadBroadcast(gy + place), coefficient, s2);
                            s3 = V.MultiplyAdd(V.LoadBroadcast(gz + place), coefficient, s3);
                        }
                        var r = V.Load(radial + l * ChannelsPerSpecies + v);
                        along = V.MultiplyAdd(V.Load(slopes + l * ChannelsPerSpecies + v), s0, along);
                        degree = V.MultiplyAdd(r * V.Broadcast(l), s0, degree);
                        x = V.MultiplyAdd(r, s1, x);
                        yy = V.MultiplyAdd(r, s2, yy);
                        z = V.MultiplyAdd(r, s3, z);
                    }
                }
                // Solid harmonics are homogeneous of degree l: of their gradient, l Y points along r and is not one of the harmonics'.
                var inverse = 1 / neighbours.R[j];
                var radially = V.Sum(along) - V.Sum(degree) * inverse;
                gradient[3 * j] = radially * neighbours.X[j] + V.Sum(x) * inverse;
                gradient[3 * j + 1] = radially * neighbours.Y[j] + V.Sum(yy) * inverse;
                gradient[3 * j + 2] = radially * neighbours.Z[j] + V.Sum(z) * inverse;
            }
        }
    }

    public override void Jacobian(Neighbourhood neighbours, double* c, ReadOnlySpan<double> p, double norm, SoapScratch scratch, double* jacobian)
    {
        var length = Settings.Length;
        var rows = 3 * (neighbours.Count + 1);
        new Span<double>(jacobian, rows * length).Clear();
        if (!(norm > 0))
        {
            return;
        }
        var y = Room(scratch, gradients: true);
        var radial = scratch.Radial.Pointer;
        var slopes = radial + ChannelsPerSpecies * (Settings.LMax + 1);
        var component = Width * Harmonics.Count;
        scratch.Coefficients.Require(3 * Harmonics.Count * ChannelsPerSpecies);
        var dc = scratch.Coefficients.Pointer;
        var centre = jacobian + 3 * neighbours.Count * length;
        for (var j = 0; j < neighbours.Count; j++)
        {
            if (j % Width == 0)
            {
                Harmonics.Evaluate(V.Load(neighbours.X + j), V.Load(neighbours.Y + j), V.Load(neighbours.Z + j), scratch.Matrix.Pointer, y, y + component);
            }
            EvaluateRadial(neighbours.R[j], radial, derivative: true);
            DifferentiateCoefficients(neighbours, j, y, radial, slopes, dc);
            for (var axis = 0; axis < 3; axis++)
            {
                var target = jacobian + (3 * j + axis) * length;
                DifferentiateSpectrum(c, dc + axis * Harmonics.Count * ChannelsPerSpecies, neighbours.Channel[j], scratch, target);
                Project(p, norm, new(target, length));
                for (var k = 0; k < length; k++)
                {
                    centre[axis * length + k] -= target[k];
                }
            }
        }
    }

    public override double SparseSum(double* dots, double* weights, int count, double zeta)
    {
        var whole = zeta == Math.Floor(zeta) && zeta is >= 1 and <= LargestWholeExponent;
        var vectors = whole ? count / Width * Width : 0;
        var total = V.Broadcast(0);
        var factor = V.Broadcast(zeta);
        for (var s = 0; s < vectors; s += Width)
        {
            var t = V.Load(dots + s);
            var slope = V.Load(weights + s);
            for (var k = 1; k < zeta; k++)
            {
                slope *= t;
            }
            total = V.MultiplyAdd(slope, t, total);
            V.Store(dots + s, factor * slope);
        }
        var sum = V.Sum(total);
        for (var s = vectors; s < count; s++)
        {
            var slope = weights[s] * Math.Pow(dots[s], zeta - 1);
            sum += slope * dots[s];
            dots[s] = zeta * slope;
        }
        return sum;
    }

    /// <summary>∂c_nlm/∂r_j of the channels of j's species, along x, y and z: three times [lm][n].</summary>
    private void DifferentiateCoefficients(Neighbourhood neighbours, int j, double* y, double* radial, double* slopes, double* dc)
    {
        var component = Width * Harmonics.Count;
        var unit = stackalloc double[3] { neighbours.X[j], neighbours.Y[j], neighbours.Z[j] };
        var inverse = 1 / neighbours.R[j];
        for (var axis = 0; axis < 3; axis++)
        {
            for (var l = 0; l <= Settings.LMax; l++)
            {
                for (var lm = l * l; lm < (l + 1) * (l + 1); lm++)
                {
                    var value = y[lm * Width + j % Width];
                    var slope = (y[(axis + 1) * component + lm * Width + j % Width] - l * value * unit[axis]) * inverse;
                    for (var v = 0; v < ChannelsPerSpecies; v += Width)
                    {
                        var r = V.Load(radial + l * ChannelsPerSpecies + v);
                        var d = V.Load(slopes + l * ChannelsPerSpecies + v);
                        V.Store(
                            dc + (axis * Harmonics.Count + lm) * ChannelsPerSpecies + v, V.MultiplyAdd(r, V.Broadcast(slope), d * V.Broadcast(value * unit[axis])));
                    }
                }
            }
        }
    }

    /// <summary>∂p of coefficients that change in the channels of one species only.</summary>
    private void DifferentiateSpectrum(double* c, double* dc, int species, SoapScratch scratch, double* dp)
    {
        scratch.Matrix.Require(Math.Max(Stride * ChannelsPerSpecies, Harmonics.ScratchLength));
        var products = scratch.Matrix.Pointer;
        var degrees = Settings.LMax + 1;
        var first = species * Settings.NMax;
        for (var l = 0; l < degrees; l++)
        {
            // Σ_m dc_a c_J for each changing channel a and all J.
            for (var a = 0; a < Settings.NMax; a++)
            {
                for (var v = 0; v < Stride; v += Width)
                {
                    var sum = V.Broadcast(0);
                    for (var lm = l * l; lm < (l + 1) * (l + 1); lm++)
                    {
                        sum = V.MultiplyAdd(V.LoadBroadcast(dc + lm * ChannelsPerSpecies + a), V.Load(c + lm * Stride + v), sum);
                    }
                    V.Store(products + a * Stride + v, sum);
                }
            }
            var factor = Settings.HasDegreeFactor ? 1 / Math.Sqrt(2 * l + 1) : 1;
            for (var i = 0; i < Padded.Length; i++)
            {
                var changesI = i >= first && i < first + Settings.NMax;
                for (var j = FirstPartner(i); j <= i; j += PartnerStep)
                {
                    var changesJ = j >= first && j < first + Settings.NMax;
                    var sum = (changesI ? products[(i - first) * Stride + Padded[j]] : 0) + (changesJ ? products[(j - first) * Stride + Padded[i]] : 0);
                    dp[Component(i, j) * degrees + l] = sum * (i == j ? factor : factor * Math.Sqrt(2));
                }
            }
        }
    }

    /// <summary>What normalisation leaves of a change: (dp − p (p · dp))/‖p‖.</summary>
    private void Project(ReadOnlySpan<double> p, double norm, Span<double> dp)
    {
        if (!Settings.Normalise)
        {
            return;
        }
        var along = 0.0;
        for (var k = 0; k < p.Length - 1; k++)
        {
            along += p[k] * dp[k];
        }
        for (var k = 0; k < p.Length - 1; k++)
        {
            dp[k] = (dp[k] - along * p[k]) / norm;
        }
    }

    /// <summary>R_ln, and behind them R′_ln where wanted: Horner's rule, a vector of functions at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EvaluateRadial(double distance, double* radial, bool derivative)
    {
        var (interval, place, slope) = Table.Locate(distance);
        var stride = Table.Stride;
        var c = Table.Coefficients + (long)interval * PolynomialRows.Terms * stride;
        var t = V.Broadcast(place);
        for (var k = 0; k < stride; k += Width)
        {
            var p = V.Load(c + (PolynomialRows.Terms - 1) * stride + k);
            var d = V.Broadcast(0);
            for (var power = PolynomialRows.Terms - 2; power >= 0; power--)
            {
                if (derivative)
                {
                    d = V.MultiplyAdd(d, t, p);
                }
                p = V.MultiplyAdd(p, t, V.Load(c + power * stride + k));
            }
            V.Store(radial + k, p);
            if (derivative)
            {
                V.Store(radial + stride + k, d * V.Broadcast(slope));
            }
        }
    }

    /// <summary>Makes room for harmonics, which are returned, and radial functions.</summary>
    private double* Room(SoapScratch scratch, bool gradients)
    {
        scratch.Matrix.Require(Harmonics.ScratchLength);
        scratch.Harmonics.Require((gradients ? 4 : 1) * Width * Harmonics.Count);
        scratch.Radial.Require(2 * Table.Stride);
        return scratch.Harmonics.Pointer;
    }

    /// <summary>With diagonal radial functions, the first J that has I's.</summary>
    private int FirstPartner(int i) => Settings.DiagonalRadial ? i % Settings.NMax : 0;

    private int PartnerStep => Settings.DiagonalRadial ? Settings.NMax : 1;

    /// <summary>Number of the pair (I, J ≤ I) of channels in the order of components.</summary>
    private int Component(int i, int j)
    {
        if (!Settings.DiagonalRadial)
        {
            return i * (i + 1) / 2 + j;
        }
        var (n, a, b) = (i % Settings.NMax, i / Settings.NMax, j / Settings.NMax);
        // Pairs are counted row by row: rows before this one, of species before a and of functions before n.
        return Settings.NMax * a * (a + 1) / 2 + n * (a + 1) + b;
    }
}
