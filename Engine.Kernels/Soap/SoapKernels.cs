using System.Runtime.Intrinsics;
using Engine.Kernels.Numerics;

namespace Engine.Kernels.Soap;

/// <summary>
/// What a descriptor takes, for one centre: expansion coefficients of its neighbourhood, their power spectrum, and the way back from the derivative of an energy with respect to the
/// descriptor to the forces, which never forms the derivative of the descriptor (GPUMD and others do the same). Coefficients are [lm][channel], channels of a species side by side in
/// whole vectors.
/// </summary>
public abstract unsafe class SoapKernels : IDisposable
{
    private protected const int Width = SphericalHarmonics.Width;

    private protected SoapKernels(SoapSettings settings)
    {
        Settings = settings;
        var basis = new RadialBasis(settings);
        ChannelsPerSpecies = (settings.NMax + Width - 1) / Width * Width;
        Stride = settings.Species * ChannelsPerSpecies;
        Harmonics = new(settings.LMax);
        CentreCoefficient = settings.CentralWeight * basis.CentreCoefficient / Math.Sqrt(4 * Math.PI);
        var n = settings.NMax;
        var scratch = new double[n * (settings.LMax + 1)];
        // A tenth of a Gaussian's width keeps the table exact to the last digits of the functions themselves.
        Table = new(basis.Fading.Start, settings.Cutoff, 0.1 * settings.AtomSigma, ChannelsPerSpecies * (settings.LMax + 1), (r, row) =>
        {
            basis.Evaluate(r, scratch);
            row.Clear();
            for (var l = 0; l <= settings.LMax; l++)
            {
                scratch.AsSpan(l * n, n).CopyTo(row[(l * ChannelsPerSpecies)..]);
            }
        });
        Padded = [.. Enumerable.Range(0, settings.Channels).Select(c => c / n * ChannelsPerSpecies + c % n)];
    }

    public SoapSettings Settings { get; }

    /// <summary>Doubles of a centre's coefficients.</summary>
    public int CoefficientLength => Harmonics.Count * Stride;

    /// <summary>Bytes of tables.</summary>
    public long Bytes => Table.Bytes;

    internal int ChannelsPerSpecies { get; }

    private protected int Stride { get; }

    internal SphericalHarmonics Harmonics { get; }

    internal PolynomialRows Table { get; }

    internal double CentreCoefficient { get; }

    /// <summary>Where a channel is among the padded ones.</summary>
    private protected int[] Padded { get; }

    /// <summary>The kernels for this processor.</summary>
    public static SoapKernels Create(SoapSettings settings) => Create(settings, Vector512.IsHardwareAccelerated);

    /// <summary>Expansion coefficients of a neighbourhood.</summary>
    /// <param name="neighbours">The neighbours, completed (<see cref="Neighbourhood.Complete"/>).</param>
    /// <param name="centreChannel">Channel of the centre's species, −1 for none.</param>
    /// <param name="scratch">This thread's own.</param>
    /// <param name="c">The coefficients.</param>
    public abstract void Expand(Neighbourhood neighbours, int centreChannel, SoapScratch scratch, double* c);

    /// <summary>Power spectrum of coefficients in QUIP's order: pairs of channels (I, J ≤ I), degrees l fastest; normalised if the settings say so, then the appended component.</summary>
    /// <returns>Its norm before.</returns>
    public abstract double PowerSpectrum(double* c, SoapScratch scratch, Span<double> p);

    /// <summary>Derivative of an energy with respect to the coefficients from that with respect to the descriptor.</summary>
    /// <param name="c">The coefficients.</param>
    /// <param name="p">The descriptor.</param>
    /// <param name="norm">What <see cref="PowerSpectrum"/> returned.</param>
    /// <param name="g">∂E/∂p.</param>
    /// <param name="scratch">This thread's own.</param>
    /// <param name="b">∂E/∂c.</param>
    public abstract void Adjoint(double* c, ReadOnlySpan<double> p, double norm, ReadOnlySpan<double> g, SoapScratch scratch, double* b);

    /// <summary>∂E/∂r_j for each neighbour, from ∂E/∂c.</summary>
    /// <param name="neighbours">The neighbours.</param>
    /// <param name="b">∂E/∂c.</param>
    /// <param name="scratch">This thread's own.</param>
    /// <param name="gradient">x, y, z of each neighbour.</param>
    public abstract void Backward(Neighbourhood neighbours, double* b, SoapScratch scratch, Span<double> gradient);

    /// <summary>∂p/∂r_j of each neighbour j and, in the last three rows, of the centre: [3 (neighbours + 1)][length].</summary>
    public abstract void Jacobian(Neighbourhood neighbours, double* c, ReadOnlySpan<double> p, double norm, SoapScratch scratch, double* jacobian);

    /// <summary>Energy of one descriptor by its dot products t with sparse points: Σ_s w_s t_s^ζ.</summary>
    /// <param name="dots">Read: t. Left: ∂E/∂t_s = ζ w_s t_s^(ζ−1).</param>
    /// <param name="weights">w.</param>
    /// <param name="count">Number of sparse points.</param>
    /// <param name="zeta">ζ, positive; whole numbers are fast.</param>
    public abstract double SparseSum(double* dots, double* weights, int count, double zeta);

    public void Dispose()
    {
        Table.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static SoapKernels Create(SoapSettings settings, bool wide) =>
        wide ? new SoapVectorKernels<Vector8DoubleWide>(settings) : new SoapVectorKernels<Vector8Double>(settings);
}
