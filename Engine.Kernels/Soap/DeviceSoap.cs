using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Numerics;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Soap;

/// <summary>Descriptors of the particles of a device: what <see cref="SoapKernels"/> are on the processor, in double too; positions are fractions of the cell, rounded to 2⁻³².</summary>
internal sealed class DeviceSoap : IDisposable
{
    // As in soap_neighbours.cl.
    public const int Group = 64;
    private const int Normalise = 1;
    private const int DegreeFactor = 2;
    private const int CentreInAll = 4;
    private const int LargestTile = 16;

    /// <summary>Bytes of local memory that neighbours staged side by side should take: more of them would leave room for fewer groups at a time.</summary>
    private const int StagingBytes = 20 * 1024;

    private readonly DeviceParticles particles;
    private readonly DeviceNeighbourList list;
    private readonly DeviceTexts texts;
    private readonly DeviceKernel findCentres;
    private readonly DeviceKernel describe;
    private readonly DeviceBuffer<int> isCentre;
    private readonly double centreCoefficient;

    /// <param name="particles">The particles.</param>
    /// <param name="list">Their neighbours, up to the cutoff of the descriptor at least.</param>
    /// <param name="texts">Definitions shared with the other kernels.</param>
    /// <param name="kernels">The descriptor.</param>
    /// <param name="atomicNumbers">Of each species.</param>
    /// <param name="centres">Centres of all replicas.</param>
    /// <exception cref="InputException">The device has too little local memory for the descriptor.</exception>
    public DeviceSoap(
        DeviceParticles particles, DeviceNeighbourList list, DeviceTexts texts, SoapKernels kernels, IReadOnlyList<int> atomicNumbers, int centres)
    {
        (this.particles, this.list, this.texts, Settings, Count) = (particles, list, texts, kernels.Settings, centres);
        var device = particles.Device;
        Flags = (Settings.Normalise ? Normalise : 0) | (Settings.HasDegreeFactor ? DegreeFactor : 0) | (Settings.CentreInAllChannels ? CentreInAll : 0);
        centreCoefficient = kernels.CentreCoefficient;
        var program = Compile("soap.cl");
        (findCentres, describe) = (program["soap_centres"], program["soap_describe"]);
        Channels = device.Allocate<int>([.. atomicNumbers.Select(Settings.ChannelOf)]);
        isCentre = device.Allocate<int>([.. atomicNumbers.Select(z => Settings.IsCentre(z) ? 1 : 0)]);
        Centres = device.Allocate<int>(centres);
        Pairs = device.Allocate<int>(PairsOf(Settings));
        Table = device.Allocate<double>(Pack(kernels));
        Scale = device.Allocate<double>(kernels.Table.Scale);
        Normalisation = device.Allocate<double>([.. kernels.Harmonics.Normalisations]);
    }

    public SoapSettings Settings { get; }

    /// <summary>Centres of all replicas.</summary>
    public int Count { get; }

    public int Flags { get; }

    /// <summary>Channel of each species among the neighbours, −1 for none.</summary>
    public DeviceBuffer<int> Channels { get; }

    /// <summary>The particles that are centres, in their order.</summary>
    public DeviceBuffer<int> Centres { get; }

    /// <summary>Functions (I, J) of each pair in the order of components.</summary>
    public DeviceBuffer<int> Pairs { get; }

    public DeviceBuffer<double> Table { get; }

    public DeviceBuffer<double> Scale { get; }

    public DeviceBuffer<double> Normalisation { get; }

    /// <summary>Doubles of a centre's coefficients.</summary>
    public int CoefficientLength => Settings.Channels * (Settings.LMax + 1) * (Settings.LMax + 1);

    /// <summary>Neighbours staged at once: a power of two.</summary>
    /// <exception cref="InputException">Not even one fits.</exception>
    public static int TileFor(SoapSettings settings, long localMemory, string device)
    {
        var degrees = settings.LMax + 1;
        var common = degrees * (degrees + 1) / 2 + 2 * degrees + degrees * settings.NMax;
        // The way back takes most: slopes of radial functions too.
        var each = (common + degrees * settings.NMax) * sizeof(double);
        var shared = (9 * Group + degrees) * sizeof(double) + (3 * Group + degrees * (degrees + 1) / 2) * sizeof(int);
        var tile = LargestTile;
        while (tile > 1 && tile * each > Math.Min(StagingBytes, localMemory - shared))
        {
            tile /= 2;
        }
        return shared + tile * each <= localMemory
            ? tile
            : throw new InputException(FormattableString.Invariant(
                $"soap: n_max {settings.NMax} with l_max {settings.LMax} takes {(shared + each) / 1024.0:F1} KiB of local memory, found {localMemory / 1024.0:F0} KiB on {device}; use a smaller n_max or l_max, or --device cpu"));
    }

    /// <summary>A text that goes through the neighbours of centres as soap_neighbours.cl stages them for this descriptor.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="snippets">Files that stand before it too.</param>
    /// <param name="definitions">What it defines beside those of soap_neighbours.cl.</param>
    /// <exception cref="InputException">The device has too little local memory for the descriptor.</exception>
    public DeviceProgram Compile(string name, IEnumerable<string>? snippets = null, params ReadOnlySpan<(string Name, object Value)> definitions)
    {
        var device = particles.Device;
        return device.Compile(KernelText.Load(
            name, [texts.CellPrelude, Settings.DiagonalRadial ? "#define DIAGONAL" : "", "clock.cl", "particles.cl", .. snippets ?? [], "soap_neighbours.cl"],
            [("NMAX", Settings.NMax), ("LMAX", Settings.LMax), ("CHANNELS", Settings.Species), ("TILE", TileFor(Settings, device.LocalMemoryBytes, device.Address)), .. definitions]));
    }

    /// <summary>Finds the centres: particles are in another order.</summary>
    public void FindCentres(int graphStep) => findCentres.Launch(Group, Group, particles.Positions, isCentre, Centres, particles.Count, particles.Ring, graphStep);

    /// <summary>Describes some centres, row by row from the first.</summary>
    /// <param name="first">The first.</param>
    /// <param name="rows">How many.</param>
    /// <param name="coefficients">Of their densities.</param>
    /// <param name="descriptors">Rows of <paramref name="pitch"/>; what is left of a row becomes 0.</param>
    /// <param name="pitch">At least the components of a descriptor.</param>
    /// <param name="norms">Of the descriptors; NaN where two particles are at the same place.</param>
    /// <param name="graphStep">When, see <see cref="GraphStep"/>.</param>
    public void Describe(
        int first, int rows, DeviceBuffer<double> coefficients, DeviceBuffer<double> descriptors, int pitch, DeviceBuffer<double> norms, int graphStep) =>
        describe.Launch(
            rows * Group, Group, particles.Positions, list.Counts, list.Entries, list.RowPitch, list.FourPitch, particles.BoxInDouble, Channels, Centres, first, Table, Scale, Normalisation, Pairs,
            centreCoefficient, Settings.CovarianceSigma0, Flags, coefficients, descriptors, pitch, norms, particles.Ring, graphStep);

    public void Dispose()
    {
        foreach (var buffer in new[] { Channels, isCentre, Centres, Pairs })
        {
            buffer.Dispose();
        }
        foreach (var buffer in new[] { Table, Scale, Normalisation })
        {
            buffer.Dispose();
        }
    }

    private static int[] PairsOf(SoapSettings settings)
    {
        var result = new List<int>();
        if (settings.DiagonalRadial)
        {
            for (var a = 0; a < settings.Species; a++)
            {
                for (var n = 0; n < settings.NMax; n++)
                {
                    for (var b = 0; b <= a; b++)
                    {
                        result.AddRange([a * settings.NMax + n, b * settings.NMax + n]);
                    }
                }
            }
            return [.. result];
        }
        for (var i = 0; i < settings.Channels; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                result.AddRange([i, j]);
            }
        }
        return [.. result];
    }

    /// <summary>The radial functions' table without what fills up vectors.</summary>
    private static unsafe double[] Pack(SoapKernels kernels)
    {
        var (n, degrees, from) = (kernels.Settings.NMax, kernels.Settings.LMax + 1, kernels.Table);
        var result = new double[from.Intervals * PolynomialRows.Terms * degrees * n];
        for (var k = 0; k < result.Length; k++)
        {
            var (row, l) = (k / (degrees * n), k / n % degrees);
            result[k] = from.Coefficients[(long)row * from.Stride + l * kernels.ChannelsPerSpecies + k % n];
        }
        return result;
    }
}
