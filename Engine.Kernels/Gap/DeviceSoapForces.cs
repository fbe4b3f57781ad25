using Engine.Kernels.Devices;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Numerics;
using Engine.Kernels.Particles;
using Engine.Kernels.Soap;

namespace Engine.Kernels.Gap;

/// <summary>
/// Energies and forces of one set of sparse points of soap on a device, a chunk of centres at a time: descriptors D, their products with the sparse points, and the way back
/// through the same matrices. Derivatives of descriptors are never formed.
/// </summary>
internal sealed class DeviceSoapForces : IDisposable
{
    // As in soap_neighbours.cl, soap.cl and product.cl.
    private const int SoapGroup = 64;
    private const int ProductGroup = 256;
    private const int ProductRows = 128;
    private const int ProductColumns = 64;
    private const int Normalise = 1;
    private const int DegreeFactor = 2;
    private const int CentreInAll = 4;

    /// <summary>Bytes of local memory that neighbours may take; every device has 32 KiB for a group, and the rest is for sums.</summary>
    private const int StagingBytes = 20 * 1024;

    private readonly DeviceParticles particles;
    private readonly DeviceNeighbourList list;
    private readonly SoapSettings settings;
    private readonly DeviceKernel findCentres;
    private readonly DeviceKernel describe;
    private readonly DeviceKernel backward;
    private readonly DeviceKernel dots;
    private readonly DeviceKernel products;
    private readonly DeviceBuffer<int> channels;
    private readonly DeviceBuffer<int> isCentre;
    private readonly DeviceBuffer<int> centres;
    private readonly DeviceBuffer<int> pairs;
    private readonly DeviceBuffer<double> table;
    private readonly DeviceBuffer<double> scale;
    private readonly DeviceBuffer<double> normalisation;
    private readonly DeviceBuffer<double> points;
    private readonly DeviceBuffer<double> pointsByComponent;
    private readonly DeviceBuffer<double> weights;
    private readonly DeviceBuffer<double> coefficients;
    private readonly DeviceBuffer<double> derivatives;
    private readonly DeviceBuffer<double> descriptors;
    private readonly DeviceBuffer<double> slopes;
    private readonly DeviceBuffer<double> norms;
    private readonly DeviceBuffer<double> kernelValues;
    private readonly DeviceBuffer<double> energies;
    private readonly double centreCoefficient;
    private readonly double zeta;
    private readonly int count;
    private readonly int chunk;
    private readonly int width;
    private readonly int sparsePoints;
    private readonly int flags;

    /// <param name="particles">The particles.</param>
    /// <param name="list">Their neighbours, up to the cutoff of the descriptor at least.</param>
    /// <param name="texts">Definitions shared with the other kernels.</param>
    /// <param name="set">The sparse points.</param>
    /// <param name="channels">Channel of each species among the neighbours, −1 for none.</param>
    /// <param name="isCentre">Whether a species has descriptors.</param>
    /// <param name="centresOfReplica">Particles of one replica that have.</param>
    /// <param name="centresAtOnce">Descriptors that there is room for.</param>
    public DeviceSoapForces(
        DeviceParticles particles, DeviceNeighbourList list, DeviceTexts texts, SparseSoap set, int[] channels, bool[] isCentre, int centresOfReplica,
        int centresAtOnce)
    {
        (this.particles, this.list, settings, zeta) = (particles, list, set.Kernels.Settings, set.Zeta);
        var device = particles.Device;
        CentresOfReplica = centresOfReplica;
        count = centresOfReplica * (particles.Count / particles.ReplicaSize);
        chunk = Math.Min(centresAtOnce, count);
        width = Up(settings.Length, ProductColumns);
        sparsePoints = Up(set.Weights.Length, ProductColumns);
        flags = (settings.Normalise ? Normalise : 0) | (settings.HasDegreeFactor ? DegreeFactor : 0) | (settings.CentreInAllChannels ? CentreInAll : 0);
        centreCoefficient = set.Kernels.CentreCoefficient;

        var program = device.Compile(KernelText.Load(
            "soap.cl", [texts.Prelude, settings.DiagonalRadial ? "#define DIAGONAL" : "", "clock.cl", "particles.cl", "reduce.cl", "fixed.cl", "soap_neighbours.cl"], ("NMAX", settings.NMax),
            ("LMAX", settings.LMax), ("CHANNELS", settings.Species), ("TILE", TileFor(settings))));
        (findCentres, describe, backward) = (program["soap_centres"], program["soap_describe"], program["soap_backward"]);
        dots = device.Compile(KernelText.Load("product.cl", [texts.Prelude, "#define SPARSE_SUM", "clock.cl"]))["product"];
        products = device.Compile(KernelText.Load("product.cl", [texts.Prelude, "clock.cl"]))["product"];

        this.channels = device.Allocate<int>(channels.AsSpan());
        this.isCentre = device.Allocate<int>([.. isCentre.Select(yes => yes ? 1 : 0)]);
        centres = device.Allocate<int>(count);
        pairs = device.Allocate<int>(Pairs(settings));
        table = device.Allocate<double>(Pack(set.Kernels));
        scale = device.Allocate<double>(set.Kernels.Table.Scale);
        normalisation = device.Allocate<double>([.. set.Kernels.Harmonics.Normalisations]);
        points = device.Allocate<double>(Padded(set, byComponent: false));
        pointsByComponent = device.Allocate<double>(Padded(set, byComponent: true));
        weights = device.Allocate<double>([.. set.Weights, .. new double[sparsePoints - set.Weights.Length]]);
        var (rows, length) = (Up(chunk, ProductRows), settings.Channels * (settings.LMax + 1) * (settings.LMax + 1));
        coefficients = device.Allocate<double>((long)chunk * length);
        derivatives = device.Allocate<double>((long)chunk * length);
        descriptors = device.Allocate<double>((long)rows * width);
        slopes = device.Allocate<double>((long)rows * width);
        norms = device.Allocate<double>(chunk);
        kernelValues = device.Allocate<double>((long)rows * sparsePoints);
        energies = device.Allocate<double>((long)rows * (sparsePoints / ProductColumns));
        CentreSums = device.Allocate<double>(8L * count);
        // What fills up the columns is 0, and stays so.
        descriptors.Clear();
    }

    /// <summary>Energy, virial (xx yy zz xy xz yz) and square of the smallest distance of each centre, as of the last launch.</summary>
    public DeviceBuffer<double> CentreSums { get; }

    /// <summary>Centres of one replica.</summary>
    public int CentresOfReplica { get; }

    /// <summary>Finds the centres: particles are in another order.</summary>
    public void ListBuilt() => findCentres.Launch(SoapGroup, SoapGroup, particles.Positions, isCentre, centres, particles.Count);

    /// <summary>Adds the forces of a turn, if it moved the particles, or (−1) of the present positions.</summary>
    public void Launch(DeviceBuffer<long> fixedForces, DeviceBuffer<int> ring, int turn)
    {
        for (var first = 0; first < count; first += chunk)
        {
            var rows = Math.Min(chunk, count - first);
            var blocks = Up(rows, ProductRows) / ProductRows;
            describe.Launch(
                rows * SoapGroup, SoapGroup, particles.Positions, list.Counts, list.Entries, list.Pitch, particles.Box, channels, centres, first, table, scale,
                normalisation, pairs, centreCoefficient, settings.CovarianceSigma0, flags, coefficients, descriptors, width, norms, ring, turn);
            dots.Launch(
                blocks * (sparsePoints / ProductColumns) * ProductGroup, ProductGroup, descriptors, pointsByComponent, kernelValues, width, sparsePoints, weights, zeta,
                energies, ring, turn);
            products.Launch(
                blocks * (width / ProductColumns) * ProductGroup, ProductGroup, kernelValues, points, slopes, sparsePoints, width, weights, zeta, energies, ring, turn);
            backward.Launch(
                rows * SoapGroup, SoapGroup, particles.Positions, particles.Images, list.Counts, list.Entries, list.Pitch, particles.Box, channels, centres, first, table,
                scale, normalisation, pairs, flags, coefficients, descriptors, slopes, width, norms, derivatives, energies, sparsePoints / ProductColumns, fixedForces,
                CentreSums, particles.Control, particles.ReplicaSize, ring, turn);
        }
    }

    public void Dispose()
    {
        foreach (var buffer in new[] { channels, isCentre, centres, pairs })
        {
            buffer.Dispose();
        }
        foreach (var buffer in new[]
        {
            table, scale, normalisation, points, pointsByComponent, weights, coefficients, derivatives, descriptors, slopes, norms, kernelValues,
        })
        {
            buffer.Dispose();
        }
        energies.Dispose();
        CentreSums.Dispose();
    }

    private static int Up(int n, int multiple) => (n + multiple - 1) / multiple * multiple;

    /// <summary>Neighbours staged at once: a power of two.</summary>
    private static int TileFor(SoapSettings settings)
    {
        var degrees = settings.LMax + 1;
        var each = (degrees * (degrees + 1) / 2 + 2 * degrees + 2 * degrees * settings.NMax + degrees * degrees) * sizeof(double);
        var tile = 16;
        while (tile > 1 && tile * each > StagingBytes)
        {
            tile /= 2;
        }
        return tile;
    }

    /// <summary>Functions (I, J) of each pair in the order of components.</summary>
    private static int[] Pairs(SoapSettings settings)
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

    /// <summary>The sparse points in whole blocks, by point or by component.</summary>
    private double[] Padded(SparseSoap set, bool byComponent)
    {
        var result = new double[(long)width * sparsePoints];
        for (var s = 0; s < set.Weights.Length; s++)
        {
            for (var k = 0; k < settings.Length; k++)
            {
                result[byComponent ? (long)k * sparsePoints + s : (long)s * width + k] = set.Points[(long)s * settings.Length + k];
            }
        }
        return result;
    }
}
