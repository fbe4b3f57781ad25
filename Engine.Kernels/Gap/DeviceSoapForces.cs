using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Particles;
using Engine.Kernels.Soap;

namespace Engine.Kernels.Gap;

/// <summary>
/// Energies and forces of one set of sparse points of soap on a device, as many centres at a time as the workspace holds: descriptors D, their products with the sparse points,
/// and the way back through the same matrices. Derivatives of descriptors are never formed.
/// </summary>
internal sealed class DeviceSoapForces : IDisposable
{
    // As in product.cl.
    public const int ProductRows = 128;
    public const int ProductColumns = 64;
    private const int ProductGroup = 256;
    private const int ProductBytes = sizeof(double) * 16 * (ProductRows + 8 + ProductColumns + 4);

    private readonly DeviceParticles particles;
    private readonly DeviceNeighbourList list;
    private readonly DeviceSoap soap;
    private readonly DeviceKernel backward;
    private readonly DeviceKernel dots;
    private readonly DeviceKernel products;
    private readonly DeviceBuffer<double> points;
    private readonly DeviceBuffer<double> pointsByComponent;
    private readonly DeviceBuffer<double> weights;
    private readonly double zeta;

    /// <param name="particles">The particles.</param>
    /// <param name="list">Their neighbours, up to the cutoff of the descriptor at least.</param>
    /// <param name="texts">Definitions shared with the other kernels.</param>
    /// <param name="set">The sparse points.</param>
    /// <param name="atomicNumbers">Of each species.</param>
    /// <param name="centresOfReplica">Particles of one replica that have descriptors.</param>
    /// <exception cref="InputException">The device has too little local memory.</exception>
    public DeviceSoapForces(
        DeviceParticles particles, DeviceNeighbourList list, DeviceTexts texts, SparseSoap set, IReadOnlyList<int> atomicNumbers, int centresOfReplica)
    {
        (this.particles, this.list, zeta, CentresOfReplica) = (particles, list, set.Zeta, centresOfReplica);
        var device = particles.Device;
        if (device.LocalMemoryBytes < ProductBytes)
        {
            throw new InputException(
                $"a GAP takes {ProductBytes / 1024} KiB of local memory, found {device.LocalMemoryBytes / 1024} KiB on {device.Address}; use another device, or --device cpu");
        }
        soap = new(particles, list, texts, set.Kernels, atomicNumbers, centresOfReplica * particles.Replicas);
        Size = new(soap.CoefficientLength, Up(soap.Settings.Length), Up(set.Weights.Length));
        backward = soap.Compile("soap_forces.cl", ["reduce.cl", "fixed.cl"], ("LARGEST_FORCE", DeviceGapForces.LargestForce))["soap_backward"];
        dots = device.Compile(KernelText.Load("product.cl", [DeviceTexts.ClockPrelude, "#define SPARSE_SUM", "clock.cl"]))["product"];
        products = device.Compile(KernelText.Load("product.cl", [DeviceTexts.ClockPrelude, "clock.cl"]))["product"];
        points = device.Allocate<double>(Padded(set, byComponent: false));
        pointsByComponent = device.Allocate<double>(Padded(set, byComponent: true));
        weights = device.Allocate<double>([.. set.Weights, .. new double[Size.SparsePoints - set.Weights.Length]]);
        CentreSums = device.Allocate<double>(8L * soap.Count);
    }

    /// <summary>Energy, virial (xx yy zz xy xz yz) and square of the smallest distance of each centre, as of the last launch that was due.</summary>
    public DeviceBuffer<double> CentreSums { get; }

    /// <summary>Centres of one replica.</summary>
    public int CentresOfReplica { get; }

    /// <summary>What it needs for each centre.</summary>
    public DeviceSoapWorkspace.Size Size { get; }

    /// <summary>Finds the centres: particles are in another order.</summary>
    public void ListBuilt(int graphStep) => soap.FindCentres(graphStep);

    /// <summary>Adds the forces of the present positions, when <see cref="GraphStep"/> says.</summary>
    public void Launch(DeviceSoapWorkspace room, DeviceBuffer<long> fixedForces, int graphStep)
    {
        var (p, width, sparsePoints) = (particles, Size.Width, Size.SparsePoints);
        for (var first = 0; first < soap.Count; first += room.Centres)
        {
            var rows = Math.Min(room.Centres, soap.Count - first);
            var blocks = (rows + ProductRows - 1) / ProductRows;
            soap.Describe(first, rows, room.Coefficients, room.Descriptors, width, room.Norms, graphStep);
            dots.Launch(
                blocks * (sparsePoints / ProductColumns) * ProductGroup, ProductGroup, room.Descriptors, points, room.KernelValues, width, sparsePoints, weights,
                zeta, room.Energies, particles.Ring, graphStep);
            products.Launch(
                blocks * (width / ProductColumns) * ProductGroup, ProductGroup, room.KernelValues, pointsByComponent, room.Slopes, sparsePoints, width, weights, zeta, room.Energies,
                particles.Ring, graphStep);
            backward.Launch(
                rows * DeviceSoap.Group, DeviceSoap.Group, p.Positions, p.Images, list.Counts, list.Entries, list.RowPitch, list.FourPitch, p.BoxInDouble, soap.Channels, soap.Centres, first,
                soap.Table, soap.Scale, soap.Normalisation, soap.Pairs, soap.Flags, room.Coefficients, room.Descriptors, room.Slopes, width, room.Norms, room.Derivatives,
                room.Energies, sparsePoints / ProductColumns, fixedForces, CentreSums, p.Control, p.ReplicaSize, particles.Ring, graphStep);
        }
    }

    public void Dispose()
    {
        soap.Dispose();
        points.Dispose();
        pointsByComponent.Dispose();
        weights.Dispose();
        CentreSums.Dispose();
    }

    private static int Up(int columns) => (columns + ProductColumns - 1) / ProductColumns * ProductColumns;

    /// <summary>The sparse points in whole blocks, by point or by component.</summary>
    private double[] Padded(SparseSoap set, bool byComponent)
    {
        var (result, length) = (new double[(long)Size.Width * Size.SparsePoints], set.Kernels.Settings.Length);
        for (var s = 0; s < set.Weights.Length; s++)
        {
            for (var k = 0; k < length; k++)
            {
                result[byComponent ? (long)k * Size.SparsePoints + s : (long)s * Size.Width + k] = set.Points[(long)s * length + k];
            }
        }
        return result;
    }
}
